package diagnose

import (
	"fmt"
	"net/url"
)

var bearerRules = []rule{
	{[]string{"bearer-without-parameters"}, bearerBare, false},
	{[]string{"auth-error-status", "auth-error-unknown"}, errorStatus, false},
	{[]string{"insufficient-scope-without-scope"}, scopeUnsaid, false},
	{[]string{"resource-metadata-not-https"}, metadataURL, false},
	{[]string{"dpop-nonce-missing"}, dpopNonce, false},
	{[]string{"bearer-error-unasked"}, errorUnasked, false},
}

// bearerBare reports the scheme alone (RFC 6750, Section 3).
func bearerBare(e *exam) {
	for _, p := range e.www {
		if p.Is("Bearer") && len(p.Params) == 0 && p.Token68 == "" && len(p.Problems) == 0 {
			e.at("bearer-without-parameters", p.field, p.place(p.Span), "scheme", p.Scheme)
		}
	}
}

// errorStatus holds the error code of a challenge against its status, by the
// scheme's page. Where no credentials were sent, any code is one too many, which
// has a finding of its own, and its status is not the point.
func errorStatus(e *exam) {
	for _, p := range e.www {
		prm, has := p.Param("error")
		if !has || p.scheme == nil || len(p.scheme.Errors) == 0 || prm.Value == "" {
			continue
		}
		known, ok := p.scheme.Error(prm.Value)
		switch {
		case !ok:
			e.at("auth-error-unknown", p.field, p.place(prm.Span), "scheme", p.scheme.Name, "error", short(prm.Value))
		case e.resp.Code == 401 && p.Is("Bearer") && e.x.WithoutCredentials():
		case e.resp.Code >= 400 && known.Status != 0 && known.Status != e.resp.Code:
			e.at("auth-error-status", p.field, p.place(prm.Span), "scheme", p.scheme.Name, "error", prm.Value,
				"code", fmt.Sprint(e.resp.Code), "status", fmt.Sprint(known.Status), "spec", known.Spec)
		}
	}
}

// scopeUnsaid reports insufficient_scope that does not say which scope would
// be enough.
func scopeUnsaid(e *exam) {
	for _, p := range e.www {
		prm, has := p.Param("error")
		if has && prm.Value == "insufficient_scope" && p.Get("scope") == "" {
			e.at("insufficient-scope-without-scope", p.field, p.place(prm.Span), "scheme", p.Scheme)
		}
	}
}

// metadataURL reports a metadata address that is not an https URL (RFC 9728,
// Section 3).
func metadataURL(e *exam) {
	for _, p := range e.www {
		prm, has := p.Param("resource_metadata")
		if !has || e.overlaps(p.place(prm.Span)) {
			continue
		}
		u, err := url.Parse(prm.Value)
		if err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && onThisMachine(u.Hostname())) {
			continue
		}
		e.at("resource-metadata-not-https", p.field, p.place(prm.Span), "value", short(prm.Value))
	}
}

// dpopNonce reports a demand for a nonce that comes without one (RFC 9449,
// Section 9).
func dpopNonce(e *exam) {
	for _, p := range e.www {
		prm, has := p.Param("error")
		if has && p.Is("DPoP") && prm.Value == "use_dpop_nonce" && !e.resp.Fields.Has("DPoP-Nonce") {
			e.at("dpop-nonce-missing", p.field, p.place(prm.Span), "field", "DPoP-Nonce")
		}
	}
}

// errorUnasked reports an error code in answer to a request that is known to
// have carried no credentials (RFC 6750, Section 3.1).
func errorUnasked(e *exam) {
	if !e.x.WithoutCredentials() {
		return
	}
	for _, p := range e.www {
		if prm, has := p.Param("error"); has && p.Is("Bearer") && e.resp.Code == 401 {
			e.at("bearer-error-unasked", p.field, p.place(prm.Span), "error", short(prm.Value))
		}
	}
}
