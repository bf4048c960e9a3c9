package main

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web"
	"wwwhy/web/archive"
	"wwwhy/web/meter"
	"wwwhy/web/operator"
)

// pinning runs wwwhy pin.
func pinning(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	code = run(t.Context(), append([]string{"pin"}, args...), strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func TestPin(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	reports := archive.InMemory()
	admin := httptest.NewServer(operator.New(meter.New(), web.New(web.Config{Library: lib, Log: slog.New(slog.DiscardHandler)}), reports))
	t.Cleanup(admin.Close)
	address := strings.TrimPrefix(admin.URL, "http://")
	until := time.Date(2999, 1, 2, 3, 4, 5, 0, time.UTC)
	saved := func(expires time.Time, pinned bool) string {
		r := archive.Record{ID: archive.NewName(), DeleteKey: archive.NewName(), Created: time.Now(), Expires: expires, Pinned: pinned}
		if err := reports.Save(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	id, old, endless := saved(until, false), saved(time.Now().Add(-time.Hour), true), saved(time.Time{}, false)
	for _, tt := range []struct {
		args []string
		code int
		want string // in what is printed
	}{
		{[]string{id}, exitDone, "pinned; it does not expire\n"},
		{[]string{"https://why.example.com/r/" + id + ".json?x#y"}, exitDone, "pinned; it does not expire\n"},
		{[]string{id, "--unpin"}, exitDone, "unpinned; it expires at 2999-01-02T03:04:05Z\n"},
		{[]string{"--unpin", endless}, exitDone, "unpinned; it does not expire all the same\n"},
		{[]string{"--unpin", old}, exitDone, "unpinned; its time had passed, so it is gone\n"},
		{[]string{"--unpin", old}, exitFailed, "No report is saved under this id"},
		{[]string{archive.NewName()}, exitFailed, "No report is saved under this id"},
		{[]string{"a/../b"}, exitFailed, "No report is saved under this id"},
		{[]string{"https://why.example.com/r/"}, exitUsage, "is no id"},
		{[]string{".."}, exitUsage, "is no id"},
		{nil, exitUsage, "id"},
	} {
		code, out, errs := pinning(t, append(tt.args, "--admin", address)...)
		if code != tt.code || !strings.Contains(out+errs, tt.want) || (out == "") != (code != exitDone) {
			t.Errorf("%q exits with %d: %s%s", tt.args, code, out, errs)
		}
	}
	t.Setenv("WWWHY_ADMIN", strings.Replace(address, "127.0.0.1", "0.0.0.0", 1))
	if code, out, errs := pinning(t, id); code != exitDone || out != "pinned; it does not expire\n" {
		t.Errorf("by the variable it exits with %d: %s%s", code, out, errs)
	}
	if r, err := reports.Load(t.Context(), id); err != nil || !r.Pinned {
		t.Errorf("pinned is %t: %v", r.Pinned, err)
	}
}

// TestPinSaysWhatItDidNotReach asks at addresses that are no operator's
// listener.
func TestPinSaysWhatItDidNotReach(t *testing.T) {
	other := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("hello")) })
	site := httptest.NewServer(other)
	t.Cleanup(site.Close)
	none := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(none.Close)
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	on := &http.Server{Handler: other, ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- on.Serve(l) }()
	t.Cleanup(func() { on.Close(); <-ended })
	id := archive.NewName()
	for admin, want := range map[string]string{
		strings.TrimPrefix(site.URL, "http://"): notOurs + "it says 200",
		strings.TrimPrefix(none.URL, "http://"): notOurs + "it says 404",
		"unix:" + socket:                        notOurs,
		"unix:" + socket + "x":                  "no copy answers at --admin: dial unix",
		"127.0.0.1":                             "is no address with a port",
	} {
		code, out, errs := pinning(t, id, "--admin", admin)
		if code == exitDone || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: exits with %d: %s%s", admin, code, out, errs)
		}
	}
	if code, _, errs := pinning(t, id); code != exitUsage || !strings.Contains(errs, "--admin") {
		t.Errorf("without --admin it exits with %d: %s", code, errs)
	}
}
