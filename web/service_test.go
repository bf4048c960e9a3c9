package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/inspect"
)

// TestSecurityTextNamesItselfAndLastsLessThanAYear reads the file of copies with
// and without a contact (RFC 9116, Sections 2.5.2 and 2.5.5).
func TestSecurityTextNamesItselfAndLastsLessThanAYear(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	get := func(contact string) *httptest.ResponseRecorder {
		s := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Log: slog.New(slog.NewTextHandler(io.Discard, nil)), PublicURL: "https://why.example", Contact: contact})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", "/.well-known/security.txt", nil))
		return w
	}
	if w := get(""); w.Code != http.StatusNotFound {
		t.Errorf("without a contact: %d", w.Code)
	}
	fields := map[string]string{}
	for line := range strings.Lines(get("https://example.com/contact").Body.String()) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		if _, twice := fields[name]; twice || value == "" {
			t.Errorf("the line %q", line)
		}
		fields[name] = value
	}
	if fields["Contact"] != "https://example.com/contact" || fields["Canonical"] != "https://why.example/.well-known/security.txt" || fields["Preferred-Languages"] != "en" {
		t.Errorf("%v", fields)
	}
	expires, err := time.Parse(time.RFC3339, fields["Expires"])
	if now := time.Now(); err != nil || expires.Before(now) || !expires.Before(now.AddDate(1, 0, 0)) {
		t.Errorf("Expires: %s (%v)", fields["Expires"], err)
	}
}
