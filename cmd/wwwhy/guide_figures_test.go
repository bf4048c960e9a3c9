package main

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web"
	"wwwhy/web/archive"
	"wwwhy/web/meter"
	"wwwhy/web/operator"
)

// figures are the names that /metrics serves, each with its labels, after one of
// everything was counted.
func figures(t *testing.T) map[string][]string {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	m := meter.New()
	site := web.New(web.Config{Library: lib, Log: slog.New(slog.DiscardHandler), Meter: m, Certificate: time.Now})
	m.Request("/", "GET", 200, time.Millisecond)
	m.Inspection(401, "")
	m.Phase("dns", time.Millisecond)
	m.Refused("rate burst")
	m.Shared(true)
	m.Stored("save", io.ErrUnexpectedEOF)
	w := httptest.NewRecorder()
	operator.New(m, site, archive.InMemory()).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	served := map[string][]string{"up": {"job", "instance"}} // Prometheus makes this one itself
	for line := range strings.Lines(w.Body.String()) {
		if m := sample.FindStringSubmatch(line); m != nil && !strings.HasPrefix(line, "#") {
			served[m[1]] = append(served[m[1]], "instance", "job")
			for _, l := range label.FindAllStringSubmatch(m[2], -1) {
				served[m[1]] = append(served[m[1]], l[1])
			}
		}
	}
	return served
}

var (
	sample   = regexp.MustCompile(`^([a-z_:]+)(?:\{(.*)\})? `)
	label    = regexp.MustCompile(`([a-z_]+)(?:=|!=|=~|!~)"[^"]*"`)
	figure   = regexp.MustCompile(`\b((?:wwwhy|go|process)_[a-z_]+|up)\b(?:\{([^}]*)\})?`)
	grouping = regexp.MustCompile(`\bby \(([^)]*)\)`)
)

// holdsExpression holds the figures and labels of an expression of Prometheus
// against what is served.
func holdsExpression(t *testing.T, served map[string][]string, expression string) {
	t.Helper()
	found := figure.FindAllStringSubmatch(expression, -1)
	if len(found) == 0 {
		t.Errorf("%s asks for nothing", expression)
	}
	var labels []string
	for _, m := range found {
		known, ok := served[m[1]]
		if !ok {
			t.Errorf("%s: there is no figure %s", expression, m[1])
		}
		labels = append(labels, known...)
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			if !slices.Contains(known, l[1]) {
				t.Errorf("%s: %s has no label %s", expression, m[1], l[1])
			}
		}
	}
	for _, m := range grouping.FindAllStringSubmatch(expression, -1) {
		for _, name := range strings.Split(m[1], ",") {
			if !slices.Contains(labels, strings.TrimSpace(name)) {
				t.Errorf("%s: nothing has the label %s", expression, name)
			}
		}
	}
}
