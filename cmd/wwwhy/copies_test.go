package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
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
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// lacking skips a test that needs a server, or fails it where all is to be tested.
func lacking(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// freshDatabase makes a database on the server at WWWHY_TEST_POSTGRES, which
// goes with the test, and returns its URL.
func freshDatabase(t *testing.T) string {
	t.Helper()
	server := os.Getenv("WWWHY_TEST_POSTGRES")
	if server == "" {
		lacking(t, "WWWHY_TEST_POSTGRES has no URL of a PostgreSQL server; .ci/postgres starts one")
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("WWWHY_TEST_POSTGRES is no URL")
	}
	administer := func(command string) {
		c, err := pgx.Connect(context.Background(), server)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(context.Background())
		if _, err := c.Exec(context.Background(), command); err != nil {
			t.Fatal(err)
		}
	}
	name := "wwwhy_" + strings.ToLower(rand.Text())
	administer("CREATE DATABASE " + name)
	t.Cleanup(func() { administer("DROP DATABASE " + name + " WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

// freshRedis starts a server on a free port of loopback, and returns its URL and
// a function that ends it.
func freshRedis(t *testing.T) (address string, kill func()) {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		lacking(t, "redis-server is not installed")
	}
	// Nobody can reserve a port, so another one is tried where one is taken.
	for range 20 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		host, port, _ := net.SplitHostPort(l.Addr().String())
		l.Close()
		c := exec.Command(program, "--bind", host, "--port", port, "--dir", t.TempDir(), "--save", "", "--appendonly", "no", "--loglevel", "warning")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { defer close(ended); _ = c.Wait() }()
		kill = func() { _ = c.Process.Kill(); <-ended }
		for alive := true; alive; {
			if conn, err := net.Dial("tcp", net.JoinHostPort(host, port)); err == nil {
				conn.Close()
				t.Cleanup(kill)
				return "redis://" + net.JoinHostPort(host, port) + "/0", kill
			}
			select {
			case <-ended:
				alive = false
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	t.Fatal("redis-server starts on no port")
	return "", nil
}

// asked sends a request and returns status and content.
func asked(t *testing.T, method, address, body string, fields ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return resp.StatusCode, string(content)
}

const pasted = `{"text": "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=\"Staff\"\n"}`

// TestTwoCopiesShareReports: what is saved at one copy is read at the other and
// deleted there.
func TestTwoCopiesShareReports(t *testing.T) {
	database := freshDatabase(t)
	a, _ := serving(t, io.Discard, "--database", database)
	b, _ := serving(t, io.Discard, "--database", database)
	status, answer := asked(t, "POST", a+"/api/v1/reports", pasted)
	var receipt struct {
		ID      string `json:"id"`
		Key     string `json:"delete_key"`
		Durable bool   `json:"durable"`
	}
	if err := json.Unmarshal([]byte(answer), &receipt); err != nil || status != 201 || !receipt.Durable {
		t.Fatalf("saving: %d %s", status, answer)
	}
	at := "/api/v1/reports/" + receipt.ID
	_, first := asked(t, "GET", a+at, "")
	status, second := asked(t, "GET", b+at, "")
	if status != 200 || first != second || !strings.Contains(second, "Staff") {
		t.Errorf("the other copy reads %d %.200s", status, second)
	}
	if status, _ := asked(t, "DELETE", b+at, "", "Authorization", "Bearer "+rand.Text()); status != 401 {
		t.Errorf("with a wrong key it deletes: %d", status)
	}
	if status, _ := asked(t, "DELETE", b+at, "", "Authorization", "Bearer "+receipt.Key); status != 204 {
		t.Errorf("the other copy deletes: %d", status)
	}
	if status, _ := asked(t, "GET", a+at, ""); status != 404 {
		t.Errorf("after that the first reads it: %d", status)
	}
}

// TestTwoCopiesShareRates: of what is asked of both at once, both together admit
// the quota and no more, whether inspections or saves.
func TestTwoCopiesShareRates(t *testing.T) {
	limits, _ := freshRedis(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	t.Cleanup(target.Close)
	// Of an hour's quota half can be asked for at once.
	const quota, atOnce, each = 9, 5, 6
	var copies []string
	for range 2 {
		address, _ := serving(t, io.Discard, "--limits", limits, "--rate-burst", "0", "--rate-site", "0", "--rate-hour", fmt.Sprint(quota), "--rate-saves", fmt.Sprint(quota),
			"--share", "0s", "--per-client", "100", "--per-target", "100", "--allow-targets", "127.0.0.0/8")
		copies = append(copies, address)
	}
	for name, ask := range map[string]func(address string) int{
		"saves": func(address string) int {
			status, _ := asked(t, "POST", address+"/api/v1/reports", pasted)
			return status
		},
		"inspections": func(address string) int {
			status, _ := asked(t, "GET", address+"/api/v1/inspect?url="+url.QueryEscape(target.URL), "")
			return status
		},
	} {
		var admitted, refused atomic.Int64
		var all sync.WaitGroup
		for i := range 2 * each {
			all.Go(func() {
				switch status := ask(copies[i%2]); status {
				case 200, 201:
					admitted.Add(1)
				case 429:
					refused.Add(1)
				default:
					t.Errorf("%s: a copy answers %d", name, status)
				}
			})
		}
		all.Wait()
		if admitted.Load() != atOnce || refused.Load() != 2*each-atOnce {
			t.Errorf("%s: %d are admitted and %d refused, where %d may be asked for at once", name, admitted.Load(), refused.Load(), atOnce)
		}
	}
}

// TestACopyOutlivesItsLimits: without Redis rates are counted in the copy, and
// /readyz says so.
func TestACopyOutlivesItsLimits(t *testing.T) {
	limits, kill := freshRedis(t)
	address, _ := serving(t, io.Discard, "--limits", limits, "--rate-saves", "3") // two at once
	if status, body := fetch(t, http.DefaultClient, address+"/readyz?strict"); status != 200 {
		t.Errorf("/readyz?strict answers %d %s", status, body)
	}
	kill()
	for i, want := range []int{201, 201, 429} {
		if status, body := asked(t, "POST", address+"/api/v1/reports", pasted); status != want {
			t.Errorf("save %d without Redis: %d %s", i+1, status, body)
		}
	}
	untilReady(t, address, "counted in memory")
	if status, body := fetch(t, http.DefaultClient, address+"/readyz"); status != 200 || !strings.Contains(body, "degraded") || !strings.Contains(body, "counted in memory") {
		t.Errorf("/readyz answers %d %s", status, body)
	}
	if status, _ := fetch(t, http.DefaultClient, address+"/readyz?strict"); status != 503 {
		t.Errorf("/readyz?strict answers %d", status)
	}
}

// TestSystemdHandsOverTheSocket starts the program as systemd does: with an open
// socket, and one to say on that it is ready.
func TestSystemdHandsOverTheSocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "wwwhy") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	program := filepath.Join(dir, "wwwhy") // TestMain runs the program under this name
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	notice, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "n"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { notice.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var stderr bytes.Buffer
	c := exec.Command("sh", "-c", `LISTEN_PID=$$ exec "$0" serve --addr systemd`, program)
	c.Env = append(os.Environ(), "LISTEN_FDS=1", "NOTIFY_SOCKET="+notice.LocalAddr().String())
	c.ExtraFiles, c.Stderr = []*os.File{file}, &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	said := func() string {
		_ = notice.SetReadDeadline(time.Now().Add(time.Minute)) // far more than it takes
		b := make([]byte, 100)
		n, err := notice.Read(b)
		if err != nil {
			t.Fatalf("%v\n%s", err, stderr.String())
		}
		return string(b[:n])
	}
	if got := said(); got != "READY=1" {
		t.Errorf("it says %q", got)
	}
	if status, _ := fetch(t, http.DefaultClient, "http://"+l.Addr().String()+"/401"); status != 200 {
		t.Errorf("/401 answers %d", status)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if got := said(); got != "STOPPING=1" {
		t.Errorf("at the end it says %q", got)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("it ends with %v\n%s", err, stderr.String())
	}
}
