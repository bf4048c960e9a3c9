package web

import (
	"net/http"
)

// healthy says that the process answers. It looks at nothing else, so that a
// store that is gone does not have every copy started anew.
func (s *server) healthy(w http.ResponseWriter, _ *http.Request) error {
	plain(w, http.StatusOK, "ok\n")
	return nil
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // whoever asked and left needs no answer
}
