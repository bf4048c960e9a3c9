package content

// ContentCoding reports whether a name, in lower case, is that of a content coding
// by registry/codings.csv: those that IANA registers, old names too. identity
// means that there is none and is not among them (RFC 9110, Section 8.4.1).
func (lib *Library) ContentCoding(name string) bool {
	return lib.row("codings.csv", "name", name)["content"] == "yes"
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
	return lib.row("media_kinds.csv", "name", name) != nil
}
