package web

import (
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/archive"
	"wwwhy/web/inspect"
	"wwwhy/web/meter"
	"wwwhy/web/operator"
)

// operated starts a site and its operator's listener on one archive.
func operated(t *testing.T) (store *switched, visitors, operators string) {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	store = &switched{Archive: archive.InMemory()}
	m := meter.New()
	h := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Log: slog.New(slog.DiscardHandler), Archive: store, Meter: m})
	site, admin := httptest.NewServer(h), httptest.NewServer(operator.New(m, h, store))
	t.Cleanup(site.Close)
	t.Cleanup(admin.Close)
	return store, site.URL, admin.URL
}

// savedText saves a pasted response and returns its receipt.
func savedText(t *testing.T, base string, fields ...string) receipt {
	t.Helper()
	_, body := do(t, "POST", base+"/api/v1/reports", `{"text": "HTTP/1.1 401 Unauthorized\r\n\r\n"}`, append(fields, "Content-Type", "application/json")...)
	var got receipt
	if err := json.Unmarshal([]byte(body), &got); err != nil || got.ID == "" {
		t.Fatalf("saving answers %s", body)
	}
	return got
}

func TestAnOperatorPinsAReport(t *testing.T) {
	_, visitors, operators := operated(t)
	key := strings.Repeat("k", 30)
	got := savedText(t, visitors, "Idempotency-Key", key)
	at := operators + "/reports/" + got.ID
	expires, err := time.Parse(time.RFC3339, got.Expires)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		method string
		pinned bool
	}{{"DELETE", false}, {"PUT", true}, {"PUT", true}, {"DELETE", false}, {"PUT", true}} {
		if resp, body := do(t, step.method, at+"/pin", ""); resp.StatusCode != 204 || body != "" {
			t.Fatalf("%s answers %d %s", step.method, resp.StatusCode, body)
		}
		var kept operator.Kept
		resp, body := do(t, "GET", at, "")
		if json.Unmarshal([]byte(body), &kept) != nil || resp.Header.Get("Content-Type") != "application/json" || kept.Created == "" || kept.Expires != got.Expires || kept.Pinned != step.pinned {
			t.Errorf("after %s it is %s", step.method, body)
		}
		resp, page := do(t, "GET", visitors+got.Href, "", "Accept", "text/html")
		sunset := ""
		if !step.pinned {
			sunset = expires.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
		}
		if resp.Header.Get("Sunset") != sunset || strings.Contains(page, "Kept until") == step.pinned {
			t.Errorf("after %s, visitors get Sunset %q", step.method, resp.Header.Get("Sunset"))
		}
		if again := savedText(t, visitors, "Idempotency-Key", key); again.ID != got.ID || (again.Expires == "") != step.pinned {
			t.Errorf("after %s, saving again tells %+v", step.method, again)
		}
	}
	if resp, _ := do(t, "DELETE", at, ""); resp.StatusCode != 204 {
		t.Errorf("removing answers %d", resp.StatusCode)
	}
	if resp, _ := do(t, "GET", visitors+got.Href, ""); resp.StatusCode != 404 {
		t.Errorf("the removed report answers %d", resp.StatusCode)
	}
}

func TestOperatorsGetProblems(t *testing.T) {
	store, visitors, operators := operated(t)
	got := savedText(t, visitors)
	unknown := "/reports/" + archive.NewName()
	check := func(method, path string, status int, allow string) {
		t.Helper()
		resp, body := do(t, method, operators+path, "")
		var p operator.Problem
		if err := json.Unmarshal([]byte(body), &p); err != nil || resp.StatusCode != status || p.Status != status || p.Type != "about:blank" || p.Title == "" || p.Detail == "" ||
			resp.Header.Get("Content-Type") != "application/problem+json" || resp.Header.Get("Allow") != allow {
			t.Errorf("%s %s answers %d %v %s", method, path, resp.StatusCode, resp.Header, body)
		}
	}
	for _, path := range []string{unknown, "/reports/x", "/reports/%00"} {
		check("GET", path, 404, "")
		check("DELETE", path, 404, "")
		check("PUT", path+"/pin", 404, "")
		check("DELETE", path+"/pin", 404, "")
		check("POST", path, 405, "GET, HEAD, DELETE")
		check("POST", path+"/pin", 405, "PUT, DELETE")
		check("GET", path+"/other", 404, "")
	}
	check("GET", "/reports.db", 404, "") // they are in memory
	check("POST", "/reports.db", 405, "GET, HEAD")
	store.off.Store(true)
	check("GET", "/reports/"+got.ID, 503, "")
	check("PUT", "/reports/"+got.ID+"/pin", 503, "")
	check("DELETE", "/reports/"+got.ID+"/pin", 503, "")
	check("DELETE", "/reports/"+got.ID, 503, "")
	if _, body := do(t, "GET", operators+"/metrics", ""); !strings.Contains(body, `wwwhy_store_operations_total{operation="pin",outcome="failed"} 2`) {
		t.Error("failures are not counted")
	}
	store.off.Store(false)
	if resp, _ := do(t, "GET", visitors+got.Href, ""); resp.StatusCode != 200 {
		t.Errorf("the report answers %d", resp.StatusCode)
	}
}

// TestVisitorsNeitherPinNorRemove asks on the listener of visitors, at the
// operator's paths and below those of reports.
func TestVisitorsNeitherPinNorRemove(t *testing.T) {
	store, visitors, _ := operated(t)
	got := savedText(t, visitors)
	for _, path := range []string{"/reports/" + got.ID, got.Href, "/api/v1/reports/" + got.ID} {
		for _, suffix := range []string{"", "/pin"} {
			for _, method := range []string{"PUT", "DELETE", "POST", "PATCH"} {
				if resp, _ := do(t, method, visitors+path+suffix, ""); resp.StatusCode < 400 || resp.StatusCode >= 500 {
					t.Errorf("%s %s%s answers %d", method, path, suffix, resp.StatusCode)
				}
			}
		}
	}
	if resp, _ := do(t, "GET", visitors+"/reports/"+got.ID, ""); resp.StatusCode != 404 {
		t.Errorf("the operator's path answers %d", resp.StatusCode)
	}
	if rec, err := store.Load(t.Context(), got.ID); err != nil || rec.Pinned {
		t.Errorf("pinned is %t: %v", rec.Pinned, err)
	}
}

// brokenOff is an archive in a file that fails in the middle of a copy.
type brokenOff struct{ archive.Archive }

func (brokenOff) Copy(to func(int64) io.Writer) error {
	if _, err := to(1000).Write(make([]byte, 500)); err != nil {
		return err
	}
	return errOff
}

func TestACopyThatIsBrokenOffIsKnown(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	store, m := brokenOff{archive.InMemory()}, meter.New()
	admin := httptest.NewUnstartedServer(operator.New(m, New(Config{Library: lib, Log: slog.New(slog.DiscardHandler)}), store))
	admin.Config.ErrorLog = log.New(io.Discard, "", 0)
	admin.Start()
	t.Cleanup(admin.Close)
	resp, err := client.Get(admin.URL + "/reports.db")
	if err != nil {
		return // before its head was sent
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("%s with %d bytes looks whole", resp.Status, len(body))
	}
}
