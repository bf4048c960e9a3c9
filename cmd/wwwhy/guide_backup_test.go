package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// adminOf reads the address of --admin from the log.
func adminOf(t *testing.T, log *lockedBuffer) string {
	t.Helper()
	for line := range strings.Lines(log.String()) {
		var entry struct{ Msg, Address string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "figures and profiles" {
			return "http://" + entry.Address
		}
	}
	t.Fatalf("the log names no address of --admin: %s", log)
	return ""
}

// TestGuideBackupOfAFile runs the guide's command while reports are saved, and
// starts another copy with what it wrote.
func TestGuideBackupOfAFile(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed")
	}
	log := &lockedBuffer{}
	address, _ := serving(t, log, "--data", t.TempDir(), "--admin", "127.0.0.1:0", "--rate-saves", "0")
	before, _, ok := saveReport(address)
	if !ok {
		t.Fatal("nothing is saved")
	}
	ended, saving := make(chan bool), make(chan bool)
	go func() {
		defer close(ended)
		for {
			select {
			case <-saving:
				return
			default:
				saveReport(address)
			}
		}
	}()
	dir := t.TempDir()
	command := strings.NewReplacer("/backup/", dir+"/", "http://127.0.0.1:9090", adminOf(t, log)).Replace(block(t, running, "A file"))
	out, err := exec.CommandContext(t.Context(), "sh", "-ec", command).CombinedOutput()
	close(saving)
	<-ended
	if err != nil {
		t.Fatalf("%s%v: %s", command, err, out)
	}
	restored, _ := serving(t, io.Discard, "--database", "file:"+filepath.Join(dir, "reports.db"))
	if status, body := fetch(t, http.DefaultClient, restored+"/r/"+before+".txt"); status != 200 || !strings.Contains(body, "(401)") {
		t.Errorf("the restored report is answered with %d", status)
	}
	if _, _, ok := saveReport(restored); !ok {
		t.Error("the restored copy saves nothing")
	}
}

// TestGuideBackupOfADatabase runs the guide's commands, and looks for what was
// saved before and after the dump.
func TestGuideBackupOfADatabase(t *testing.T) {
	database := freshDatabase(t)
	if _, err := exec.LookPath("pg_dump"); err != nil {
		t.Skip("pg_dump is not installed")
	}
	address, stop := serving(t, io.Discard, "--database", database)
	before, _, ok := saveReport(address)
	if !ok {
		t.Fatal("nothing is saved")
	}
	dump, restore, _ := strings.Cut(block(t, running, "PostgreSQL"), "\n")
	dir := t.TempDir()
	does := func(command string) {
		t.Helper()
		c := exec.CommandContext(t.Context(), "sh", "-ec", strings.ReplaceAll(command, "/backup/", dir+"/"))
		c.Env = append(os.Environ(), "WWWHY_DATABASE="+database)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", command, err, out)
		}
	}
	does(dump)
	after, _, _ := saveReport(address)
	stop()
	does(restore)
	again, _ := serving(t, io.Discard, "--database", database)
	for id, want := range map[string]int{before: 200, after: 404} {
		if status, _ := fetch(t, http.DefaultClient, again+"/r/"+id+".txt"); status != want {
			t.Errorf("a report is answered with %d, want %d", status, want)
		}
	}
}

// TestGuideCredential opens a database with the password in a file, as the
// guide's unit has it.
func TestGuideCredential(t *testing.T) {
	var setting, file string
	for line := range strings.Lines(block(t, running, "database.conf")) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "Environment=WWWHY_DATABASE="); ok {
			setting = rest
		}
		if rest, ok := strings.CutPrefix(line, "LoadCredential="); ok {
			file, _, _ = strings.Cut(rest, ":")
		}
	}
	database := freshDatabase(t)
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file), []byte("*:*:*:wwwhy:"+password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	setting = strings.NewReplacer("%d", dir, "db.example.com/wwwhy", u.Host+u.Path).Replace(setting) + "&" + u.RawQuery
	var out, errs strings.Builder
	if code := run(t.Context(), []string{"serve", "--check", "--database", setting}, nil, &out, &errs); code != 0 || strings.Contains(out.String(), password) {
		t.Errorf("%d: %s", code, errs.String())
	}
	if code := run(t.Context(), []string{"serve", "--check", "--database", strings.ReplaceAll(setting, file, "other")}, nil, io.Discard, io.Discard); code != 2 {
		t.Errorf("without the file: %d", code)
	}
}
