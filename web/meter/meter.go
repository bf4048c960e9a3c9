// Package meter counts what the site does, for Prometheus. It knows no requests
// and no reports: it is told of routes, outcomes and times. A nil Meter counts
// nothing, so that tests and the terminal need none.
//
// Labels hold what the program itself names, never what a visitor typed: routes
// as patterns, kinds of failure, names of rates.
package meter

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Meter is the counters of one running copy. It is safe for concurrent use.
type Meter struct {
	registry    *prometheus.Registry
	requests    *prometheus.CounterVec
	durations   *prometheus.HistogramVec
	inspections *prometheus.CounterVec
	phases      *prometheus.HistogramVec
	refusals    *prometheus.CounterVec
	shared      *prometheus.CounterVec
	stored      *prometheus.CounterVec
	panics      prometheus.Counter

	mu      sync.RWMutex // of answers
	answers map[answer]series
}

// answer is what requests are counted by, and series where: looking them up by
// their labels each time would cost more than counting.
type (
	answer struct {
		route, method string
		status        int
	}
	series struct {
		count prometheus.Counter
		took  prometheus.Observer
	}
)

// New returns a meter, with the figures of the Go runtime, the process and the
// build beside its own.
func New() *Meter {
	m := &Meter{registry: prometheus.NewRegistry(), answers: map[answer]series{},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wwwhy_requests_total", Help: "Requests answered, by route, method and status."}, []string{"route", "method", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "wwwhy_request_seconds", Help: "Time from the request's head to the end of its answer, by route.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5, 15}}, []string{"route"}),
		inspections: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wwwhy_inspections_total", Help: "Inspections made, by outcome: the class of the status, or the kind of failure."}, []string{"outcome"}),
		phases: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "wwwhy_inspection_phase_seconds", Help: "Time that the phases of inspections took.",
			Buckets: []float64{.001, .005, .01, .05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"phase"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wwwhy_refusals_total", Help: "Requests refused by a bound, by reason."}, []string{"reason"}),
		shared:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wwwhy_shared_answers_total", Help: "Inspections asked for, by whether an answer was shared."}, []string{"shared"}),
		stored:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wwwhy_store_operations_total", Help: "Operations on the store of saved reports, by outcome."}, []string{"operation", "outcome"}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "wwwhy_panics_total", Help: "Requests that ended in a fault of ours."}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "wwwhy_build_info", Help: "The build that runs; always 1."}, []string{"version", "revision", "go"})
	version, revision, toolchain := Build()
	build.WithLabelValues(version, revision, toolchain).Set(1)
	m.registry.MustRegister(m.requests, m.durations, m.inspections, m.phases, m.refusals, m.shared, m.stored, m.panics, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Build tells which build runs: the module's version, the revision of its
// sources, with a + where they were changed, and the toolchain.
func Build() (version, revision, toolchain string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown", "unknown", "unknown"
	}
	version, toolchain, revision = info.Main.Version, info.GoVersion, "unknown"
	changed := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	return version, revision + changed, toolchain
}

// Gauge registers a figure that is read when it is asked for, such as how many
// places are taken.
func (m *Meter) Gauge(name, help string, read func() float64) {
	if m != nil {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
	}
}

// Handler serves the figures.
func (m *Meter) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Request counts an answered request. route is its pattern, "" for none.
func (m *Meter) Request(route, method string, status int, took time.Duration) {
	if m == nil {
		return
	}
	if route == "" {
		route = "none"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodDelete, http.MethodPut, http.MethodPatch:
	default:
		method = "other"
	}
	s := m.series(answer{route, method, status})
	s.count.Inc()
	s.took.Observe(took.Seconds())
}

// series returns where an answer is counted. There are as many as Prometheus
// itself keeps.
func (m *Meter) series(a answer) series {
	m.mu.RLock()
	s, ok := m.answers[a]
	m.mu.RUnlock()
	if !ok {
		s = series{m.requests.WithLabelValues(a.route, a.method, strconv.Itoa(a.status)), m.durations.WithLabelValues(a.route)}
		m.mu.Lock()
		m.answers[a] = s
		m.mu.Unlock()
	}
	return s
}

// Inspection counts an inspection: its status, or the kind of its failure.
func (m *Meter) Inspection(status int, failure string) {
	if m == nil {
		return
	}
	outcome := failure
	if outcome == "" {
		outcome = strconv.Itoa(status/100) + "xx"
	}
	m.inspections.WithLabelValues(outcome).Inc()
}

// Phase notes how long a phase of an inspection took. A phase that did not take
// place, with no time, is not counted.
func (m *Meter) Phase(name string, took time.Duration) {
	if m != nil && took > 0 {
		m.phases.WithLabelValues(name).Observe(took.Seconds())
	}
}

// Refused counts a request that a bound refused.
func (m *Meter) Refused(reason string) {
	if m != nil {
		m.refusals.WithLabelValues(reason).Inc()
	}
}

// Shared counts whether an inspection that was asked for shared an answer.
func (m *Meter) Shared(shared bool) {
	if m != nil {
		m.shared.WithLabelValues(strconv.FormatBool(shared)).Inc()
	}
}

// Stored counts an operation on the store of reports. One that ended because
// whoever asked left says nothing of the store, and is not counted.
func (m *Meter) Stored(operation string, err error) {
	if m == nil || errors.Is(err, context.Canceled) {
		return
	}
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.stored.WithLabelValues(operation, outcome).Inc()
}

// Panic counts a fault of ours.
func (m *Meter) Panic() {
	if m != nil {
		m.panics.Inc()
	}
}
