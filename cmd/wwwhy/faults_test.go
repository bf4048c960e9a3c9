package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// process starts the program itself as a server, and returns its address.
func process(t *testing.T, flags ...string) (*exec.Cmd, string) {
	t.Helper()
	return started(t, exec.CommandContext(t.Context(), "wwwhy", append([]string{"serve", "--addr", "127.0.0.1:0", "--rate-burst", "0", "--rate-hour", "0", "--rate-site", "0", "--rate-saves", "0"}, flags...)...))
}

// started starts a server and returns it with its address.
func started(t *testing.T, cmd *exec.Cmd) (*exec.Cmd, string) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() }) // of one that still runs
	line, err := bufio.NewReader(out).ReadString('\n')
	_, address, ok := strings.Cut(strings.TrimSpace(line), "serves ")
	if err != nil || !ok {
		t.Fatalf("the server says %q: %v", line, err)
	}
	return cmd, address
}

// piped starts a program and returns where to write what it reads, and what it
// writes.
func piped(t *testing.T, cmd *exec.Cmd) (io.WriteCloser, *bufio.Reader) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return in, bufio.NewReader(out)
}

// TestSIGTERMUnderLoadLosesNoAnswer ends the program while articles are read,
// inspections hang and a check streams. What is under way is answered whole, and
// the exit status is 0.
func TestSIGTERMUnderLoadLosesNoAnswer(t *testing.T) {
	reached, release := make(chan bool, 100), make(chan bool)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached <- true
		select {
		case <-release:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(target.Close)
	cmd, address := process(t, "--allow-targets", "127.0.0.0/8", "--per-client", "10", "--per-target", "10", "--deadline", "1m", "--drain", "1m")

	var readers, waiters sync.WaitGroup
	var read atomic.Int64
	ending := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				resp, err := http.Get(address + "/401")
				if err != nil {
					select {
					case <-ending: // nobody takes new requests
					default:
						t.Error(err)
					}
					return
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if resp.StatusCode != 200 || err != nil || !strings.Contains(string(body), "</html>") {
					t.Errorf("an article comes as %s with %d bytes: %v", resp.Status, len(body), err)
				}
				read.Add(1)
			}
		})
	}
	for i := range 3 {
		waiters.Go(func() {
			resp, err := http.Get(fmt.Sprintf("%s/api/v1/inspect?url=%s/%d", address, url.QueryEscape(target.URL), i))
			if err != nil {
				t.Errorf("an inspection under way: %v", err)
				return
			}
			defer resp.Body.Close()
			var report struct{ Verdict string }
			if err := json.NewDecoder(resp.Body).Decode(&report); resp.StatusCode != 200 || err != nil || !strings.Contains(report.Verdict, "204") {
				t.Errorf("an inspection under way ends as %s %v: %s", resp.Status, err, report.Verdict)
			}
		})
	}
	waiters.Go(func() {
		resp, err := http.PostForm(address+"/check", url.Values{"urls": {target.URL + "/a\n" + target.URL + "/b"}, "format": {"ndjson"}})
		if err != nil {
			t.Errorf("a check under way: %v", err)
			return
		}
		defer resp.Body.Close()
		if body, err := io.ReadAll(resp.Body); err != nil || strings.Count(string(body), "\n") != 2 {
			t.Errorf("a check under way ends with %v: %s", err, body)
		}
	})
	for range 5 {
		<-reached
	}
	close(ending)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	readers.Wait() // until the sockets are closed
	close(release)
	waiters.Wait()
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
	if read.Load() == 0 {
		t.Error("no article was read")
	}
}

// TestNothingAcknowledgedIsLostWhenKilled kills the program again and again
// while reports are saved: each that was acknowledged is there afterwards, and
// each that was deleted is not.
func TestNothingAcknowledgedIsLostWhenKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var mu sync.Mutex
	kept, deleted := map[string]bool{}, map[string]bool{}
	for round := range 4 {
		cmd, address := process(t, "--data", dir)
		for id := range kept {
			if status, body := fetch(t, http.DefaultClient, address+"/r/"+id+".txt"); status != 200 || !strings.Contains(body, "(401)") {
				t.Errorf("round %d: the report %s is answered with %d", round, id, status)
			}
		}
		for id := range deleted {
			if status, _ := fetch(t, http.DefaultClient, address+"/r/"+id+".txt"); status != 404 {
				t.Errorf("round %d: the deleted report %s is answered with %d", round, id, status)
			}
		}
		var savers sync.WaitGroup
		saved := make(chan bool, 1000)
		for range 3 {
			savers.Go(func() {
				for {
					id, key, ok := saveReport(address)
					if !ok {
						return
					}
					mu.Lock()
					kept[id] = true
					mu.Unlock()
					if rand.IntN(3) == 0 {
						// Whether a deletion that is not acknowledged was made, nobody knows.
						mu.Lock()
						delete(kept, id)
						mu.Unlock()
						if deleteReport(address, id, key) {
							mu.Lock()
							deleted[id] = true
							mu.Unlock()
						}
					}
					select {
					case saved <- true:
					default:
					}
				}
			})
		}
		for range 3 + rand.IntN(10) {
			<-saved
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		savers.Wait()
	}
	_, address := process(t, "--data", dir)
	for id := range kept {
		if status, _ := fetch(t, http.DefaultClient, address+"/r/"+id+".json"); status != 200 {
			t.Errorf("at the end the report %s is answered with %d", id, status)
		}
	}
	t.Logf("%d reports were acknowledged and kept, %d deleted", len(kept), len(deleted))
}

const someReport = `{"text": "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=x\n"}`

// saveReport saves a report; it is ok when the site acknowledged it.
func saveReport(address string) (id, key string, ok bool) {
	resp, err := http.Post(address+"/api/v1/reports", "application/json", strings.NewReader(someReport))
	if err != nil {
		return "", "", false
	}
	defer resp.Body.Close()
	var got struct {
		ID  string `json:"id"`
		Key string `json:"delete_key"`
	}
	err = json.NewDecoder(resp.Body).Decode(&got)
	return got.ID, got.Key, err == nil && resp.StatusCode == http.StatusCreated
}

// deleteReport reports whether the site acknowledged the deletion.
func deleteReport(address, id, key string) bool {
	req, err := http.NewRequest(http.MethodDelete, address+"/api/v1/reports/"+id, nil)
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusNoContent
}

// posted saves a report and returns the status.
func posted(t *testing.T, address string) int {
	t.Helper()
	resp, err := http.Post(address+"/api/v1/reports", "application/json", strings.NewReader(someReport))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// untilReady waits for an answer of /readyz, for longer than it should take.
func untilReady(t *testing.T, address, part string) {
	t.Helper()
	var body string
	for range 600 {
		if _, body = fetch(t, http.DefaultClient, address+"/readyz"); strings.Contains(body, part) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("/readyz does not say %q but %q", part, body)
}

// TestTheStoreOfLimitsIsKilled kills Redis below a running site: memory counts
// on, and Redis counts again when it is back.
func TestTheStoreOfLimitsIsKilled(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is not installed, and CI is to test with it")
		}
		t.Skip("redis-server is not installed")
	}
	dir, err := os.MkdirTemp("", "limits") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	start := func() (kill func()) {
		cmd := exec.CommandContext(t.Context(), "redis-server", "--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "", "--appendonly", "no")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	}
	kill := start()
	t.Cleanup(func() { kill() })
	address, _ := serving(t, io.Discard, "--limits", "unix://"+socket, "--rate-saves", "5") // of which three at once
	untilReady(t, address, "limits: ok")
	for i, want := range []int{201, 201, 201, 429} {
		if got := posted(t, address); got != want {
			t.Errorf("the save %d answers %d, want %d", i+1, got, want)
		}
	}
	kill()
	if got := posted(t, address); got != 429 {
		t.Errorf("without Redis a client that is refused gets %d", got)
	}
	untilReady(t, address, "limits: out of reach")
	if status, _ := fetch(t, http.DefaultClient, address+"/401"); status != 200 {
		t.Errorf("without Redis an article answers %d", status)
	}
	_ = os.Remove(socket)
	kill = start()
	for range 600 { // a take tries Redis again after a pause
		if posted(t, address) == 201 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	untilReady(t, address, "limits: ok")
}

// TestPostgreSQLGoesAndComesBack cuts the connections between a running site and
// its database.
func TestPostgreSQLGoesAndComesBack(t *testing.T) {
	server := os.Getenv("WWWHY_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("WWWHY_TEST_POSTGRES has no URL of a PostgreSQL server; .ci/postgres starts one")
		}
		t.Skip("WWWHY_TEST_POSTGRES has no URL of a PostgreSQL server; .ci/postgres starts one")
	}
	name := fmt.Sprintf("wwwhy_site_%d", time.Now().UnixNano())
	administer(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { administer(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	database, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	between := newCutting(t, database.Host)
	database.Host, database.Path = between.address, "/"+name
	address, _ := serving(t, io.Discard, "--database", database.String(), "--rate-saves", "0")
	id, _, ok := saveReport(address)
	if !ok {
		t.Fatal("a report is not saved")
	}
	between.cut()
	if got := posted(t, address); got != 503 {
		t.Errorf("without a database a save answers %d", got)
	}
	if status, _ := fetch(t, http.DefaultClient, address+"/r/"+id); status != 503 {
		t.Errorf("without a database a report answers %d", status)
	}
	if status, _ := fetch(t, http.DefaultClient, address+"/401"); status != 200 {
		t.Errorf("without a database an article answers %d", status)
	}
	untilReady(t, address, "reports: out of reach")
	between.restore()
	untilReady(t, address, "reports: ok")
	if status, _ := fetch(t, http.DefaultClient, address+"/r/"+id); status != 200 {
		t.Errorf("with the database back, a report answers %d", status)
	}
	if got := posted(t, address); got != 201 {
		t.Errorf("with the database back, a save answers %d", got)
	}
}

func administer(t *testing.T, server, command string) {
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

// cutting is a TCP proxy whose connections can be cut.
type cutting struct {
	address string
	off     atomic.Bool
	mu      sync.Mutex
	open    []net.Conn
}

func newCutting(t *testing.T, to string) *cutting {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutting{address: l.Addr().String()}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			in, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			out, dialErr := net.Dial("tcp", to)
			if err != nil || dialErr != nil {
				continue
			}
			c.mu.Lock()
			c.open = append(c.open, in, out)
			c.mu.Unlock()
			if c.off.Load() {
				c.cut()
			}
			for _, pair := range [][2]net.Conn{{in, out}, {out, in}} {
				all.Go(func() {
					_, _ = io.Copy(pair[0], pair[1])
					_, _ = pair[0].Close(), pair[1].Close()
				})
			}
		}
	})
	t.Cleanup(func() { l.Close(); c.cut(); all.Wait() })
	return c
}

// cut ends all connections, and new ones at once.
func (c *cutting) cut() {
	c.off.Store(true)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.open {
		conn.Close()
	}
	c.open = nil
}

func (c *cutting) restore() { c.off.Store(false) }
