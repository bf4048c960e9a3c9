package listen

import (
	"log"
	"log/slog"
	"regexp"
	"strings"
)

// trouble takes what net/http tells of connections, and logs it without the
// addresses of clients, which are never in our log. What fails in a handshake is
// mostly the doing of whoever tries names and ports, and no warning.
type trouble struct{ log *slog.Logger }

func newTrouble(l *slog.Logger) *log.Logger { return log.New(trouble{l}, "", 0) }

var ipAndPort = regexp.MustCompile(`(\[[0-9a-fA-F:.]+(%\w+)?\]|\b\d+\.\d+\.\d+\.\d+):\d+`)

// Write logs a line.
func (t trouble) Write(line []byte) (int, error) {
	text := ipAndPort.ReplaceAllString(strings.TrimSpace(string(line)), "an address")
	if strings.Contains(text, "TLS handshake error") {
		// crypto/tls says so for each name that is not ours.
		t.log.Info(strings.ReplaceAll(text, "tls: no certificates configured", "no certificate for the name that was asked for"))
	} else {
		t.log.Warn(text)
	}
	return len(line), nil
}
