package content

import (
	"strings"
	"testing"
)

func TestFieldsOfProductsAreKnown(t *testing.T) {
	lib := library(t)
	for name, want := range map[string]string{
		"X-Amz-Request-Id": "Amazon S3: ", "CF-Mitigated": "Cloudflare: ", "X-Kong-Proxy-Latency": "Kong: ", "X-Azure-FDID": "Azure Front Door: ",
		"Cneonction": "Citrix NetScaler: ", "X-Generator": "The software", "X-GUploader-UploadID": "Google Cloud Storage: ", "X-AspNet-Version": "ASP.NET: ",
	} {
		f := lib.Field(name)
		if f == nil {
			t.Errorf("%s is not known", name)
			continue
		}
		if !strings.HasPrefix(f.Summary, want) {
			t.Errorf("%s: %q, want it to begin with %q", name, f.Summary, want)
		}
	}
	for name, want := range map[string]string{
		"X-Amz-Meta-Colour": "x-amz-", "X-Amzn-Remapped-Date": "x-amzn-remapped-", "x-amzn-anything": "x-amzn-", "X-RateLimit-Used": "x-ratelimit-", "Sec-CH-Something": "sec-ch-",
		"X-Mine": "", "x-amz-": "",
	} {
		if f, ok := lib.FieldFamily(name); f.Prefix != want || ok != (want != "") {
			t.Errorf("the family of %s is %q, want %q", name, f.Prefix, want)
		}
	}
}

// TestSummariesOfProductsBeginSmall holds those of vendor_fields.csv, which are
// shown behind the product's name and a colon, to a first word that is no name.
func TestSummariesOfProductsBeginSmall(t *testing.T) {
	rows, err := readTable(files, "vendor_fields.csv")
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for i, r := range rows {
		first, _, _ := strings.Cut(r["summary"], " ")
		if strings.Contains(first, "'s") || strings.ToUpper(first) == first && len(first) > 1 || first != "" && strings.HasPrefix(r["product"], first+" ") {
			t.Errorf("vendor_fields.csv:%d: %q begins with a name, which would be written small", i+2, r["summary"])
		}
	}
}

func TestEveryRegisteredFieldIsKnown(t *testing.T) {
	lib := library(t)
	for _, table := range []string{"header_fields.csv", "header_fields_unregistered.csv", "vendor_fields.csv"} {
		rows, err := readTable(lib.fsys, table)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			name := r["name"]
			if prefix, ok := strings.CutSuffix(name, "*"); ok {
				if _, known := lib.FieldFamily(prefix + "x"); !known && prefix != "" {
					t.Errorf("%s: the family %s is not known", table, name)
				}
				continue
			}
			f := lib.Field(name)
			if f == nil || f.Summary == "" || f.Name == "" {
				t.Errorf("%s: %s is not known: %+v", table, name, f)
				continue
			}
			if n := len([]rune(f.Summary)); n > 240 {
				t.Errorf("%s: %s has a summary of %d characters", table, name, n)
			}
		}
	}
	if f := lib.Field("Accept-CH"); f.Syntax == "" {
		t.Error("Accept-CH is registered as a List, but has no syntax")
	}
}

func TestMisspeltFieldsAreGuessed(t *testing.T) {
	lib := library(t)
	for name, want := range map[string]string{
		"Contet-Type": "Content-Type", "WWW-Autenticate": "WWW-Authenticate", "Cache-Contol": "Cache-Control", "ContentType": "Content-Type", "Content_Type": "Content-Type",
		"X-Frame-Option": "X-Frame-Options", "X-Content-Type-Option": "X-Content-Type-Options", "Strict-Transport-Securty": "Strict-Transport-Security",
		"Stict-Tranport-Security": "Strict-Transport-Security", "Content-Secuirty-Policy": "Content-Security-Policy", "Access-Control-Allow-Orgin": "Access-Control-Allow-Origin",
		"Loaction": "Location", "Set-Cookies": "Set-Cookie", "WWW-Authentificate": "WWW-Authenticate", "Retry-Afer": "Retry-After", "Expire": "Expires",
		// What is known, or anybody's own, is left alone.
		"Content-Type": "", "X-Version": "", "Token": "", "Links": "", "X-Cached": "", "X-App": "", "Session-Id": "", "X-Amz-Metta-X": "", "Request-Time": "",
		"X-Request-Id2": "", "Request-Id": "", "X-Influxdb-Build": "", "X-Custom-Header": "", "Tenant": "", "Api-Version": "", "X-Backend": "", "X-Total-Count": "", "Build-Id": "", "": "", "-": "",
	} {
		got := ""
		if f, _ := lib.FieldMeant(name); f != nil {
			got = f.Name
		}
		if got != want {
			t.Errorf("FieldMeant(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzFieldMeant(f *testing.F) {
	lib := library(f)
	f.Add("Contet-Type")
	f.Add("x-\xff-\x00")
	f.Fuzz(func(t *testing.T, name string) {
		if meant, edits := lib.FieldMeant(name); meant != nil && (edits > 2 || lib.Field(name) != nil) {
			t.Errorf("%q is guessed to be %s, %d letters away", name, meant.Name, edits)
		}
	})
}

func BenchmarkFieldMeant(b *testing.B) {
	lib := library(b)
	b.ReportAllocs()
	for b.Loop() {
		lib.FieldMeant("X-Correlations-Identifier")
	}
}

func TestFieldsThatNameAVersion(t *testing.T) {
	rows, err := readTable(files, "version_fields.csv")
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	lib := library(t)
	for _, r := range rows {
		if lib.Field(r["field"]) == nil || r["version"] != "whole" && r["version"] != "within" || lib.VersionField(r["field"]) != r["version"] {
			t.Errorf("%v", r)
		}
	}
	if got := lib.VersionField("date"); got != "" {
		t.Errorf("Date: %q", got)
	}
}
