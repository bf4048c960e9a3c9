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
	Head     []byte // raw bytes of the head, where they are known
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
	Length   int64    // bytes as received, still coded
	Decoded  int64    // bytes after the content codings were undone
	Codings  []string // content codings, in the order applied
	Sniffed  string   // media type told from the bytes themselves
	Sample   []byte   // the beginning, decoded, bounded by the fetcher
	Problem  string   // why it could not be read to its end or decoded; empty: nothing
	Complete bool     // the end of the content was reached
}
