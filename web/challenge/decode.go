package challenge

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// Fact is something that was coded inside a challenge or credentials. What its
// name means is content's to say. Value is as it was decoded, from outside like
// any other.
type Fact struct{ Name, Value string }

// decodeLimit is how many bytes of a coded message are looked at.
const decodeLimit = 64 << 10

// Decode takes apart what the scheme codes into its token68 or its parameters:
// the messages of NTLM and Negotiate, the challenge and key of PrivateToken,
// the data of SCRAM, the claims of Bearer, what Payment and L402 ask for. It returns nil where there is nothing that it can read; it
// never fails.
func Decode(c Challenge) []Fact {
	switch scheme := strings.ToLower(c.Scheme); {
	case scheme == "ntlm":
		return decodeNTLM(unbase64(c.Token68))
	case scheme == "negotiate":
		data := unbase64(c.Token68)
		if facts := decodeNTLM(data); facts != nil {
			return append([]Fact{{"wrapping", "none"}}, facts...)
		}
		return decodeSPNEGO(data)
	case scheme == "privatetoken":
		return append(decodeTokenChallenge(unbase64(c.Get("challenge"))), decodeTokenKey(unbase64(c.Get("token-key")))...)
	case scheme == "bearer":
		return decodeClaims(unbase64(c.Get("claims")))
	case scheme == "payment":
		return decodeMembers("asked", unbase64(c.Get("request")))
	case scheme == "l402" || scheme == "lsat":
		return decodeInvoice(c.Get("invoice"))
	case strings.HasPrefix(scheme, "scram-"):
		return decodeSCRAM(unbase64(c.Get("data")))
	}
	return nil
}

// unbase64 decodes either alphabet, with padding or without (RFC 4648, Sections
// 4 and 5). It returns nil where it cannot.
func unbase64(s string) []byte {
	if s == "" || len(s) > decodeLimit {
		return nil
	}
	s = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	data, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return nil
	}
	return data
}

// text adds a fact unless its value is empty.
func text(facts []Fact, name, value string) []Fact {
	if value == "" {
		return facts
	}
	return append(facts, Fact{name, value})
}

// decodeSCRAM reads a message of attributes, each a letter, an equals sign and
// a value, parted by commas (RFC 5802, Section 5.1; RFC 7804, Section 5).
func decodeSCRAM(data []byte) []Fact {
	names := map[byte]string{'r': "nonce", 's': "salt", 'i': "iterations", 'v': "verifier", 'e': "server-error", 'n': "user", 'c': "channel-binding", 'p': "proof", 'm': "extension"}
	var facts []Fact
	for part := range strings.SplitSeq(string(data), ",") {
		if len(part) < 2 || part[1] != '=' {
			continue
		}
		name, known := names[part[0]]
		if !known {
			continue
		}
		value := part[2:]
		switch name {
		case "salt":
			value = fmt.Sprintf("%d bytes", len(unbase64(value)))
		case "proof", "verifier":
			value = "present" // it is worth guessing at
		}
		facts = text(facts, name, value)
	}
	return facts
}
