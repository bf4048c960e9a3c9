package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

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
			want(t, a.Remove(t.Context(), id), ErrNotFound)
			want(t, a.Pin(t.Context(), id, true), ErrNotFound)
			want(t, a.Pin(t.Context(), id, false), ErrNotFound)
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
	{"a record knows its delete key", func(t *testing.T, a Archive) {
		r, other := save(t, a, record(NewName())), save(t, a, record(NewName()))
		got, err := a.Load(t.Context(), r.ID)
		want(t, err, nil)
		for key, opens := range map[string]bool{r.DeleteKey: true, other.DeleteKey: false, "": false, r.DeleteKey[1:]: false} {
			if got.Opens(key) != opens {
				t.Errorf("opens with %q: %v", key, !opens)
			}
		}
	}},
	{"what expired is not found before a sweep", func(t *testing.T, a Archive) {
		r := record(NewName())
		r.Expires = time.Now().Add(-time.Second)
		save(t, a, r)
		_, err := a.Load(t.Context(), r.ID)
		want(t, err, ErrNotFound)
		want(t, a.Delete(t.Context(), r.ID, r.DeleteKey), ErrNotFound)
		want(t, a.Remove(t.Context(), r.ID), ErrNotFound)
		want(t, a.Pin(t.Context(), r.ID, true), ErrNotFound)
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
	{"an operator removes without the key", func(t *testing.T, a Archive) {
		r, kept, pinned := save(t, a, record(NewName())), save(t, a, record(NewName())), record(NewName())
		pinned.Pinned, pinned.Expires = true, time.Now().Add(-time.Hour)
		save(t, a, pinned)
		for _, r := range []Record{r, pinned} {
			want(t, a.Remove(t.Context(), r.ID), nil)
			_, err := a.Load(t.Context(), r.ID)
			want(t, err, ErrNotFound)
			want(t, a.Remove(t.Context(), r.ID), ErrNotFound)
		}
		wantLoad(t, a, kept)
		save(t, a, r) // the id is free again
		wantLoad(t, a, r)
	}},
	{"what is pinned does not expire until it is unpinned", func(t *testing.T, a Archive) {
		now := time.Now()
		swept := func(at time.Time, most int) {
			t.Helper()
			if n, err := a.Sweep(t.Context(), at); n != most || err != nil {
				t.Errorf("the sweep removed %d, want %d: %v", n, most, err)
			}
		}
		if _, err := a.Sweep(t.Context(), now.Add(2*time.Hour)); err != nil { // what the tests before left
			t.Fatal(err)
		}
		soon, never := record(NewName()), record(NewName())
		soon.Expires = now.Add(time.Hour)
		for _, r := range []*Record{&soon, &never} {
			save(t, a, *r)
			for _, r.Pinned = range []bool{true, true, false, false, true} {
				want(t, a.Pin(t.Context(), r.ID, r.Pinned), nil)
				wantLoad(t, a, *r)
			}
			save(t, a, *r) // saved again, it stays pinned
			wantLoad(t, a, *r)
		}
		swept(now.Add(2*time.Hour), 0)
		wantLoad(t, a, soon)
		want(t, a.Delete(t.Context(), soon.ID, NewName()), ErrWrongKey)
		for _, r := range []*Record{&soon, &never} {
			r.Pinned = false
			want(t, a.Pin(t.Context(), r.ID, false), nil)
			wantLoad(t, a, *r)
		}
		swept(now.Add(30*time.Minute), 0)
		swept(now.Add(2*time.Hour), 1)
		_, err := a.Load(t.Context(), soon.ID)
		want(t, err, ErrNotFound)
		wantLoad(t, a, never)
	}},
	{"what is unpinned too late is gone", func(t *testing.T, a Archive) {
		r := record(NewName())
		r.Pinned, r.Expires = true, time.Now().Add(-time.Hour)
		save(t, a, r)
		wantLoad(t, a, r)
		want(t, a.Pin(t.Context(), r.ID, false), nil)
		_, err := a.Load(t.Context(), r.ID)
		want(t, err, ErrNotFound)
		want(t, a.Pin(t.Context(), r.ID, true), ErrNotFound)
		if n, err := a.Sweep(t.Context(), time.Now()); n != 1 || err != nil {
			t.Errorf("the sweep removed %d: %v", n, err)
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
		want(t, a.Remove(ctx, r.ID), context.Canceled)
		want(t, a.Pin(ctx, r.ID, true), context.Canceled)
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
		for i, err := range []error{a.Save(t.Context(), r), a.Delete(t.Context(), r.ID, r.DeleteKey), a.Remove(t.Context(), r.ID), a.Pin(t.Context(), r.ID, true), a.Ping(t.Context()), loaded, swept} {
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
