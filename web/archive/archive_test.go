package archive

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// children is what the test binary does when a test starts it as a process of
// its own, with the URL of an archive.
var children = map[string]func(url string) error{"save": saveForever}

func TestMain(m *testing.M) {
	if do, ok := children[os.Getenv("WWWHY_TEST_ARCHIVE_CHILD")]; ok {
		if err := do(os.Getenv("WWWHY_TEST_ARCHIVE_URL")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child is the test binary as a process that does one of children.
func child(t *testing.T, does, url string) *exec.Cmd {
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), "WWWHY_TEST_ARCHIVE_CHILD="+does, "WWWHY_TEST_ARCHIVE_URL="+url)
	c.Stderr = os.Stderr
	return c
}

// urls is a fresh archive of each kind.
var urls = map[string]func(testing.TB) string{
	"memory":   func(testing.TB) string { return "memory" },
	"file":     func(t testing.TB) string { return "file:" + filepath.Join(t.TempDir(), "made", "here", "reports") },
	"postgres": database,
}

// database makes a fresh database on the server at WWWHY_TEST_POSTGRES and
// returns its URL.
func database(t testing.TB) string {
	t.Helper()
	server := os.Getenv("WWWHY_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("WWWHY_TEST_POSTGRES has no URL of a PostgreSQL server; .ci/postgres starts one")
		}
		t.Skip("WWWHY_TEST_POSTGRES has no URL of a PostgreSQL server; .ci/postgres starts one")
	}
	name := "wwwhy_" + strings.ToLower(NewName())
	administer(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { administer(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	return withDatabase(t, server, name)
}

func administer(t testing.TB, server, command string) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(context.Background(), command); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, url string, c Config) Archive {
	t.Helper()
	a, err := Open(t.Context(), url, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// record makes a record whose report follows from its id.
func record(id string) Record {
	return Record{ID: id, DeleteKey: NewName(), Created: time.Now(), Report: reportOf(id)}
}

// reportOf is up to 16 KiB that do not compress, of each length.
func reportOf(id string) []byte {
	sum := sha256.Sum256([]byte(id))
	b := []byte(id)
	for length := int(sum[0])<<6 | int(sum[1])>>2; len(b) < length; sum = sha256.Sum256(sum[:]) {
		b = append(b, sum[:]...)
	}
	return b
}

func save(t testing.TB, a Archive, r Record) Record {
	t.Helper()
	if err := a.Save(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return r
}

func want(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("the error is %v; want %v", got, want)
	}
}

// wantLoad checks that a saved record comes back as it was.
func wantLoad(t testing.TB, a Archive, r Record) {
	t.Helper()
	got, err := a.Load(t.Context(), r.ID)
	if err != nil {
		t.Errorf("%s: %v", r.ID, err)
		return
	}
	if got.ID != r.ID || got.DeleteKey != "" || got.Pinned != r.Pinned || !bytes.Equal(got.Report, r.Report) ||
		!got.Created.Equal(r.Created.Truncate(time.Microsecond)) || !got.Expires.Equal(r.Expires.Truncate(time.Microsecond)) ||
		got.Expires.IsZero() != r.Expires.IsZero() {
		t.Errorf("%s came back as %s, %s to %s, pinned %t, %d bytes", r.ID, got.ID, got.Created, got.Expires, got.Pinned, len(got.Report))
	}
}

func TestDurableArchivesOutliveTheProcess(t *testing.T) {
	for kind, url := range urls {
		t.Run(kind, func(t *testing.T) {
			u := url(t)
			a := open(t, u, Config{})
			r := save(t, a, record(NewName()))
			a.Close()
			b := open(t, u, Config{})
			if _, err := b.Load(t.Context(), r.ID); a.Durable() != (err == nil) {
				t.Errorf("durable is %t, and the error is %v", a.Durable(), err)
			}
		})
	}
}

func TestOnlyTheSumOfAKeyIsStored(t *testing.T) {
	url := urls["file"](t)
	a := open(t, url, Config{})
	r := save(t, a, record(NewName()))
	a.Close()
	b, err := os.ReadFile(strings.TrimPrefix(url, "file:"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte(r.ID)) || bytes.Contains(b, []byte(r.DeleteKey)) {
		t.Error("the file has no id, or has the key")
	}
}

func TestArchivesThatAreFullSaySo(t *testing.T) {
	for _, kind := range []string{"memory", "file"} {
		for name, c := range map[string]Config{"records": {Records: 3}, "bytes": {Bytes: 3 * 400}} {
			t.Run(kind+" "+name, func(t *testing.T) {
				a := open(t, urls[kind](t), c)
				var all []Record
				for i := range 3 {
					r := record(NewName())
					r.Report = make([]byte, 300)
					rand.Read(r.Report)
					if i == 2 {
						r.Expires = time.Now().Add(time.Hour)
					}
					all = append(all, save(t, a, r))
				}
				next := all[0]
				next.ID = NewName()
				want(t, a.Save(t.Context(), next), ErrFull)
				save(t, a, all[0]) // a retry needs no room
				want(t, a.Delete(t.Context(), all[1].ID, all[1].DeleteKey), nil)
				save(t, a, next)
				next.ID = NewName()
				want(t, a.Save(t.Context(), next), ErrFull)
				if n, err := a.Sweep(t.Context(), time.Now().Add(2*time.Hour)); n != 1 || err != nil {
					t.Fatal(n, err)
				}
				save(t, a, next)
				next.ID = NewName()
				want(t, a.Save(t.Context(), next), ErrFull)
				wantLoad(t, a, all[0])
			})
		}
	}
}

func TestNamesAreUnguessable(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		name := NewName()
		if len(name) < 26 || !wellFormed(name) || seen[name] {
			t.Fatalf("%q", name)
		}
		seen[name] = true
	}
}

func TestURLs(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken")
	if err := os.WriteFile(broken, bytes.Repeat([]byte("no archive"), 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ url, says string }{
		{"", "must be memory, file:PATH or postgres://"},
		{"memory:", "must be memory, file:PATH or postgres://"},
		{"file:", "must be memory, file:PATH or postgres://"},
		{"redis://u:sekret@localhost", "must be memory, file:PATH or postgres://"},
		{"sekret", "must be memory, file:PATH or postgres://"},
		{"file://host/path", "names a host"},
		{"file:" + dir, "no regular file"},
		{"file:" + broken, "it is no archive"},
		{"file:" + broken + "/below", "not a directory"},
		{"postgres://u:sek/ret@localhost/d", "cannot be read"},
		{"postgres://u:sekret@[::1/d", "cannot be read"},
		{"postgres://u:sekret%zz@localhost/d", "cannot be read"},
		{"postgres://u:sekret@localhost:x/d", "cannot be read"},
		{"postgres://u:sekret@localhost/d?sslmode=sekret", "sslmode"},
		{"postgres://u@localhost/d?password=sekret&sslmode=x", "sslmode"},
		{"postgresql://u:sekret@localhost/d?pool_max_conns=x", "pool_max_conns"},
		{"postgres://u:sekret@127.0.0.1:1/d", "check its URL"},
		{"postgres://u:sekret@127.0.0.1:1,127.0.0.1:2/d?sslmode=disable", "check its URL"},
	} {
		a, err := Open(t.Context(), c.url, Config{})
		if err == nil {
			a.Close()
			t.Errorf("%s opens", c.url)
		} else if text := fmt.Sprintf("%v %+v", err, err); !strings.Contains(text, c.says) || strings.Contains(text, "sek") {
			t.Errorf("%s: %s", c.url, text)
		}
	}
	for _, u := range []string{"file:" + dir + "/a b%20?c", "file://" + dir + "/d"} {
		open(t, u, Config{}).Close()
	}
	for _, name := range []string{"a b%20?c", "d"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := Open(t.Context(), "memory", Config{Records: -1}); err == nil {
		t.Error("a negative bound is taken")
	}
}

func FuzzDecode(f *testing.F) {
	e, err := seal(record(NewName()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(e.encode())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decode(b)
		if err != nil {
			return
		}
		if again, err := decode(e.encode()); err != nil || again.pinned != e.pinned || !again.created.Equal(e.created) ||
			!again.expires.Equal(e.expires) || again.keySum != e.keySum || !bytes.Equal(again.packed, e.packed) {
			t.Errorf("%x: %v", b, err)
		}
		if r, err := e.unseal("x"); err == nil && len(r.Report) > MaxReport {
			t.Errorf("%d bytes come out", len(r.Report))
		}
	})
}

func BenchmarkSave(b *testing.B) {
	for kind, url := range urls {
		b.Run(kind, func(b *testing.B) {
			a := open(b, url(b), Config{Records: 1 << 30, Bytes: 1 << 40})
			for b.Loop() {
				save(b, a, record(NewName()))
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for kind, url := range urls {
		b.Run(kind, func(b *testing.B) {
			a := open(b, url(b), Config{})
			r := save(b, a, record(NewName()))
			for b.Loop() {
				if _, err := a.Load(b.Context(), r.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
