package content

import (
	"bytes"
	"strconv"
	"sync"
)

// ProtocolError is a code with which HTTP/2 or HTTP/3 ends a stream or a
// connection (RFC 9113, Section 7; RFC 9114, Section 8.1). Meaning goes on a
// sentence about the server.
type ProtocolError struct{ Name, Meaning, Spec string }

// ProtocolError returns what a code means, given as "0x8", in a protocol, given
// as "HTTP/2".
func (lib *Library) ProtocolError(protocol, code string) (ProtocolError, bool) {
	if code == "" {
		return ProtocolError{}, false
	}
	rows, err := lib.table("protocol_errors.csv")
	if err != nil {
		return ProtocolError{}, false
	}
	for _, r := range rows {
		if r["protocol"] == protocol && r["code"] == code {
			return ProtocolError{r["name"], r["meaning"], r["spec"]}, true
		}
	}
	return ProtocolError{}, false
}

// CertificateProblem says in a sentence why a chain of certificates was not
// accepted (registry/certificate_problems.csv); "": the problem is not known.
func (lib *Library) CertificateProblem(name string) string {
	return lib.row("certificate_problems.csv", "problem", name)["sentence"]
}

// otherProtocol is a row of registry/other_protocols.csv: the first bytes of what
// a server of another protocol says, and what follows from them.
type otherProtocol struct {
	begins []byte
	says   string
}

// otherProtocols is no part of a Library: what fetches has none.
var otherProtocols = sync.OnceValue(func() []otherProtocol {
	var all []otherProtocol
	rows, _ := readTable(files, "other_protocols.csv") // the tests refuse what is wrong with it
	for _, r := range rows {
		if begins, err := strconv.Unquote(`"` + r["begins"] + `"`); err == nil && begins != "" {
			all = append(all, otherProtocol{[]byte(begins), r["says"]})
		}
	}
	return all
})

// OtherProtocol says, as a part of a sentence, who answers with bytes that begin
// as no response of HTTP/1 does; "": nobody that we know of.
func OtherProtocol(start []byte) string {
	for _, p := range otherProtocols() {
		if bytes.HasPrefix(start, p.begins) {
			return p.says
		}
	}
	return ""
}
