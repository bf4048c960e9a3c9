package archive

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

func TestAFileIsOpenInOneProcessOnly(t *testing.T) {
	url := urls["file"](t)
	a := open(t, url, Config{})
	_, err := Open(t.Context(), url, Config{})
	if err == nil || !strings.Contains(err.Error(), "another process has it open; stop that one") {
		t.Fatalf("the error is %v", err)
	}
	r := save(t, a, record(NewName()))
	a.Close()
	wantLoad(t, open(t, url, Config{}), r)
}

func TestAFileThatIsCutShortIsRefused(t *testing.T) {
	url := urls["file"](t)
	a := open(t, url, Config{})
	for range 20 {
		save(t, a, record(NewName()))
	}
	a.Close()
	whole, err := os.ReadFile(strings.TrimPrefix(url, "file:"))
	if err != nil {
		t.Fatal(err)
	}
	used := usedOf(t, strings.TrimPrefix(url, "file:")) // the file grows ahead of it
	cut := filepath.Join(t.TempDir(), "cut")
	for _, part := range []int{1, 2, 100, 5000, used / 8, used / 2, used - 1} {
		if err := os.WriteFile(cut, whole[:part], 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := Open(t.Context(), "file:"+cut, Config{})
		if err == nil {
			a.Close()
			t.Errorf("%d bytes of %d open", part, len(whole))
		} else if !strings.Contains(err.Error(), "restore it from a copy") {
			t.Error(err)
		}
	}
}

// usedOf returns how many bytes of a file hold something, or did.
func usedOf(t *testing.T, path string) (used int) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.View(func(tx *bbolt.Tx) error { used = int(tx.Size()); return nil }); err != nil {
		t.Fatal(err)
	}
	return used
}

func TestPingMissesTheFile(t *testing.T) {
	url := urls["file"](t)
	path := strings.TrimPrefix(url, "file:")
	a := open(t, url, Config{})
	want(t, a.Ping(t.Context()), nil)
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	want(t, a.Ping(t.Context()), os.ErrNotExist)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := a.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "replaced") {
		t.Errorf("the error is %v", err)
	}
}

func TestAWriteWaitsNoLongerThanItsContext(t *testing.T) {
	a := open(t, urls["file"](t), Config{}).(*file)
	a.turn <- struct{}{} // somebody writes
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	want(t, a.Save(ctx, record(NewName())), context.DeadlineExceeded)
	<-a.turn
	save(t, a, record(NewName()))
}

func TestTheFileStaysWithinItsBound(t *testing.T) {
	url := urls["file"](t)
	bound := int64(1 << 20)
	a := open(t, url, Config{Bytes: bound})
	full := 0
	for i := range 600 { // what is deleted makes room that others do not fit
		r := record(NewName())
		err := a.Save(t.Context(), r)
		if err == ErrFull {
			full++
		} else if err != nil {
			t.Fatal(err)
		} else if i%3 == 0 {
			want(t, a.Delete(t.Context(), r.ID, r.DeleteKey), nil)
		}
	}
	info, err := os.Stat(strings.TrimPrefix(url, "file:"))
	if err != nil {
		t.Fatal(err)
	}
	if full == 0 || info.Size() > 2*bound+64<<20 {
		t.Errorf("%d saves were refused, and the file has %d bytes", full, info.Size())
	}
	t.Logf("the file has %d bytes", info.Size())
}

// TestWhatIsFullCanBeEmptied has a file that cannot grow: a removal needs pages
// too.
func TestWhatIsFullCanBeEmptied(t *testing.T) {
	f := open(t, urls["file"](t), Config{}).(*file)
	var saved []Record
	var err error
	for err == nil {
		r := record(NewName())
		e, sealed := seal(r)
		want(t, sealed, nil)
		err = f.failed("save", f.write(t.Context(), 1<<20, func(b buckets) error { return b.put(r.ID, e) }))
		if err == nil {
			saved = append(saved, r)
		}
	}
	want(t, err, ErrFull)
	for i, r := range saved {
		wantLoad(t, f, r)
		want(t, f.Delete(t.Context(), r.ID, r.DeleteKey), nil)
		if i%10 == 0 {
			save(t, f, record(NewName()))
		}
	}
}
