package inspect

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
)

// offering is a page that does everything right, with one thing changed by each
// case.
type offering struct {
	gzip, vary, varyPlain, sameTag, conditions, parts, wrongPart, headLength, soft, bareErrors, changing bool
}

var page = bytes.Repeat([]byte("<p>All is well here.\n"), 200)

func (o offering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if r.URL.Path != "/" {
		if !o.bareErrors {
			h.Set("X-Content-Type-Options", "nosniff")
		}
		if !o.soft {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, "<p>Nothing here.")
		return
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"a"`)
	h.Set("Cache-Control", "max-age=60")
	content := page
	if o.changing {
		content = append(slices.Clone(page), fmt.Sprint(time.Now().UnixNano())...)
	}
	compress := o.gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
	if o.vary && (compress || o.varyPlain) {
		h.Set("Vary", "Accept-Encoding")
	}
	if compress {
		if !o.sameTag {
			h.Set("ETag", `"a-gzip"`)
		}
		h.Set("Content-Encoding", "gzip")
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(content)
		z.Close()
		content = b.Bytes()
	}
	if r.Method == "HEAD" && o.headLength {
		h.Set("Content-Length", "7")
		return
	}
	if !o.conditions {
		r.Header.Del("If-None-Match")
		r.Header.Del("If-Modified-Since")
	}
	if o.parts {
		h.Set("Accept-Ranges", "bytes")
	}
	if o.wrongPart && r.Header.Get("Range") != "" {
		content = bytes.ToUpper(content)
	}
	if r.Header.Get("Range") != "" && !o.parts || r.Method == "HEAD" {
		h.Set("Content-Length", fmt.Sprint(len(content)))
		w.Write(content)
		return
	}
	http.ServeContent(w, r, "", time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), bytes.NewReader(content))
}

func TestChecksTellWhatAResourceOffers(t *testing.T) {
	right := offering{gzip: true, vary: true, varyPlain: true, conditions: true, parts: true}
	const well = "compression-saves validation-works validation-works range-works"
	for _, tt := range []struct {
		name   string
		change func(*offering)
		want   string
	}{
		{"all is right", func(*offering) {}, well},
		{"no compression", func(o *offering) { o.gzip = false }, strings.Replace(well, "compression-saves", "compression-missing", 1)},
		{"no Vary", func(o *offering) { o.vary = false }, well + " coding-without-vary"},
		{"Vary with gzip only", func(o *offering) { o.varyPlain = false }, well + " vary-inconsistent"},
		{"one ETag", func(o *offering) { o.sameTag = true }, well + " etag-same-across-codings"},
		{"conditions are ignored", func(o *offering) { o.conditions = false }, "compression-saves range-works validation-ignored validation-ignored"},
		{"a page that changes", func(o *offering) { o.gzip, o.conditions, o.changing = false, false, true }, "compression-missing etag-unchanged range-works"},
		{"wrong parts", func(o *offering) { o.wrongPart = true }, strings.Replace(well, "range-works", "range-wrong", 1)},
		{"another length for HEAD", func(o *offering) { o.gzip, o.headLength = false, true }, strings.Replace(well, "compression-saves", "compression-missing", 1) + " head-differs"},
		{"a page for everything", func(o *offering) { o.soft = true }, well + " soft-404"},
		{"bare errors", func(o *offering) { o.bareErrors = true }, well + " error-page-unprotected"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := right
			tt.change(&o)
			server := httptest.NewServer(o)
			defer server.Close()
			lib, err := content.Load()
			if err != nil {
				t.Fatal(err)
			}
			var c Config
			c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
			target := Target{Checks: true}
			target.Request.URL = server.URL + "/"
			r := New(lib, c).URL(t.Context(), target, nil)
			var got []string
			for _, f := range r.Findings {
				if r.Exchanges[f.Exchange].Cause == "probe" {
					got = append(got, f.ID)
				}
			}
			want := strings.Fields(tt.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if n := len(r.Exchanges); n != 9 {
				t.Errorf("%d exchanges", n)
			}
		})
	}
}

// TestNothingIsCheckedWithCredentials makes sure that they are not sent more
// often than the visitor asked.
func TestNothingIsCheckedWithCredentials(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked++ }))
	defer server.Close()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	target := Target{Checks: true}
	target.Request.URL = server.URL + "/"
	target.Request.Fields = field.Section{{Name: "Authorization", Value: "Bearer x"}}
	if New(lib, c).URL(t.Context(), target, nil); asked != 1 {
		t.Errorf("%d requests", asked)
	}
}
