package challenge

import (
	"encoding/binary"
	"fmt"
)

// tokenTypes names the types of private tokens (RFC 9578, Section 8.2.1).
var tokenTypes = map[uint16]string{
	0x0001: "0x0001, VOPRF (P-384, SHA-384)",
	0x0002: "0x0002, Blind RSA (2048 bits)",
}

// decodeTokenChallenge reads a TokenChallenge (RFC 9577, Section 2.1.1).
func decodeTokenChallenge(b []byte) []Fact {
	if len(b) < 4 {
		return nil
	}
	kind := binary.BigEndian.Uint16(b)
	name, known := tokenTypes[kind]
	if !known {
		name = fmt.Sprintf("0x%04x", kind)
	}
	facts := []Fact{{"token-type", name}}
	issuer, rest, ok := vector16(b[2:])
	if !ok {
		return facts
	}
	facts = text(facts, "issuer", string(issuer))
	if len(rest) == 0 || int(rest[0]) > len(rest)-1 {
		return facts
	}
	context := "none: a token for any request will do"
	if n := rest[0]; n > 0 {
		context = fmt.Sprintf("%d bytes: only a token made for this challenge will do", n)
	}
	facts = append(facts, Fact{"redemption-context", context})
	origins, _, ok := vector16(rest[1+int(rest[0]):])
	if ok {
		facts = text(facts, "origins", string(origins))
	}
	return facts
}

// vector16 reads bytes behind their length in two bytes.
func vector16(b []byte) (value, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	if b = b[2:]; n > len(b) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

// decodeTokenKey tells how long the issuer's public key is.
func decodeTokenKey(b []byte) []Fact {
	if len(b) == 0 {
		return nil
	}
	return []Fact{{"token-key", fmt.Sprintf("%d bytes", len(b))}}
}
