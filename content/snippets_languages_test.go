package content

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func checkJSON(_ *testing.T, _ string, all []snippet) []error {
	return each(all, func(_ int, s snippet) error {
		dec := json.NewDecoder(strings.NewReader(s.code)) // several values: a head and a payload
		for {
			var v any
			if err := dec.Decode(&v); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
		}
	})
}

func checkYAML(_ *testing.T, _ string, all []snippet) []error {
	return each(all, func(_ int, s snippet) error {
		var v yaml.Node
		return yaml.Unmarshal([]byte(s.code), &v)
	})
}

func checkXML(_ *testing.T, _ string, all []snippet) []error {
	return each(all, func(_ int, s snippet) error {
		dec := xml.NewDecoder(strings.NewReader(s.code))
		for {
			if _, err := dec.Token(); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
		}
	})
}

// together hands all blocks to one program as JSON on its input; it answers with
// a list of what is wrong with each, "" for nothing.
func together(t *testing.T, all []snippet, tool string, args ...string) []error {
	t.Helper()
	codes := make([]string, len(all))
	for i, s := range all {
		codes[i] = s.code
	}
	input, err := json.Marshal(codes)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tool, args...)
	var stderr strings.Builder
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(input)), &stderr
	out, err := cmd.Output()
	var faults []string
	if err == nil {
		err = json.Unmarshal(out, &faults)
	}
	if err != nil || len(faults) != len(all) {
		t.Fatalf("%s gave no list of %d: %v\n%s%s", tool, len(all), err, out, stderr.String())
	}
	errs := make([]error, len(all))
	for i, fault := range faults {
		if fault != "" {
			errs[i] = errors.New(fault)
		}
	}
	return errs
}

func checkJS(t *testing.T, tool string, all []snippet) []error {
	return together(t, all, tool, "--no-warnings", "--experimental-vm-modules", "testdata/snippets/parse.mjs")
}

func checkPython(t *testing.T, tool string, all []snippet) []error {
	return together(t, all, tool, "testdata/snippets/parse.py")
}

// checkJava writes a file for each block, since Java reads no JSON by itself,
// and takes lines of "number: fault".
func checkJava(t *testing.T, tool string, all []snippet) []error {
	folder := t.TempDir()
	args := []string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "testdata/snippets/Parse.java"} // it is soon over
	for i, s := range all {
		args = append(args, written(t, folder, fmt.Sprint(i), s.code))
	}
	out, err := exec.CommandContext(t.Context(), tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	errs := make([]error, len(all))
	for line := range strings.Lines(string(out)) {
		file, fault, _ := strings.Cut(strings.TrimSpace(line), ": ")
		var i int
		if _, err := fmt.Sscan(filepath.Base(file), &i); err != nil || i >= len(errs) {
			t.Fatalf("Parse.java says %q", line)
		}
		errs[i] = errors.Join(errs[i], errors.New(fault))
	}
	return errs
}

// checkPHP puts a chain of calls behind a variable.
func checkPHP(t *testing.T, tool string, all []snippet) []error {
	return each(all, func(_ int, s snippet) error {
		code := s.code
		if strings.HasPrefix(strings.TrimSpace(commentOfSlashes.ReplaceAllString(code, "")), "->") {
			code = "$a\n" + code + ";"
		}
		return said(t.Context(), "<?php\n"+code, nil, tool, "-n", "-l")
	})
}

func checkINI(t *testing.T, tool string, all []snippet) []error {
	return each(all, func(_ int, s snippet) error {
		return said(t.Context(), s.code, nil, tool, "-n", "-r", "exit(parse_ini_string(stream_get_contents(STDIN)) === false ? 1 : 0);")
	})
}

func checkRuby(t *testing.T, tool string, all []snippet) []error {
	return each(all, func(_ int, s snippet) error { return said(t.Context(), s.code, nil, tool, "-wc") })
}

func checkShell(t *testing.T, tool string, all []snippet) []error {
	return each(all, func(_ int, s snippet) error { return said(t.Context(), s.code, nil, tool, "-n") })
}
