package trace

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// TestSpansReachACollector runs a collector and reads what it is sent.
func TestSpansReachACollector(t *testing.T) {
	var mu sync.Mutex
	var got []byte
	var names []string
	var parent []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && r.Header.Get("Content-Encoding") == "gzip" {
			var z *gzip.Reader
			if z, err = gzip.NewReader(bytes.NewReader(body)); err == nil {
				body, err = io.ReadAll(z)
			}
		}
		var sent collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &sent)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		mu.Lock()
		defer mu.Unlock()
		got = append(got, body...)
		for _, resource := range sent.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, s := range scope.Spans {
					names = append(names, s.Name)
					if strings.HasPrefix(s.Name, "GET") {
						parent = s.ParentSpanId
					}
				}
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(server.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	tracer, err := Start(t.Context(), "v1")
	if err != nil || tracer == nil {
		t.Fatalf("%v %v", tracer, err)
	}
	r := httptest.NewRequest("GET", "/inspect?url=https://secret.example/", nil)
	r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	r, end := tracer.Request(r)
	tracer.Inspection(r.Context(), time.Now(), 401, "", []Phase{{"dns", time.Millisecond}, {"tls", 0}, {"wait", time.Millisecond}})
	tracer.Inspection(r.Context(), time.Now(), 0, "timeout", nil)
	end("/inspect", 200)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := tracer.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(names)
	if want := []string{"GET /inspect", "dns", "inspection", "inspection", "wait"}; !slices.Equal(names, want) {
		t.Errorf("the spans are %q, want %q", names, want)
	}
	if !bytes.Equal(parent, []byte{0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31}) {
		t.Errorf("the request's span hangs under %x", parent)
	}
	if bytes.Contains(got, []byte("secret.example")) {
		t.Error("the collector learns the target")
	}
	if !bytes.Contains(got, []byte("wwwhy")) || !bytes.Contains(got, []byte("timeout")) {
		t.Error("the collector learns neither the service nor the failure")
	}
}

func TestWithoutACollectorNothingIsTraced(t *testing.T) {
	for _, env := range []map[string]string{{}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}} {
		for _, v := range append(variables, "OTEL_SDK_DISABLED") {
			t.Setenv(v, env[v])
		}
		tracer, err := Start(t.Context(), "v1")
		if tracer != nil || err != nil {
			t.Errorf("%v: %v %v", env, tracer, err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		traced, end := tracer.Request(r)
		end("/", 200)
		tracer.Inspection(r.Context(), time.Now(), 200, "", nil)
		if traced != r || tracer.Stop(t.Context()) != nil {
			t.Error("no tracer changes a request")
		}
	}
}
