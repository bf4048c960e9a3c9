package challenge

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
)

// Flags of NTLM ([MS-NLMP], Section 2.2.2.5).
const (
	ntlmUnicode      = 0x00000001
	ntlmTargetDomain = 0x00010000
	ntlmTargetServer = 0x00020000
	ntlmTargetInfo   = 0x00800000
	ntlmVersion      = 0x02000000
)

// decodeNTLM reads a message of NTLM ([MS-NLMP], Section 2.2.1): what the
// client offers, the server's challenge with the names that it tells anybody,
// or the names in the client's answer. Keys and hashes are left out.
func decodeNTLM(m []byte) []Fact {
	if len(m) < 16 || string(m[:8]) != "NTLMSSP\x00" {
		return nil
	}
	kind := binary.LittleEndian.Uint32(m[8:])
	facts := []Fact{{"message", fmt.Sprint(kind)}}
	switch kind {
	case 1:
		return ntlmNegotiate(facts, m)
	case 2:
		return ntlmChallenge(facts, m)
	case 3:
		return ntlmAuthenticate(facts, m)
	}
	return facts
}

func ntlmNegotiate(facts []Fact, m []byte) []Fact {
	flags := binary.LittleEndian.Uint32(m[12:])
	facts = text(facts, "domain", ntlmText(ntlmField(m, 16), 0)) // in this message never Unicode
	facts = text(facts, "workstation", ntlmText(ntlmField(m, 24), 0))
	return ntlmVersionOf(facts, m, 32, flags)
}

func ntlmChallenge(facts []Fact, m []byte) []Fact {
	if len(m) < 32 {
		return facts
	}
	flags := binary.LittleEndian.Uint32(m[20:])
	facts = text(facts, "target", ntlmText(ntlmField(m, 12), flags))
	switch {
	case flags&ntlmTargetDomain != 0:
		facts = append(facts, Fact{"target-type", "domain"})
	case flags&ntlmTargetServer != 0:
		facts = append(facts, Fact{"target-type", "server"})
	}
	if flags&ntlmTargetInfo != 0 {
		facts = append(facts, ntlmTargetPairs(ntlmField(m, 40))...)
	}
	return ntlmVersionOf(facts, m, 48, flags)
}

func ntlmAuthenticate(facts []Fact, m []byte) []Fact {
	if len(m) < 64 {
		return facts
	}
	flags := binary.LittleEndian.Uint32(m[60:])
	facts = text(facts, "domain", ntlmText(ntlmField(m, 28), flags))
	facts = text(facts, "user", ntlmText(ntlmField(m, 36), flags))
	facts = text(facts, "workstation", ntlmText(ntlmField(m, 44), flags))
	return ntlmVersionOf(facts, m, 64, flags)
}

// ntlmField returns the part of the payload that a length and an offset at a
// place describe; nil: they describe none.
func ntlmField(m []byte, at int) []byte {
	if len(m) < at+8 {
		return nil
	}
	length, offset := int(binary.LittleEndian.Uint16(m[at:])), int64(binary.LittleEndian.Uint32(m[at+4:]))
	if offset > int64(len(m)) || offset+int64(length) > int64(len(m)) {
		return nil
	}
	return m[offset : offset+int64(length)]
}

func ntlmText(b []byte, flags uint32) string {
	if flags&ntlmUnicode == 0 {
		return string(b)
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// ntlmTargetPairs reads the pairs of TargetInfo ([MS-NLMP], Section 2.2.2.1).
func ntlmTargetPairs(b []byte) []Fact {
	names := map[uint16]string{1: "netbios-computer", 2: "netbios-domain", 3: "dns-computer", 4: "dns-domain", 5: "dns-forest", 9: "target-name"}
	var facts []Fact
	for len(b) >= 4 {
		id, length := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if b = b[4:]; id == 0 || length > len(b) {
			break
		}
		value := b[:length]
		b = b[length:]
		if name, ok := names[id]; ok {
			facts = text(facts, name, ntlmText(value, ntlmUnicode))
		}
		if id == 7 && length == 8 {
			facts = append(facts, Fact{"server-time", fileTime(binary.LittleEndian.Uint64(value)).Format(time.RFC3339)})
		}
	}
	return facts
}

// fileTime reads Windows' count of 100 ns since 1601 ([MS-DTYP], Section 2.3.3).
func fileTime(n uint64) time.Time {
	const epoch = 11644473600 // seconds from 1601 to 1970
	return time.Unix(int64(n/1e7)-epoch, 0).UTC()
}

// ntlmVersionOf adds the version of the operating system, where it is told.
func ntlmVersionOf(facts []Fact, m []byte, at int, flags uint32) []Fact {
	if flags&ntlmVersion == 0 || len(m) < at+8 {
		return facts
	}
	v := m[at:]
	return append(facts, Fact{"version", fmt.Sprintf("%d.%d build %d", v[0], v[1], binary.LittleEndian.Uint16(v[2:]))})
}

// NTLMNames are the names of facts by which a server tells anybody about the
// network that it belongs to.
func NTLMNames(facts []Fact) []string {
	var all []string
	for _, f := range facts {
		if strings.HasPrefix(f.Name, "netbios-") || strings.HasPrefix(f.Name, "dns-") || f.Name == "target" {
			all = append(all, f.Value)
		}
	}
	return all
}
