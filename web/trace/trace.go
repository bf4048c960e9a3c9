// Package trace tells a collector of OpenTelemetry what requests and inspections
// took, where the environment names one (OTEL_EXPORTER_OTLP_ENDPOINT). It knows
// no pages and no reports. A nil Tracer traces nothing.
//
// Spans hold what the program itself names: routes as patterns, statuses, kinds
// of failure, phases. Paths, queries and targets are not in them: they may be
// somebody's secret, as in the log.
package trace

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Tracer begins spans. It is safe for concurrent use.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// variables of the OpenTelemetry specification that name a collector.
var variables = []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"}

// Start returns a tracer for the collector that the environment names, spoken to
// by OTLP over HTTP, or nil where it names none or OTEL_SDK_DISABLED is true. The
// other variables of the specification hold as well: headers, sampler, service
// name and attributes.
func Start(ctx context.Context, version string) (*Tracer, error) {
	named := false
	for _, v := range variables {
		named = named || os.Getenv(v) != ""
	}
	if !named || os.Getenv("OTEL_SDK_DISABLED") == "true" {
		return nil, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	// What the environment says of the service wins over what we say.
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "wwwhy"), attribute.String("service.version", version)), resource.WithFromEnv(), resource.WithTelemetrySDK())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))
	return &Tracer{provider, provider.Tracer("wwwhy")}, nil
}

// Stop sends what was not sent yet, until ctx ends.
func (t *Tracer) Stop(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Request begins the span of a request, as part of the trace that its sender may
// have begun (W3C Trace Context). end takes the route's pattern and the status.
func (t *Tracer) Request(r *http.Request) (traced *http.Request, end func(route string, status int)) {
	if t == nil {
		return r, func(string, int) {}
	}
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := t.tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
	method := r.Method
	return r.WithContext(ctx), func(route string, status int) {
		if len(method) > 16 {
			method = "_OTHER"
		}
		span.SetName(method + " " + route)
		span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
		if status >= 500 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Phase is a stretch of an inspection.
type Phase struct {
	Name string
	Took time.Duration
}

// Inspection notes an inspection that has ended, with its phases one after the
// other. failure is the kind of what ended it, "" for nothing.
func (t *Tracer) Inspection(ctx context.Context, began time.Time, status int, failure string, phases []Phase) {
	if t == nil {
		return
	}
	ctx, span := t.tracer.Start(ctx, "inspection", trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(began))
	span.SetAttributes(attribute.Int("http.response.status_code", status))
	if failure != "" {
		span.SetAttributes(attribute.String("error.type", failure))
		span.SetStatus(codes.Error, failure)
	}
	at := began
	for _, p := range phases {
		if p.Took <= 0 {
			continue
		}
		_, part := t.tracer.Start(ctx, p.Name, trace.WithTimestamp(at))
		at = at.Add(p.Took)
		part.End(trace.WithTimestamp(at))
	}
	span.End()
}
