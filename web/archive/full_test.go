//go:build unix

package archive

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
)

func init() { children["fill"] = fillUp }

// fillUp saves to a file that cannot grow beyond 1 MiB until that fails. What
// is there must stay so, and when the file may grow again so must it.
func fillUp(url string) error {
	ctx := context.Background()
	a, err := Open(ctx, url, Config{})
	if err != nil {
		return err
	}
	defer a.Close()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	before := limit.Cur
	limit.Cur = 1 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	var saved []Record
	failures := 0
	for failures < 20 {
		r := record(NewName())
		err := a.Save(ctx, r)
		if errors.Is(err, ErrFull) {
			return fmt.Errorf("a failure of the disk is told as %w", err)
		}
		if err != nil {
			failures++
			continue
		}
		saved = append(saved, r)
		fmt.Println(r.ID)
	}
	if err := a.Ping(ctx); err != nil {
		return err
	}
	if err := loadAll(ctx, a, saved); err != nil {
		return err
	}
	limit.Cur = before
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	for range 20 {
		r := record(NewName())
		if err := a.Save(ctx, r); err != nil {
			return fmt.Errorf("with room again: %w", err)
		}
		saved = append(saved, r)
		fmt.Println(r.ID)
	}
	return loadAll(ctx, a, saved)
}

func loadAll(ctx context.Context, a Archive, saved []Record) error {
	for _, r := range saved {
		if got, err := a.Load(ctx, r.ID); err != nil || string(got.Report) != string(r.Report) {
			return fmt.Errorf("%s is lost: %w", r.ID, err)
		}
	}
	return nil
}

func TestAFullDiskLosesNothing(t *testing.T) {
	url := urls["file"](t)
	out, err := child(t, "fill", url).Output()
	if err != nil {
		t.Fatal(err)
	}
	ids := strings.Fields(string(out))
	if len(ids) < 40 {
		t.Fatalf("only %d records were saved", len(ids))
	}
	a := open(t, url, Config{})
	for _, id := range ids {
		if got, err := a.Load(t.Context(), id); err != nil || string(got.Report) != string(reportOf(id)) {
			t.Errorf("%s: %v", id, err)
		}
	}
}
