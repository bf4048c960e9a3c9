package content

// ContentCoding reports whether a name, in lower case, is that of a content coding
// by registry/codings.csv: those that IANA registers, old names too. identity
// means that there is none and is not among them (RFC 9110, Section 8.4.1).
func (lib *Library) ContentCoding(name string) bool {
	rows, _ := lib.table("codings.csv") // where it cannot be read, no coding is known; the tests refuse that
	for _, r := range rows {
		if r["name"] == name {
			return r["content"] == "yes"
		}
	}
	return false
}

// TransferCodings returns the names of the transfer codings that a recipient gets
// where it asks for them in TE. chunked is none: every recipient of HTTP/1.1 takes
// it (RFC 9112, Section 7.4).
func (lib *Library) TransferCodings() []string {
	rows, _ := lib.table("codings.csv")
	var all []string
	for _, r := range rows {
		if r["transfer"] == "asked" {
			all = append(all, r["name"])
		}
	}
	return all
}

// MediaKind reports whether a name, in lower case, is a registered one for what
// stands before the slash of a media type (registry/media_kinds.csv, which is
// IANA's registry of top-level media types).
func (lib *Library) MediaKind(name string) bool {
	rows, _ := lib.table("media_kinds.csv") // where it cannot be read, no kind is known; the tests refuse that
	for _, r := range rows {
		if r["name"] == name {
			return true
		}
	}
	return false
}
