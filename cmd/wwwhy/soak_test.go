package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wwwhy/web/fetch/fetchtest"
)

// mostGrowth bounds by how many bytes the heap may be larger after the soak: the
// answers that are shared for a second, and what the pools hold.
const mostGrowth = 24 << 20

// TestSoak loads the site with all that visitors do, right and wrong, for as
// long as WWWHY_SOAK says, such as 1m. Every answer has one of the statuses that
// are intended, and afterwards memory and goroutines are as before. The site,
// those who load it and a reader of articles are processes of their own, and
// the load makes way for the others, as if it came from other machines: what it
// costs to make does not count against the site.
func TestSoak(t *testing.T) {
	text := os.Getenv("WWWHY_SOAK")
	if text == "" {
		t.Skip("WWWHY_SOAK says for how long, such as 1m")
	}
	long, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("WWWHY_SOAK: %v", err)
	}
	for name, flags := range map[string][]string{"memory": nil, "file": {"--data", filepath.Join(t.TempDir(), "data")}} {
		t.Run(name, func(t *testing.T) { soak(t, long/2, flags...) })
	}
}

// windows is how often the soak turns from rest to load and to as much load as
// the site can take: at least so often, and until articles came within mostSlower
// in one window. Others who work on the machine only make them slower; where the
// site itself does, no window is good enough.
const windows, mostWindows = 3, 9

func soak(t *testing.T, long time.Duration, flags ...string) {
	s := newSoak(t, flags...)
	for _, d := range s.doings() {
		if err := d.do(t.Context()); err != nil {
			t.Fatalf("%s, alone: %v", d.name, err)
		}
	}
	s.reader.read(time.Second) // the first answers of a process are slower
	before := s.settled()
	counts := make([]atomic.Int64, len(s.doings()))
	var alone, loaded, crowded []time.Duration
	window := long / (3 * windows)
	for len(loaded) < windows || len(loaded) < mostWindows && leastSlower(loaded, alone) > mostSlower {
		most := s.load(window, 0, counts, func() { crowded = append(crowded, s.reader.read(window)) })
		alone = append(alone, s.reader.read(window))
		s.load(window, most/loadPart, counts, func() { loaded = append(loaded, s.reader.read(window)) })
	}
	for i, d := range s.doings() {
		t.Logf("%6d %s", counts[i].Load(), d.name)
		if counts[i].Load() == 0 {
			t.Errorf("nobody did this: %s", d.name)
		}
	}
	t.Logf("95 of 100 articles came within %s alone, %s under load, %s under as much as there can be (medians of %d windows)", median(alone), median(loaded), median(crowded), len(loaded))
	if n := leastSlower(loaded, alone); n > mostSlower {
		t.Errorf("under load articles take %.1f times as long as alone in the best window, want %d at most", n, mostSlower)
	}

	after := s.settled()
	for wait := 0; wait < 100 && !after.level(before); wait++ {
		time.Sleep(200 * time.Millisecond)
		after = s.settled()
	}
	t.Logf("before: %s; after: %s", before, after)
	if !after.level(before) {
		t.Errorf("more is left than was before:\n%.20000s", s.figures("/debug/pprof/goroutine?debug=1"))
	}
}

// mostSlower bounds how many times as long articles take under the usual load, in
// the best of the windows.
const mostSlower = 2

// loadPart is which part of what the site can take is its usual load: on two
// processors of 2026, 100 things in a second, every other of them an inspection.
const loadPart = 6

// leastSlower returns how many times as long articles took under load as alone, in
// the best of the windows: others who work on the machine only make it more.
func leastSlower(loaded, alone []time.Duration) float64 {
	least := math.Inf(1)
	for i := range loaded {
		least = min(least, float64(loaded[i])/float64(alone[i]))
	}
	return least
}

// load has visitors do as they do, perSecond times, or as often as twelve of
// them can where it is 0. It returns how often they did each second.
func (s *soaking) load(long time.Duration, perSecond float64, counts []atomic.Int64, meanwhile func()) float64 {
	ctx, stop := context.WithTimeout(s.t.Context(), long)
	defer stop()
	began := time.Now()
	var done atomic.Int64
	var all sync.WaitGroup
	visit := func() {
		i := rand.IntN(len(counts))
		d := s.doings()[i]
		// What is under way when the time is over ends as it does.
		if err := d.do(context.WithoutCancel(ctx)); err != nil {
			s.t.Errorf("%s: %v", d.name, err)
			stop()
		}
		counts[i].Add(1)
		done.Add(1)
	}
	if perSecond > 0 {
		all.Go(func() {
			for ctx.Err() == nil {
				time.Sleep(time.Duration(rand.ExpFloat64() / perSecond * float64(time.Second)))
				all.Go(visit)
			}
		})
	} else {
		for range 12 {
			all.Go(func() {
				for ctx.Err() == nil {
					visit()
				}
			})
		}
	}
	meanwhile()
	all.Wait()
	return float64(done.Load()) / time.Since(began).Seconds()
}

// soaking is the site, those who visit it, and the servers that they inspect.
type soaking struct {
	t           *testing.T
	site, admin string
	reader      *reading
	client      *http.Client
	good, bad   []string // addresses to inspect
}

func newSoak(t *testing.T, flags ...string) *soaking {
	t.Helper()
	good := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/page", http.StatusFound)
		case "/page":
			fmt.Fprint(w, strings.Repeat("<p>why</p>", 1000))
		default:
			w.Header().Set("WWW-Authenticate", `Bearer realm="x", error="invalid_token"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(good.Close)
	s := &soaking{t: t, good: []string{good.URL + "/", good.URL + "/moved", good.URL + "/page"}}
	for _, handle := range []func(net.Conn){
		func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
		func(c net.Conn) { fetchtest.Answer(c) },
		fetchtest.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\nhello"),
		fetchtest.Bytes("SSH-2.0-OpenSSH_9.2\r\n"),
		endless("HTTP/1.1 200 OK\r\n", "a: b\r\n"),
		endless("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "<p>and so on"),
	} {
		s.bad = append(s.bad, "http://"+fetchtest.Serve(t, handle)+"/")
	}
	s.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	s.admin = "127.0.0.1:" + freePort(t)
	flags = append(flags, "--admin", s.admin, "--allow-targets", "127.0.0.0/8", "--trusted-proxies", "127.0.0.0/8", "--deadline", "500ms", "--share", "1s", "--per-target", "8")
	_, s.site = process(t, flags...)
	s.reader = startReading(t, s.site+"/401")
	makeWay(t)
	t.Cleanup(s.client.CloseIdleConnections)
	return s
}

// endless returns a server that repeats a piece until its client leaves.
func endless(start, piece string) func(net.Conn) {
	piece = strings.Repeat(piece, 500)
	return func(c net.Conn) {
		fetchtest.Answer(c)
		_, err := io.WriteString(c, start)
		for err == nil {
			_, err = io.WriteString(c, piece)
		}
	}
}

// held is what the site holds when nobody visits it.
type held struct{ goroutines, heap, resident int }

func (h held) String() string {
	return fmt.Sprintf("%d goroutines, %d kB of heap, %d kB resident", h.goroutines, h.heap>>10, h.resident>>10)
}

// level reports whether h is no more than before.
func (h held) level(before held) bool {
	return h.goroutines <= before.goroutines+5 && h.heap <= before.heap+mostGrowth
}

// settled ends what waits for nothing, and returns what the site holds then.
func (s *soaking) settled() held {
	s.client.CloseIdleConnections()
	_ = s.inspect(s.good[0])(s.t.Context()) // answers that are too old to be shared go with the next
	s.client.CloseIdleConnections()
	for range 2 { // what is pooled goes at the second collection
		s.figures("/debug/pprof/heap?gc=1")
	}
	var h held
	for line := range strings.Lines(s.figures("/metrics")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.ParseFloat(value, 64)
		switch name {
		case "go_goroutines":
			h.goroutines = int(n)
		case "go_memstats_heap_alloc_bytes":
			h.heap = int(n)
		case "process_resident_memory_bytes":
			h.resident = int(n)
		}
	}
	if h.goroutines == 0 || h.heap == 0 {
		s.t.Fatal("the site's figures lack goroutines or heap")
	}
	return h
}

// figures reads from the listener for operators.
func (s *soaking) figures(path string) string {
	resp, err := s.client.Get("http://" + s.admin + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// doing is what a visitor does.
type doing struct {
	name string
	do   func(context.Context) error
}

func (s *soaking) doings() []doing {
	return []doing{
		{"reads an article", func(ctx context.Context) error { return s.get(ctx, pick(articles), 200) }},
		{"searches", func(ctx context.Context) error {
			return s.get(ctx, pick([]string{"/search?q=", "/suggest?q=", "/api/v1/search?q="})+pick([]string{"cors", "401", "who+am+i", "%ff", "xqzv"}), 200)
		}},
		{"asks for nothing that is there", func(ctx context.Context) error { return s.get(ctx, "/nothing/at/all", 404) }},
		{"inspects a good server", func(ctx context.Context) error { return s.inspect(pick(s.good))(ctx) }},
		{"inspects a bad server", func(ctx context.Context) error { return s.inspect(pick(s.bad))(ctx) }},
		{"goes away during an inspection", s.leave},
		{"leaves in the middle of a check", s.cutCheck},
		{"saves, reads and deletes a report", s.save},
		{"pastes a response", func(ctx context.Context) error {
			_, err := s.send(ctx, "POST", "/api/v1/explain", "text/plain", "HTTP/1.1 403 Forbidden\nServer: x\n", 200)
			return err
		}},
	}
}

func pick[T any](all []T) T { return all[rand.IntN(len(all))] }

var articles = []string{"/", "/codes", "/401", "/403", "/404.md", "/502.json", "/429.txt", "/fields/www-authenticate", "/schemes/digest", "/guides", "/compare/401-vs-403", "/401.png"}

// send sends a request and returns the content of its answer, which must have
// one of the statuses.
func (s *soaking) send(ctx context.Context, method, path, media, body string, want ...int) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.site+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", rand.IntN(200)))
	resp, err := s.client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err == nil && !slices.Contains(want, resp.StatusCode) {
		err = fmt.Errorf("%s %s answers %d: %.300s", method, path, resp.StatusCode, data)
	}
	return string(data), err
}

func (s *soaking) get(ctx context.Context, path string, want ...int) error {
	_, err := s.send(ctx, "GET", path, "", "", want...)
	return err
}

// inspect asks for an inspection. Too many at once are refused, as is intended.
func (s *soaking) inspect(target string) func(context.Context) error {
	return func(ctx context.Context) error {
		return s.get(ctx, "/api/v1/inspect?url="+url.QueryEscape(target), 200, 429, 503)
	}
}

// leave ends a request at any moment of it.
func (s *soaking) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(rand.IntN(20_000))*time.Microsecond)
	defer cancel()
	if err := s.inspect(pick(append(s.bad, s.good...)))(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// cutCheck reads the first row of a check and closes the connection.
func (s *soaking) cutCheck(ctx context.Context) error {
	form := url.Values{"urls": {strings.Join(append(s.bad, s.good...), "\n")}, "format": {"ndjson"}}
	req, err := http.NewRequestWithContext(ctx, "POST", s.site+"/check", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", rand.IntN(200)))
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() // which closes the connection: there is more to read
	if resp.StatusCode == 429 || resp.StatusCode == 503 {
		return nil
	}
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	if resp.StatusCode != 200 || err != nil || !json.Valid([]byte(line)) {
		return fmt.Errorf("a check answers %d, %v: %.300s", resp.StatusCode, err, line)
	}
	return nil
}

// save saves a report, reads it and deletes it.
func (s *soaking) save(ctx context.Context) error {
	body, err := s.send(ctx, "POST", "/api/v1/reports", "application/json", `{"text": "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=x\n"}`, 201)
	if err != nil {
		return err
	}
	var got struct {
		Href string
		Key  string `json:"delete_key"`
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		return err
	}
	if err := s.get(ctx, got.Href+pick([]string{"", ".json", ".txt", ".md"}), 200); err != nil {
		return err
	}
	if _, err := s.send(ctx, "POST", got.Href+"/delete?key="+got.Key, "", "", 200); err != nil {
		return err
	}
	return s.get(ctx, got.Href, 404)
}

func median(all []time.Duration) time.Duration {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}
