package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// mostResident bounds what the kernel counts of a process that served every page
// in every form and coding, in bytes.
const mostResident = 64 << 20

// TestEveryPageLeavesAProcessSmall fetches what the site map lists in every form
// and coding. It runs with the soak, for it takes half a minute.
func TestEveryPageLeavesAProcessSmall(t *testing.T) {
	if os.Getenv("WWWHY_SOAK") == "" {
		t.Skip("WWWHY_SOAK is not set")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("the system does not tell what is resident")
	}
	program := filepath.Join(t.TempDir(), "wwwhy")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	cmd, site := started(t, exec.CommandContext(t.Context(), program, "serve", "--addr", "127.0.0.1:0"))
	served := 0
	for _, coding := range []string{"identity", "gzip", "br", "zstd"} {
		for _, path := range listed(t, site) {
			for _, form := range []string{"", ".md", ".txt", ".json"} {
				if form != "" && strings.HasSuffix(path, "/") {
					continue // the home page has no other form
				}
				if fetched(t, site+path+form, coding) {
					served++
				}
			}
		}
		t.Logf("after %s: %d answers, %d kB resident", coding, served, residentOf(t, cmd.Process.Pid)>>10)
	}
	if served < 10_000 {
		t.Errorf("%d answers were pages, want every page in every form and coding", served)
	}
	end := time.Now().Add(30 * time.Second)
	for residentOf(t, cmd.Process.Pid) > mostResident && time.Now().Before(end) {
		time.Sleep(100 * time.Millisecond)
	}
	now := residentOf(t, cmd.Process.Pid)
	t.Logf("afterwards: %d kB resident", now>>10)
	if now > mostResident {
		t.Errorf("%d kB are resident, want %d at most", now>>10, mostResident>>10)
	}
}

// listed returns the paths of the site map.
func listed(t *testing.T, site string) []string {
	t.Helper()
	resp, err := http.Get(site + "/sitemap.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var sitemap struct {
		URLs []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.NewDecoder(resp.Body).Decode(&sitemap); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, u := range sitemap.URLs {
		paths = append(paths, strings.TrimPrefix(u.Loc, site))
	}
	return paths
}

// fetched reads an answer whole and reports whether it is a page: not everything
// has every form.
func fetched(t *testing.T, url, coding string) bool {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Encoding", coding)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode == http.StatusOK
}

// residentOf returns how many bytes of memory the kernel counts of a process.
func residentOf(t *testing.T, pid int) int {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kB, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kB << 10
		}
	}
	t.Fatalf("process %d has no VmRSS", pid)
	return 0
}
