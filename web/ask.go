package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"wwwhy/templates"
	"wwwhy/web/inspect"
)

// askLimit is the greatest length of what the one box takes, in bytes: a HAR
// file and what a form adds to it.
const askLimit = 6 << 20

// ask takes whatever was typed, pasted or dropped into the one box to where it
// is answered: by a redirect where the answer has an address of its own, else
// in place.
func (s *server) ask(w http.ResponseWriter, r *http.Request) error {
	typed, err := asked(w, r)
	if err != nil {
		return err
	}
	short := strings.TrimSpace(typed)
	if short == "" {
		redirect(w, "/", http.StatusSeeOther)
		return nil
	}
	if to, ok := s.destination(short); ok {
		redirect(w, to, http.StatusSeeOther)
		return nil
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.explain(w, r, templates.ExplainView{Text: typed})
}

// asked reads what the one box sent: the query, a form, or a form with a file,
// which counts where there is one.
func asked(w http.ResponseWriter, r *http.Request) (string, error) {
	if r.Method != http.MethodPost {
		return r.URL.Query().Get("q"), nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, askLimit)
	if err := r.ParseMultipartForm(askLimit); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return "", tooLarge(err)
	}
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }()
		for _, h := range r.MultipartForm.File["file"] {
			if h.Size == 0 {
				continue
			}
			f, err := h.Open()
			if err != nil {
				return "", fmt.Errorf("opening a file that was sent: %w", err)
			}
			data, err := io.ReadAll(f)
			_ = f.Close()
			if err != nil {
				return "", fmt.Errorf("reading a file that was sent: %w", err)
			}
			return string(data), nil
		}
	}
	return r.PostForm.Get("q"), nil
}

// longestInAddress is how much pasted text goes into an address, in bytes:
// longer ones are cut by some clients and proxies.
const longestInAddress = 2000

// destination is the address that answers what was typed, where it has one.
func (s *server) destination(typed string) (string, bool) {
	if page, ok := s.lib.Lookup(typed); ok {
		return page.Href(), true
	}
	switch {
	case looksLikeURL(typed):
		return "/inspect?url=" + url.QueryEscape(typed), true
	case strings.ContainsAny(typed, ":=") || strings.HasPrefix(typed, "HTTP/"):
		name, _, _ := strings.Cut(typed, ":")
		if len(typed) <= longestInAddress && !strings.Contains(typed, "\n") && !inspect.Secret(strings.TrimSpace(name)) {
			return "/explain?text=" + url.QueryEscape(typed), true
		}
		return "", false
	case strings.Contains(typed, "\n"):
		return "", false
	}
	return "/search?q=" + url.QueryEscape(typed), true
}

// looksLikeURL reports whether a text is an address: it has a scheme, or its
// first part is a name with a dot in it.
func looksLikeURL(s string) bool {
	if strings.ContainsAny(s, " \t\n\"") {
		return false
	}
	if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
		return true
	}
	host, _, _ := strings.Cut(s, "/")
	host, _, _ = strings.Cut(host, ":")
	labels := strings.Split(host, ".")
	if len(labels) < 2 && host != "localhost" {
		return false
	}
	last := labels[len(labels)-1]
	return len(last) > 1 && strings.Trim(host, "0123456789.") != "" || len(labels) == 4
}
