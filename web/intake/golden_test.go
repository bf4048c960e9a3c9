package intake

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestRealOutputIsRead reads what real tools printed, each kind of text from
// the directory of its name; testdata/README.md says where each comes from.
func TestRealOutputIsRead(t *testing.T) {
	for _, file := range samples(t) {
		kind := Kind(filepath.Base(filepath.Dir(file)))
		t.Run(string(kind)+"/"+filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := Recognize(string(text)); got != kind {
				t.Errorf("taken for %s", got)
			}
			var told any
			switch kind {
			case CurlCommand:
				told, err = ReadCommand(string(text))
			case PowerShell:
				_, failed := Parse(string(text))
				told = failed
			default:
				told, err = Parse(string(text))
			}
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(file, ".txt")+".golden", told)
		})
	}
}

// samples returns the files of texts.
func samples(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("testdata/*/*.txt")
	if err != nil || len(files) < 30 {
		tb.Fatalf("%d samples, %v", len(files), err)
	}
	return files
}

// golden compares a value with the JSON in a file, or writes it with -update.
func golden(t *testing.T, file string, value any) {
	t.Helper()
	var got bytes.Buffer
	e := json.NewEncoder(&got)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs; look at the difference after go test ./web/intake -update\n%s", file, got.String())
	}
}
