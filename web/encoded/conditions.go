package encoded

import (
	"net/http"
	"strings"
	"time"
)

// Dated says when the content was last modified, and returns it. It is called
// before the content is served.
func (c *Content) Dated(modified time.Time) *Content {
	c.modified = modified.Truncate(time.Second) // as Last-Modified tells it
	return c
}

// Failed returns the field of a request whose condition does not hold for what
// the request selects, which asks for a 412 (RFC 9110, Section 13.2.2); "" where
// all hold. That the client has the content already fails for methods other than
// GET and HEAD alone: these are answered with 304.
func (c *Content) Failed(r *http.Request) string {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if reads && r.Header["If-Match"] == nil && r.Header["If-Unmodified-Since"] == nil {
		return "" // most requests: nothing is selected, or coded, for them
	}
	f, _ := c.selected(r)
	if lines := r.Header["If-Match"]; lines != nil {
		if !matches(lines, f.tag[0], "") {
			return "If-Match"
		}
	} else if since, ok := dateIn(r.Header["If-Unmodified-Since"]); ok && !c.modified.IsZero() && c.modified.After(since) {
		return "If-Unmodified-Since"
	}
	if !reads && c.had(r, f) {
		return "If-None-Match"
	}
	return ""
}

// had reports whether the client has the content already.
func (c *Content) had(r *http.Request, f *form) bool {
	if lines := r.Header["If-None-Match"]; lines != nil {
		return matches(lines, f.tag[0], "W/")
	}
	if c.modified.IsZero() || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	since, ok := dateIn(r.Header["If-Modified-Since"])
	return ok && !c.modified.After(since)
}

// matches reports whether a list of entity tags names ours, a strong one. weak is
// the mark of weak ones, where these are compared weakly (RFC 9110, Section
// 8.8.3.2).
func matches(lines []string, tag, weak string) bool {
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			member = strings.TrimSpace(member)
			if member == "*" || strings.TrimPrefix(member, weak) == tag {
				return true
			}
		}
	}
	return false
}

// dateIn reads a field that holds one date. Anything else is as good as no field
// (RFC 9110, Sections 13.1.3 and 13.1.4).
func dateIn(lines []string) (time.Time, bool) {
	if len(lines) != 1 {
		return time.Time{}, false
	}
	t, err := http.ParseTime(lines[0])
	return t, err == nil
}
