package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wwwhy/templates"
	"wwwhy/web/inspect"
	"wwwhy/web/problem"
	"wwwhy/web/strict"
)

// askLimit is the greatest length of what the one box takes, in bytes: a HAR
// file, and what the coding of a form adds to it.
const askLimit = inspect.HARLimit + 1<<20

// ask takes whatever was typed, pasted or dropped into the one box to where it
// is answered: by a redirect where the answer has an address of its own, else
// in place.
func (s *server) ask(w http.ResponseWriter, r *http.Request) error {
	leave, p := s.gate.Text(r)
	if p != nil {
		return p
	}
	defer leave()
	typed, err := asked(w, r)
	if err != nil {
		return err
	}
	short := strings.TrimSpace(typed)
	if short == "" {
		redirect(w, "/", http.StatusSeeOther)
		return nil
	}
	w.Header().Set("Cache-Control", "no-store")
	if len(short) <= 200 {
		if page, ok := s.lib.Lookup(short); ok {
			to := page.Href()
			if substatus, ok := s.lib.Substatus(short); ok {
				to += "#" + substatus.Part
			}
			redirect(w, to, http.StatusSeeOther)
			return nil
		}
	}
	switch kind := inspect.Recognize(typed); kind {
	case inspect.TextCommand:
		return s.askCommand(w, r, typed)
	case inspect.TextToken:
		return s.askAgain(w, r, "", problem.BadRequest("This is a token, and a server is no place to read one: it opens doors for whoever has it.",
			"With script, this page decodes it without sending it. In a terminal, wwwhy explain --token-file reads it. If it is in use somewhere, replace it: it was sent here just now."))
	case inspect.TextURL:
		if u, err := url.Parse(short); err == nil && u.User != nil {
			return s.askAgain(w, r, "", problem.BadRequest("This address holds a user name or a password, which do not belong into an address.", "Leave out what stands before the @. If the password is in use somewhere, replace it: it was sent here just now."))
		}
		redirect(w, "/inspect?url="+url.QueryEscape(short), http.StatusSeeOther)
		return nil
	case inspect.TextUnknown:
		return s.askWords(w, r, short)
	case inspect.TextFields, inspect.TextChallenge:
		if to, ok := explainAddress(short); ok {
			redirect(w, to, http.StatusSeeOther)
			return nil
		}
	}
	return s.explain(w, r, templates.ExplainView{Text: typed})
}

// asked reads what the one box sent: the query, a form, or a form with a file,
// which counts where there is one.
func asked(w http.ResponseWriter, r *http.Request) (string, error) {
	if r.Method != http.MethodPost {
		q, p := strict.Query(r)
		if p != nil {
			return "", p
		}
		return q.Get("q"), nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, askLimit)
	if err := r.ParseMultipartForm(askLimit); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return "", problem.Unread(err)
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

// askAgain shows the one box with what is wrong.
func (s *server) askAgain(w http.ResponseWriter, r *http.Request, typed string, p *problem.Problem) error {
	if wantsProblem(r) || terminal(r) {
		return p
	}
	return s.render(w, r, p.Status, templates.AskAgain(typed, viewOf(p)))
}

// askWords takes words that are no text of a known kind.
func (s *server) askWords(w http.ResponseWriter, r *http.Request, words string) error {
	switch {
	case r.Method == http.MethodPost && len(words) <= longestInAddress && inspect.HoldsSecret(words):
		return s.askAgain(w, r, "", problem.BadRequest("This looks like a key, a password or an identifier, and was not searched for: histories and logs keep what is.",
			"Paste what the server answered instead. If it opens something, replace it: it was sent here just now."))
	case inspect.TypedAddress(words):
		redirect(w, "/inspect?url="+url.QueryEscape(words), http.StatusSeeOther)
	case len(words) <= 200 && !strings.Contains(words, "\n"):
		redirect(w, "/search?q="+url.QueryEscape(words), http.StatusSeeOther)
	default:
		if to, ok := explainAddress(words); ok {
			redirect(w, to, http.StatusSeeOther)
			return nil
		}
		return s.explain(w, r, templates.ExplainView{Text: words})
	}
	return nil
}

// longestInAddress is how much pasted text goes into an address, in bytes:
// longer ones are cut by some clients and proxies.
const longestInAddress = 2000

// explainAddress is the address of an explanation, for a text that may stand in
// one: a line, and no secrets.
func explainAddress(text string) (string, bool) {
	if len(text) > longestInAddress || strings.Contains(text, "\n") || inspect.HoldsSecret(text) {
		return "", false
	}
	return "/explain?text=" + url.QueryEscape(text), true
}

// askCommand asks what a curl command asks for, as far as that is safe: its
// address, its method and the fields that visitors may send. Where something is
// left out, or credentials would be sent, it shows first what would be asked.
func (s *server) askCommand(w http.ResponseWriter, r *http.Request, typed string) error {
	c, err := inspect.ReadCommand(typed)
	if err != nil {
		return s.askAgain(w, r, typed, textProblem(err))
	}
	t := inspect.CommandTarget(c)
	v := templates.CommandView{URL: t.Request.URL, Method: t.Request.Method}
	leave := func(flag, reason string) { v.LeftOut = append(v.LeftOut, [2]string{flag, reason}) }
	for _, o := range c.LeftOut {
		leave(o.Flag, o.Reason)
	}
	if !slices.Contains([]string{"", "GET", "HEAD", "OPTIONS"}, v.Method) {
		leave("-X "+v.Method, "From here only GET, HEAD and OPTIONS are asked, which change nothing. In a terminal, wwwhy inspect -X "+v.Method+" asks as you do.")
		v.Method = "GET"
	}
	a := asking{URL: v.URL, posted: true}
	var fields []string
	for _, l := range t.Request.Fields {
		f := askingField{l.Name, l.Value}
		if p := a.sendable(f); p != nil {
			leave(l.Name, p.Detail)
			continue
		}
		v.Secret = v.Secret || inspect.Secret(l.Name)
		fields = append(fields, l.Name+": "+l.Value)
	}
	v.Fields = strings.Join(fields, "\n")
	if len(v.LeftOut) == 0 && !v.Secret && len(v.URL)+len(v.Fields) <= longestInAddress {
		redirect(w, "/inspect?"+url.Values{"url": {v.URL}, "method": {v.Method}, "fields": {v.Fields}}.Encode(), http.StatusSeeOther)
		return nil
	}
	return s.render(w, r, http.StatusOK, templates.Command(v))
}
