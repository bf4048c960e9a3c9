package archive

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// saveForever saves records and prints each id once its record is acknowledged.
// Of every four it deletes one, and prints that too.
func saveForever(url string) error {
	ctx := context.Background()
	a, err := Open(ctx, url, Config{})
	for i := 0; err == nil; i++ {
		r := record(NewName())
		if i%8 == 0 {
			r.Expires = time.Now().Add(-time.Second)
		}
		err = a.Save(ctx, r)
		if err == nil && i%8 != 0 {
			fmt.Println("saved", r.ID)
		}
		if err == nil && i%4 == 1 {
			fmt.Println("deleting", r.ID)
			if err = a.Delete(ctx, r.ID, r.DeleteKey); err == nil {
				fmt.Println("deleted", r.ID)
			}
		}
		if err == nil && i%16 == 0 {
			_, err = a.Sweep(ctx, time.Now())
		}
	}
	return err
}

// TestNothingAcknowledgedIsLostToKill9 kills a process that saves, at random
// moments, and looks whether all that it acknowledged is there.
func TestNothingAcknowledgedIsLostToKill9(t *testing.T) {
	for _, kind := range []string{"file", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			url := urls[kind](t)
			open(t, url, Config{}).Close()
			last := map[string]string{} // what was printed last of an id
			for range 8 {
				said := killed(t, url)
				for line := range strings.Lines(said) {
					what, id, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
					if ok && strings.HasSuffix(line, "\n") {
						last[id] = what
					}
				}
				a := open(t, url, Config{})
				for id, what := range last {
					got, err := a.Load(t.Context(), id)
					found := err == nil && string(got.Report) == string(reportOf(id))
					if what == "saved" && !found || what == "deleted" && err != ErrNotFound || what == "deleting" && !found && err != ErrNotFound {
						t.Errorf("%s was %s: %v", id, what, err)
					}
				}
				save(t, a, record(NewName()))
				a.Close()
			}
			if len(last) < 20 {
				t.Errorf("only %d records were saved", len(last))
			}
			t.Logf("%d records were acknowledged", len(last))
		})
	}
}

// killed runs a process on an archive, kills it, and returns what it printed.
func killed(t *testing.T, url string) string {
	c := child(t, "save", url)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	first, err := r.ReadString('\n') // it has begun
	if err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Duration(rand.IntN(200))*time.Millisecond, func() { c.Process.Kill() })
	defer timer.Stop()
	var rest strings.Builder
	if _, err := r.WriteTo(&rest); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil || c.ProcessState.Exited() {
		t.Fatalf("the process was not killed: %v", err)
	}
	return first + rest.String()
}
