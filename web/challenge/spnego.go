package challenge

import (
	"encoding/asn1"
	"strings"
)

// mechanisms names the mechanisms of GSS-API that Negotiate wraps.
var mechanisms = map[string]string{
	"1.2.840.113554.1.2.2":    "Kerberos",
	"1.2.840.48018.1.2.2":     "Kerberos (Microsoft's older number)",
	"1.2.840.113554.1.2.2.3":  "Kerberos, user to user",
	"1.3.6.1.4.1.311.2.2.10":  "NTLM",
	"1.3.6.1.4.1.311.2.2.30":  "NEGOEX",
	"1.3.6.1.5.2.5":           "IAKERB",
	"1.3.6.1.5.5.2":           "SPNEGO",
	"1.3.6.1.4.1.311.2.2.100": "PKU2U",
}

func mechanism(oid asn1.ObjectIdentifier) string {
	if name, ok := mechanisms[oid.String()]; ok {
		return name
	}
	return oid.String()
}

// negTokenInit and negTokenResp are the messages of SPNEGO (RFC 4178, Section
// 4.2).
type negTokenInit struct {
	Mechanisms []asn1.ObjectIdentifier `asn1:"explicit,tag:0"`
	Flags      asn1.BitString          `asn1:"explicit,optional,tag:1"`
	Token      []byte                  `asn1:"explicit,optional,tag:2"`
	Rest       asn1.RawValue           `asn1:"optional"`
}

type negTokenResp struct {
	State     asn1.Enumerated       `asn1:"explicit,optional,tag:0,default:-1"`
	Mechanism asn1.ObjectIdentifier `asn1:"explicit,optional,tag:1"`
	Token     []byte                `asn1:"explicit,optional,tag:2"`
	MIC       []byte                `asn1:"explicit,optional,tag:3"`
}

// decodeSPNEGO reads what Negotiate carries besides bare NTLM: a first message
// with the mechanisms on offer, or an answer with the state.
func decodeSPNEGO(data []byte) []Fact {
	if len(data) < 2 {
		return nil
	}
	switch data[0] {
	case 0x60: // InitialContextToken (RFC 2743, Section 3.1)
		return decodeNegInit(data)
	case 0xa1:
		return decodeNegResp(data)
	}
	return nil
}

func decodeNegInit(data []byte) []Fact {
	var outer asn1.RawValue
	if _, err := asn1.Unmarshal(data, &outer); err != nil {
		return nil
	}
	var oid asn1.ObjectIdentifier
	rest, err := asn1.Unmarshal(outer.Bytes, &oid)
	if err != nil {
		return nil
	}
	if mechanism(oid) != "SPNEGO" {
		return []Fact{{"mechanism", mechanism(oid)}}
	}
	var choice asn1.RawValue
	if _, err := asn1.Unmarshal(rest, &choice); err != nil {
		return nil
	}
	var init negTokenInit
	if _, err := asn1.Unmarshal(choice.Bytes, &init); err != nil {
		return nil
	}
	var names []string
	for _, m := range init.Mechanisms {
		names = append(names, mechanism(m))
	}
	facts := []Fact{{"mechanisms", strings.Join(names, ", ")}}
	return append(facts, decodeNTLM(init.Token)...)
}

func decodeNegResp(data []byte) []Fact {
	var choice asn1.RawValue
	if _, err := asn1.Unmarshal(data, &choice); err != nil {
		return nil
	}
	var resp negTokenResp
	resp.State = -1
	if _, err := asn1.Unmarshal(choice.Bytes, &resp); err != nil {
		return nil
	}
	states := map[asn1.Enumerated]string{0: "accept-completed", 1: "accept-incomplete", 2: "reject", 3: "request-mic"}
	facts := text(nil, "state", states[resp.State])
	if len(resp.Mechanism) > 0 {
		facts = append(facts, Fact{"mechanism", mechanism(resp.Mechanism)})
	}
	return append(facts, decodeNTLM(resp.Token)...)
}
