// Package message says what was exchanged: requests, responses and the facts
// around them, each with how certain it is. It holds no opinion (that is
// diagnose's), no grammar (field's and challenge's) and no words (content's).
//
// Zero values claim least: an exchange is Retold and its content Unknown until
// somebody who saw better says so.
package message

import "wwwhy/web/field"

// Request is a request as it was sent, or as it is to be sent.
type Request struct {
	Method, URL, Protocol string // Protocol as "HTTP/1.1"; empty: not known
	Fields                field.Section
	Content               Content
}

// Response is a response as received, final or interim.
type Response struct {
	Protocol string // "HTTP/1.1", "HTTP/2"; empty: not known
	Code     int    // three digits as received; 0: none was readable
	Reason   string // reason phrase as received; HTTP/2 and 3 have none
	Fields   field.Section
	Trailers field.Section
	Content  Content
	Head     []byte // raw bytes of the head, where they are known: text in HTTP/1, frames in HTTP/2 and 3
}

// Knowledge says how much of a message's content was seen.
type Knowledge int

// The zero value claims least: nothing is known, so no rule may say that the
// content is missing.
const (
	Unknown Knowledge = iota // it was not looked at or not retold
	None                     // it is known that there was none
	Partly                   // Sample holds its beginning
	Wholly                   // Sample holds all of it, or Length and Decoded are final
)

// Content is what is known of a message's content (RFC 9110, Section 6.4).
type Content struct {
	Known    Knowledge
	Length   int64      // bytes as received, still coded
	Decoded  int64      // bytes after the content codings were undone
	Codings  []string   // content codings, in the order applied
	Sniffed  string     // media type told from the bytes themselves
	Charset  string     // as the type, a byte order mark or the content itself says; empty: none does
	SHA256   []byte     // digest of the bytes as received; nil: not all of them came
	Sample   []byte     // the beginning, decoded, bounded by the fetcher
	Problem  *Shortfall // why it could not be read to its end or decoded, or that more came behind it; nil: nothing
	Complete bool       // the end of the content was reached
}

// Shortfall is why a content was not read or decoded to its end. Args fill the
// places of the kind's sentence.
type Shortfall struct {
	Kind ShortfallKind
	Args map[string]string
}

// ShortfallKind names what ended a content early. Each kind has its page in
// content/findings, named "content-" and the kind.
type ShortfallKind string

// The kinds of shortfall. Their sentences are in content, not here.
const (
	ContentCutShort     ShortfallKind = "cut-short"     // the connection was closed before the end that was announced
	ContentChunkBroken  ShortfallKind = "chunk-broken"  // the chunked coding has a mistake
	ContentReset        ShortfallKind = "reset"         // the connection or stream was reset
	ContentCodingBroken ShortfallKind = "coding-broken" // the bytes are not what Content-Encoding says
	ContentCodingHeavy  ShortfallKind = "coding-heavy"  // decoding would take more memory than we give it
	ContentLimit        ShortfallKind = "limit"         // we read no more
	ContentDecodedLimit ShortfallKind = "decoded-limit" // we decode no more
	ContentTime         ShortfallKind = "time"          // our deadline passed
	ContentExtra        ShortfallKind = "extra"         // more came behind the end
)

// ShortfallKinds returns every kind of shortfall, for tests and rules.
func ShortfallKinds() []ShortfallKind {
	return []ShortfallKind{ContentCutShort, ContentChunkBroken, ContentReset, ContentCodingBroken, ContentCodingHeavy,
		ContentLimit, ContentDecodedLimit, ContentTime, ContentExtra}
}
