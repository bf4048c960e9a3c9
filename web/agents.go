package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"

	"wwwhy/web/agent"
	"wwwhy/web/inspect"
	"wwwhy/web/meter"
	"wwwhy/web/problem"
)

// agents serves the tools of package agent at /mcp. An inspection counts as one
// from the API does.
func (s *server) agents(r chi.Router) {
	version, _, _ := meter.Build()
	h := agent.Handler(agent.Config{Library: s.lib, Inspector: s.inspector, Version: version, PublicURL: s.publicURL, Safe: true, Admit: s.admit, Broken: func(value any) { s.broke("", value) }})
	serve := s.handle(s.ours(func(w http.ResponseWriter, r *http.Request) error {
		if r.Header.Get("Origin") != "" && s.origin.Strange(r) || s.internal && s.origin.Strange(r) {
			return fromElsewhere("Tools are called from the pages of this site, or from programs that are no browsers.")
		}
		w.Header().Set("Cache-Control", "no-store") // also where the method does not fit: others may be refused
		if r.Method == http.MethodPost {            // which searches and explains
			// Whole before it takes a place: it may come slowly.
			call, err := io.ReadAll(http.MaxBytesReader(w, r.Body, agent.ContentLimit))
			if err != nil {
				return problem.Unread(err)
			}
			r.Body = io.NopCloser(bytes.NewReader(call))
			leave, p := s.gate.Waiting(r)
			if p != nil {
				return p
			}
			defer leave()
		}
		h.ServeHTTP(w, r)
		return nil
	}))
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		r.Method(method, "/mcp", serve)
	}
}

// admit takes a place for an inspection that an agent asks for, which may send
// what a visitor may.
func (s *server) admit(ctx context.Context, r *http.Request, t inspect.Target) (leave func(), err error) {
	if r == nil {
		return nil, errors.New("an inspection needs a request that asks for it")
	}
	a := asking{URL: t.Request.URL, posted: true}
	for _, f := range t.Request.Fields {
		if p := a.sendable(askingField{f.Name, f.Value}); p != nil {
			return nil, errors.New(p.Detail + " " + p.Fix)
		}
	}
	if p := s.unwanted(r); p != nil {
		return nil, errors.New(p.Detail + " " + p.Fix)
	}
	r = r.WithContext(ctx)
	leave, p := s.gate.Inspection(r, t.Request.URL)
	if p != nil {
		return nil, errors.New(p.Detail + " " + p.Fix)
	}
	if p := s.gate.Spend(http.Header{}, r, t.Request.URL); p != nil {
		leave()
		return nil, errors.New(p.Detail + " " + p.Fix)
	}
	return leave, nil
}
