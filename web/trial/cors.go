package trial

import "net/http"

// crossOrigin answers scripts of other origins: "right" and "any" let them read,
// "wrong" lets another origin, "challenged" asks the preflight for credentials,
// which no browser sends. It returns false where the answer is given.
func (t *Trial) crossOrigin(w http.ResponseWriter, r *http.Request, o order) bool {
	h := w.Header()
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	switch origin := r.Header.Get("Origin"); o.cors {
	case "right":
		h.Set("Vary", "Origin")
		if origin != "" {
			h.Set("Access-Control-Allow-Origin", origin)
		}
		h.Set("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After")
	case "any":
		h.Set("Access-Control-Allow-Origin", "*")
	case "wrong":
		h.Set("Access-Control-Allow-Origin", "https://another.example")
	case "challenged":
		h.Set("Access-Control-Allow-Origin", "*")
	}
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return true
	}
	if o.cors == "challenged" {
		h.Set("WWW-Authenticate", `Bearer realm="`+o.realm+`"`)
		spelt(h)
		w.WriteHeader(http.StatusUnauthorized)
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP")
	w.WriteHeader(http.StatusNoContent)
	return false
}
