package report

import (
	"encoding/hex"
	"strings"

	"wwwhy/web/message"
)

// rawLimit is how many bytes of a head are made readable. All of them are in
// Head.
const rawLimit = 16 << 10

// raw makes the bytes of a head readable. A line end that is not CR LF stays
// visible as what it is.
func raw(r *message.Response) string {
	head := r.Head[:min(len(r.Head), rawLimit)]
	if r.Protocol == "HTTP/2" || r.Protocol == "HTTP/3" {
		return hex.Dump(head)
	}
	var b strings.Builder
	for line := range strings.SplitAfterSeq(string(head), "\n") {
		text, ended := strings.CutSuffix(line, "\n")
		crlf := strings.HasSuffix(text, "\r")
		b.WriteString(Visible(strings.TrimSuffix(text, "\r")))
		if ended && !crlf {
			b.WriteString("␊")
		}
		if ended {
			b.WriteString("\n")
		}
	}
	if len(r.Head) > rawLimit {
		b.WriteString("…\n")
	}
	return b.String()
}
