package web

import (
	"net/http"
	"strings"
)

// ours refuses what a page of another site has a visitor's browser send: only
// who is here may save, delete or call tools. Programs, which are no browsers,
// send neither Origin nor Sec-Fetch-Site and are let through.
func (s *server) ours(next handler) handler {
	protection := http.NewCrossOriginProtection()
	if s.publicURL != "" {
		// A proxy in front may send another Host. An address that is no origin is
		// refused where the settings are read.
		_ = protection.AddTrustedOrigin(strings.ToLower(s.publicURL))
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		if protection.Check(r) != nil {
			return &Problem{Status: http.StatusForbidden, Title: "Not from another site", Detail: "A page of another site had your browser send this. Nothing was done.",
				Fix: "If it was you who wanted it, do it on this site's own page."}
		}
		return next(w, r)
	}
}
