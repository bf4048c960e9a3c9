package content

// SessionCookie reports whether a cookie of a name, in lower case and without the
// prefix __Host- or __Secure-, carries a sign-in by the custom of a framework or
// of many sites (registry/session_cookies.csv).
func (lib *Library) SessionCookie(name string) bool {
	return lib.row("session_cookies.csv", "name", name) != nil
}
