// Package report makes the one document that every surface shows: facts and
// findings joined with the words of content. Its JSON is the API. It neither
// fetches nor judges.
package report

import "wwwhy/web/message"

// Report is what happened, what it means and what is wrong with it.
type Report struct {
	Verdict     string      `json:"verdict"`     // one or two sentences that a person without HTTP understands
	Exchanges   []Exchange  `json:"exchanges"`   // in the order made
	Findings    []Finding   `json:"findings"`    // worst first
	Discovery   Discovery   `json:"discovery"`   // how a client gets a token, where that was looked for
	Preflight   Preflight   `json:"preflight"`   // what a browser decides about a script's request, where that was asked
	Observatory Observatory `json:"observatory"` // the grade that MDN's Observatory would give a page
	Age         int         `json:"age"`         // seconds since it was made for somebody else; 0: made for you
	Keep        int         `json:"keep"`        // seconds for which it is shared; 0: not

	facts []message.Exchange // from which it was made; nil for one that was read from JSON
}

// Facts returns the exchanges that the report was made from, so that another
// one can be made of them. They must not be changed.
func (r Report) Facts() []message.Exchange { return r.facts }

// Discovery is the way from the resource to a token (RFC 9728, Section 5).
// Without steps, nothing was looked for.
type Discovery struct {
	Steps  []Step `json:"steps"`
	Client string `json:"client"` // whether a client could go this way, in a sentence
}

// Preflight is what a browser decides about a request of a script from another
// origin, by the Fetch standard. Without steps, it was not asked.
type Preflight struct {
	Origin   string          `json:"origin"`
	Method   string          `json:"method"`
	Allowed  bool            `json:"allowed"`  // the request is sent
	Readable bool            `json:"readable"` // and the script may read the answer
	Verdict  string          `json:"verdict"`
	Steps    []PreflightStep `json:"steps"`
}

// PreflightStep is one decision of a browser about a request of another origin.
type PreflightStep struct {
	Name    string `json:"name"`
	Right   bool   `json:"right"`
	Summary string `json:"summary"`
	Spec    string `json:"spec"`
}

// Step is one stop on the way.
type Step struct {
	Name    string `json:"name"`  // resource, metadata, authorization server, token
	URL     string `json:"url"`   // what was asked, or is to be asked
	State   string `json:"state"` // right, wrong, open: it was not got so far
	Summary string `json:"summary"`
}

// Exchange is one request with what came back.
type Exchange struct {
	Cause      string      `json:"cause"`    // asked, redirect, probe
	Purpose    string      `json:"purpose"`  // of a probe: resource-metadata, server-metadata, cross-origin, with-bearer and others
	Fidelity   string      `json:"fidelity"` // retold, transcribed, wire
	URL        string      `json:"url"`
	Method     string      `json:"method"`
	Protocol   string      `json:"protocol"`
	Remote     string      `json:"remote"` // address and port
	Status     Status      `json:"status"`
	Fields     []Field     `json:"fields"`
	Challenges []Challenge `json:"challenges"`
	Picked     []Pick      `json:"picked"` // which of several challenges clients would answer
	Hints      []Hint      `json:"hints"`  // of a refusal without a challenge: what would do, the likeliest first
	Content    Content     `json:"content"`
	Caching    Caching     `json:"caching"`
	Timing     Timing      `json:"timing"`
	TLS        TLS         `json:"tls"`
	Error      Error       `json:"error"`
	Request    Request     `json:"request"`
	Interim    []Interim   `json:"interim"`
	Trailers   []Line      `json:"trailers"`
	Head       []byte      `json:"head"` // raw bytes, where known; base64 in JSON
	Raw        string      `json:"raw"`  // the same to read: text of HTTP/1 with control characters made visible, frames of HTTP/2 and 3 in hexadecimal
	DNS        DNS         `json:"dns"`
	Snippets   []Snippet   `json:"snippets"` // the request as code in several tools, credentials hidden; only of what was asked for
}

// DNS is what the name system said. Canonical is empty where the name leads to
// no other, or that is not known.
type DNS struct {
	Addresses []string `json:"addresses"` // all that the name resolved to
	Tried     []string `json:"tried"`     // those that a connection was tried to, in this order
	Canonical string   `json:"canonical"`
}

// Status is a response's status. Code is 0 where there was none.
type Status struct {
	Code    int    `json:"code"`
	Reason  string `json:"reason"`  // as received
	Phrase  string `json:"phrase"`  // as registered, or as its vendor has it
	Summary string `json:"summary"` // what the code means
	Href    string `json:"href"`    // its article; empty: there is none
	Class   string `json:"class"`
}

// Line is a field line that is not explained: of a request or a trailer.
type Line struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Field is a field line of the response with its explanation.
type Field struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Summary string `json:"summary"` // what the field is for; empty: nobody knows it
	Href    string `json:"href"`
	Parts   []Part `json:"parts"`
}

// Part is a piece of a field's value. Offset and Length count bytes in it.
type Part struct {
	Text    string `json:"text"`
	Offset  int    `json:"offset"`
	Length  int    `json:"length"`
	Summary string `json:"summary"`
}

// Challenge is one challenge taken apart.
type Challenge struct {
	Field     string    `json:"field"`
	Line      int       `json:"line"`
	Scheme    string    `json:"scheme"`
	Token68   string    `json:"token68"`
	Params    []Param   `json:"params"`
	Decoded   []Param   `json:"decoded"` // what the scheme codes into its token68 or parameters
	Problems  []Problem `json:"problems"`
	Summary   string    `json:"summary"`   // what the server wants
	Next      string    `json:"next"`      // what to do
	Send      string    `json:"send"`      // the field line to send, client's parts in capitals; empty: cannot be said
	Corrected string    `json:"corrected"` // the challenge as it should be; empty where it is right
	Href      string    `json:"href"`      // the scheme's page
	Clients   []Client  `json:"clients"`
	Received  string    `json:"received"` // the challenge as it stands in its line
	Snippets  []Snippet `json:"snippets"` // the request with credentials, in several tools
	Flow      []Message `json:"flow"`     // from the request to the answer; empty: nothing can be sent
}

// Message is one step between the parties: client, server, issuer of tokens,
// center that gives out tickets.
type Message struct {
	From string `json:"from"`
	To   string `json:"to"`
	Text string `json:"text"`
}

// Snippet is a request as code, its secrets in capitals.
type Snippet struct {
	Tool     string `json:"tool"`
	Language string `json:"language"`
	Code     string `json:"code"`
}

// Pick is the challenge that a client would answer; Scheme is empty where it
// would answer none.
type Pick struct {
	Client string `json:"client"`
	Scheme string `json:"scheme"`
	Why    string `json:"why"`
}

// Param is a parameter of a challenge.
type Param struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Summary string `json:"summary"`
}

// Client says what a client does with a challenge of this scheme.
type Client struct {
	Name string `json:"name"`
	Does string `json:"does"`
}

// Problem is a departure from the grammar. Offset counts in the field line.
type Problem struct {
	Kind     string `json:"kind"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	Message  string `json:"message"`
	Severity string `json:"severity"`
	Href     string `json:"href"`
}

// Content is what is known of the response's content. Lengths are bytes; -1
// is not known.
type Content struct {
	Length   int64  `json:"length"`   // as received
	Encoding string `json:"encoding"` // content codings
	Type     string `json:"type"`     // Content-Type as received
	Decoded  int64  `json:"decoded"`  // after the codings were undone
	Sniffed  string `json:"sniffed"`  // type told from the bytes
	Charset  string `json:"charset"`  // character encoding of a text; empty: not known
	SHA256   string `json:"sha256"`   // of the bytes as received, in hexadecimal; empty: not all of them came
	Known    string `json:"known"`    // unknown, none, partly, wholly
	Problem  string `json:"problem"`  // why it could not be read

	Explanation Explanation `json:"explanation"` // what it says of an error
}

// Explanation is what the content of an error says of it (RFC 9110, Section
// 15.5): a stranger's words, but for Means. Format is empty where it says no more
// than the status does, or was not seen.
type Explanation struct {
	Format  string `json:"format"` // problem (RFC 9457), json, xml, html, text
	Title   string `json:"title"`
	Text    string `json:"text"`
	Code    string `json:"code"`    // for programs
	Link    string `json:"link"`    // where it says that more is said
	ID      string `json:"id"`      // under which the server knows the request
	Product string `json:"product"` // what made it, where its words tell
	Means   string `json:"means"`   // what follows from that, or what a code without words means; our own sentence
}

// Hint is a guess of which credentials would do, where the server does not say it
// in a challenge.
type Hint struct {
	Because string `json:"because"` // what the guess rests on, a sentence
	Next    string `json:"next"`    // what to do
	Send    string `json:"send"`    // the field line to send; empty: none can be said
}

// Caching says who may use the response again, and for how long (RFC 9111).
type Caching struct {
	Private string   `json:"private"` // a browser's cache; empty: there is no response
	Shared  string   `json:"shared"`  // one that serves many
	Steps   []string `json:"steps"`   // how the time comes about
}

// Timing is when the exchange began and what each phase took, in milliseconds.
type Timing struct {
	Start     string  `json:"start"` // RFC 3339; empty: not known
	DNS       float64 `json:"dns_ms"`
	Connect   float64 `json:"connect_ms"`
	TLS       float64 `json:"tls_ms"`
	FirstByte float64 `json:"first_byte_ms"`
	Content   float64 `json:"content_ms"`
	Total     float64 `json:"total_ms"`
}

// TLS holds the facts of a TLS connection; Version is empty where there was none.
type TLS struct {
	Version      string        `json:"version"`
	Cipher       string        `json:"cipher"`
	ALPN         string        `json:"alpn"`
	Verified     bool          `json:"verified"`
	Error        string        `json:"error"` // a sentence; empty where verified
	Certificates []Certificate `json:"certificates"`
}

// Certificate is one of the chain, the server's own first.
type Certificate struct {
	Subject   string   `json:"subject"`
	Issuer    string   `json:"issuer"`
	Names     []string `json:"names"`
	NotBefore string   `json:"not_before"`
	NotAfter  string   `json:"not_after"`
	Key       string   `json:"key"`
}

// Error is what ended an exchange below HTTP; Kind is empty where nothing did.
type Error struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Href    string `json:"href"`
}

// Request is the request as it was sent, where it is known.
type Request struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	Fields []Line `json:"fields"`
}

// Interim is an interim response (RFC 9110, Section 15.2).
type Interim struct {
	Code   int    `json:"code"`
	Reason string `json:"reason"`
	Fields []Line `json:"fields"`
}

// Finding is a judgement in words. Line is -1 where no line is pointed at;
// offsets count bytes in the value of that line.
type Finding struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Topic    string `json:"topic"`
	Title    string `json:"title"`
	Exchange int    `json:"exchange"`
	Field    string `json:"field"`
	Line     int    `json:"line"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	Summary  string `json:"summary"`
	Fix      string `json:"fix"`
	Spec     string `json:"spec"`
	Href     string `json:"href"`
	Under    string `json:"under"` // id of the finding from which it follows; empty: it stands by itself
}

// Worst returns the gravest severity among the findings: error, warning,
// notice, good or "".
func (r Report) Worst() string {
	if len(r.Findings) == 0 {
		return ""
	}
	return r.Findings[0].Severity
}

// Last returns the exchange that the verdict is about: the last that was not a
// probe. It returns nil for a report without exchanges.
func (r *Report) Last() *Exchange {
	for i := len(r.Exchanges) - 1; i >= 0; i-- {
		if r.Exchanges[i].Cause != "probe" {
			return &r.Exchanges[i]
		}
	}
	return nil
}

// Failed reports whether the last exchange ended without a response. A report
// without exchanges, about a token alone, did not fail.
func (r *Report) Failed() bool {
	x := r.Last()
	return x != nil && x.Error.Kind != "" && x.Status.Code == 0
}
