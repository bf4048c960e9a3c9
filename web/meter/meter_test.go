package meter

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestHandlerTellsWhatWasCounted(t *testing.T) {
	m := New()
	m.Request("/{code}", "GET", 200, 3*time.Millisecond)
	m.Request("/{code}", "GET", 200, 3*time.Millisecond)
	m.Request("", "BREW", 405, 0)
	m.Inspection(401, "")
	m.Inspection(0, "dns")
	m.Phase("connect", 20*time.Millisecond)
	m.Phase("tls", 0)
	m.Refused("rate hour")
	m.Shared(true)
	m.Stored("save", nil)
	m.Stored("load", errors.New("gone"))
	m.Panic()
	m.Gauge("wwwhy_places_taken", "Places.", func() float64 { return 7 })
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`wwwhy_requests_total{method="GET",route="/{code}",status="200"} 2`,
		`wwwhy_requests_total{method="other",route="none",status="405"} 1`,
		`wwwhy_request_seconds_bucket{route="/{code}",le="0.005"} 2`,
		`wwwhy_inspections_total{outcome="4xx"} 1`, `wwwhy_inspections_total{outcome="dns"} 1`,
		`wwwhy_inspection_phase_seconds_count{phase="connect"} 1`,
		`wwwhy_refusals_total{reason="rate hour"} 1`, `wwwhy_shared_answers_total{shared="true"} 1`,
		`wwwhy_store_operations_total{operation="load",outcome="failed"} 1`, `wwwhy_store_operations_total{operation="save",outcome="done"} 1`,
		"wwwhy_panics_total 1", "wwwhy_places_taken 7", "wwwhy_build_info{", "go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the figures lack %s", want)
		}
	}
	if strings.Contains(w.Body.String(), `phase="tls"`) {
		t.Error("a phase that did not take place is counted")
	}
}

func TestNilMeterCountsNothing(*testing.T) {
	var m *Meter
	m.Request("/", "GET", 200, 0)
	m.Inspection(200, "")
	m.Phase("x", 1)
	m.Refused("x")
	m.Shared(false)
	m.Stored("x", nil)
	m.Panic()
	m.Gauge("x", "x", nil)
}
