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

// contract is what every archive keeps to.
var contract = []struct {
	name string
	test func(*testing.T, Archive)
}{
	{"what is saved is loaded", func(t *testing.T, a Archive) {
		now := time.Now()
		compressible := bytes.Repeat([]byte(`{"verdict": "one sentence"}`), MaxReport/27)
		for _, r := range []Record{
			{Report: []byte("{}")}, {Report: nil}, {Report: []byte{0, 0xff, 0xfe}}, {Report: compressible},
			{Report: []byte("x"), Expires: now.Add(time.Hour)},
			{Report: []byte("x"), Expires: now.Add(-time.Hour), Pinned: true},
			{Report: []byte("x"), Created: time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC), Expires: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)},
		} {
			r.ID, r.DeleteKey = NewName(), NewName()
			save(t, a, r)
			wantLoad(t, a, r)
		}
	}},
	{"the caller's bytes stay the caller's", func(t *testing.T, a Archive) {
		r := record(NewName())
		mine := bytes.Clone(r.Report)
		save(t, a, Record{ID: r.ID, DeleteKey: r.DeleteKey, Created: r.Created, Report: mine})
		clear(mine)
		wantLoad(t, a, r)
		got, _ := a.Load(t.Context(), r.ID)
		clear(got.Report)
		wantLoad(t, a, r)
	}},
	{"what is not there is not found", func(t *testing.T, a Archive) {
		for _, id := range []string{NewName(), "", "x", "\x00", "\xff", strings.Repeat("a", 100000), "' OR 1=1 --"} {
			_, err := a.Load(t.Context(), id)
			want(t, err, ErrNotFound)
			want(t, a.Delete(t.Context(), id, NewName()), ErrNotFound)
		}
	}},
	{"a save can be repeated", func(t *testing.T, a Archive) {
		r := save(t, a, record(NewName()))
		again := r
		again.Created, again.Expires = r.Created.Add(time.Hour), r.Created.Add(2*time.Hour)
		save(t, a, again)
		wantLoad(t, a, r) // as it was saved first
	}},
	{"an id has one report and one key", func(t *testing.T, a Archive) {
		r := save(t, a, record(NewName()))
		other := r
		other.Report = []byte("other")
		want(t, a.Save(t.Context(), other), ErrExists)
		other = r
		other.DeleteKey = NewName()
		want(t, a.Save(t.Context(), other), ErrExists)
		wantLoad(t, a, r)
	}},
	{"the right key deletes", func(t *testing.T, a Archive) {
		r, kept := save(t, a, record(NewName())), save(t, a, record(NewName()))
		for _, key := range []string{"", NewName(), kept.DeleteKey, r.DeleteKey[1:], strings.ToLower(r.DeleteKey)} {
			want(t, a.Delete(t.Context(), r.ID, key), ErrWrongKey)
		}
		wantLoad(t, a, r)
		want(t, a.Delete(t.Context(), r.ID, r.DeleteKey), nil)
		_, err := a.Load(t.Context(), r.ID)
		want(t, err, ErrNotFound)
		want(t, a.Delete(t.Context(), r.ID, r.DeleteKey), ErrNotFound)
		wantLoad(t, a, kept)
		save(t, a, r) // the id is free again
		wantLoad(t, a, r)
	}},
	{"what expired is not found before a sweep", func(t *testing.T, a Archive) {
		r := record(NewName())
		r.Expires = time.Now().Add(-time.Second)
		save(t, a, r)
		_, err := a.Load(t.Context(), r.ID)
		want(t, err, ErrNotFound)
		want(t, a.Delete(t.Context(), r.ID, r.DeleteKey), ErrNotFound)
		other := record(r.ID) // and its id is free
		other.Report = []byte("other")
		save(t, a, other)
		wantLoad(t, a, other)
		if n, err := a.Sweep(t.Context(), time.Now()); n != 0 || err != nil {
			t.Errorf("the sweep removed %d: %v", n, err)
		}
		wantLoad(t, a, other)
	}},
	{"a sweep removes what expired, and nothing else", func(t *testing.T, a Archive) {
		now := time.Now().Add(time.Hour).Truncate(time.Microsecond)
		if _, err := a.Sweep(t.Context(), now); err != nil { // what the tests before left
			t.Fatal(err)
		}
		var kept []Record
		for i := range 250 {
			r := record(NewName())
			r.Report = fmt.Append(nil, i)
			r.Expires = now.Add(-time.Duration(i) * time.Microsecond)
			save(t, a, r)
		}
		for _, r := range []Record{
			{}, {Expires: now.Add(time.Microsecond)}, {Expires: now.Add(-time.Minute), Pinned: true}, {Pinned: true},
		} {
			r.ID, r.DeleteKey = NewName(), NewName()
			kept = append(kept, save(t, a, r))
		}
		if n, err := a.Sweep(t.Context(), time.Now()); n != 0 || err != nil {
			t.Errorf("the sweep before removed %d: %v", n, err)
		}
		if n, err := a.Sweep(t.Context(), now); n != 250 || err != nil {
			t.Errorf("the sweep removed %d: %v", n, err)
		}
		for _, r := range kept {
			wantLoad(t, a, r)
		}
	}},
	{"a record has bounds", func(t *testing.T, a Archive) {
		r := record(NewName())
		r.Report = make([]byte, MaxReport+1)
		want(t, a.Save(t.Context(), r), ErrTooLarge)
		r.Report = nil
		for i := 0; len(r.Report) <= MaxStored; i++ {
			r.Report = append(r.Report, reportOf(fmt.Sprint(i))...)
		}
		want(t, a.Save(t.Context(), r), ErrTooLarge)
		r.Report = r.Report[:MaxStored-100]
		save(t, a, r)
		wantLoad(t, a, r)
	}},
	{"ids and keys that can be guessed are refused", func(t *testing.T, a Archive) {
		for _, name := range []string{"", "short", strings.Repeat("a", 21), strings.Repeat("a", 65), strings.Repeat("a", 22) + "/", strings.Repeat("é", 22)} {
			r := record(name)
			want(t, a.Save(t.Context(), r), ErrInvalid)
			r = record(NewName())
			r.DeleteKey = name
			want(t, a.Save(t.Context(), r), ErrInvalid)
		}
		save(t, a, record(strings.Repeat("-_aZ09", 8)))
	}},
	{"a context that has ended ends everything", func(t *testing.T, a Archive) {
		r := save(t, a, record(NewName()))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		want(t, a.Save(ctx, record(NewName())), context.Canceled)
		_, err := a.Load(ctx, r.ID)
		want(t, err, context.Canceled)
		want(t, a.Delete(ctx, r.ID, r.DeleteKey), context.Canceled)
		_, err = a.Sweep(ctx, time.Now())
		want(t, err, context.Canceled)
		want(t, a.Ping(ctx), context.Canceled)
		want(t, a.Ping(t.Context()), nil)
		wantLoad(t, a, r)
	}},
	{"a closed archive says so", func(t *testing.T, a Archive) {
		r := save(t, a, record(NewName()))
		for range 2 {
			want(t, a.Close(), nil)
		}
		_, loaded := a.Load(t.Context(), r.ID)
		_, swept := a.Sweep(t.Context(), time.Now())
		for i, err := range []error{a.Save(t.Context(), r), a.Delete(t.Context(), r.ID, r.DeleteKey), a.Ping(t.Context()), loaded, swept} {
			if err == nil || errors.Is(err, ErrNotFound) {
				t.Errorf("%d: the error is %v", i, err)
			}
		}
	}},
}

func TestContract(t *testing.T) {
	for kind, url := range urls {
		t.Run(kind, func(t *testing.T) {
			u := url(t)
			for _, c := range contract {
				t.Run(c.name, func(t *testing.T) {
					a := open(t, u, Config{})
					defer a.Close()
					c.test(t, a)
				})
			}
		})
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
