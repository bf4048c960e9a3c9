package web

import (
	"net/http"

	"github.com/a-h/templ"

	"wwwhy/templates"
)

// choose asks the question that the address names; without one, the first.
func (s *server) choose(w http.ResponseWriter, r *http.Request) error {
	at := r.URL.Query().Get("at")
	if at == "" {
		at = "start"
	}
	all := s.lib.Questions()
	q := all[at]
	if q == nil {
		return s.nothingAt(r, "choose")
	}
	return s.keptPage(w, r, "/choose?at="+at, func() templ.Component {
		return templates.Choose(templates.ChooseView{Question: q, All: all, Codes: s.lib.Status})
	})
}
