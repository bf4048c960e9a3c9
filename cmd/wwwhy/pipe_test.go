package main

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

// TestWhoStopsReadingIsNoError writes into a pipe that nobody reads.
func TestWhoStopsReadingIsNoError(t *testing.T) {
	for _, args := range [][]string{{"lookup", "401"}, {"lookup", "--json", "401"}, {"--help"}, {"man"}, {"completion", "bash"}, {"check", "--csv", "nowhere.invalid"}, {"inspect", "--as", "go", "a.example"}} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		var stderr bytes.Buffer
		cmd := exec.CommandContext(t.Context(), "wwwhy", args...)
		cmd.Stdout, cmd.Stderr = w, &stderr
		if err := cmd.Run(); err != nil || stderr.Len() > 0 {
			t.Errorf("%v: %v, %s", args, err, &stderr)
		}
		w.Close()
	}
}
