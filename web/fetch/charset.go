package fetch

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"
)

// marks are byte order marks, the longest first where one begins another
// (Encoding Standard, "BOM sniff").
var marks = []struct{ bytes, name string }{
	{"\xef\xbb\xbf", "utf-8"}, {"\xfe\xff", "utf-16be"}, {"\xff\xfe", "utf-16le"},
}

// metaCharset finds the charset that a page declares in itself, within its
// first 1024 bytes (HTML, "prescan a byte stream").
var metaCharset = regexp.MustCompile(`(?is)<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_:.-]{1,40})`)

// charset tells the character encoding of a text: a byte order mark goes before
// the type's parameter, and that before what the page says. Empty: none says,
// or it is no text.
func charset(contentType, sniffed string, sample []byte) string {
	if !strings.HasPrefix(sniffed, "text/") {
		return ""
	}
	for _, m := range marks {
		if bytes.HasPrefix(sample, []byte(m.bytes)) {
			return m.name
		}
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		return strings.ToLower(params["charset"])
	}
	if m := metaCharset.FindSubmatch(sample[:min(len(sample), 1024)]); m != nil {
		return strings.ToLower(string(m[1]))
	}
	if validUTF8(sample) {
		return "utf-8"
	}
	return ""
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// validUTF8 reports whether a text that is not ASCII alone is UTF-8; it forgives
// a character that the end of the sample cuts in two.
func validUTF8(sample []byte) bool {
	for cut := range min(utf8.UTFMax, len(sample)) {
		if most := sample[:len(sample)-cut]; utf8.Valid(most) && !isASCII(most) {
			return true
		}
	}
	return false
}
