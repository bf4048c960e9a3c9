package field

import (
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// IsTokenByte reports whether a byte may stand in a token (RFC 9110, Section
// 5.6.2).
func IsTokenByte(c byte) bool { return tokenBytes[c] }

var tokenBytes = func() (t [256]bool) {
	for c := '0'; c <= '9'; c++ {
		t[c] = true
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = true, true
	}
	for _, c := range "!#$%&'*+-.^_`|~" {
		t[c] = true
	}
	return t
}()

// IsToken reports whether s is a token (RFC 9110, Section 5.6.2).
func IsToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !tokenBytes[s[i]] {
			return false
		}
	}
	return s != ""
}

// Unseen reports whether a character is not seen where a text is shown, or moves
// others: C0 and C1 controls, tab among them, format characters such as U+202E, and
// separators of lines and paragraphs.
func Unseen(r rune) bool { return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) }

// IsJSON reports whether a media type, in lower case and without its parameters,
// says that content is JSON (RFC 8259, Section 11; the ending by RFC 6839).
func IsJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// IsXML reports whether a media type, in lower case and without its parameters,
// says that content is XML (RFC 7303, which has the ending, too).
func IsXML(media string) bool {
	return media == "application/xml" || media == "text/xml" || strings.HasSuffix(media, "+xml")
}

// Quote writes a quoted string: only what must be escaped is (RFC 9110, Section
// 5.6.4). The text must not hold control characters.
func Quote(s string) string { return `"` + quoting.Replace(s) + `"` }

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// Beginning returns what of a value is quoted in a sentence: most bytes of it, cut
// between characters, with an ellipsis where there is more.
func Beginning(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for back := range utf8.UTFMax {
		if at := most - back; at >= 0 && utf8.RuneStart(s[at]) {
			if r, n := utf8.DecodeRuneInString(s[at:]); n > back && r != utf8.RuneError {
				most = at // a character of several bytes stands across the end
			}
			break
		}
	}
	return s[:most] + "…"
}

// Unquote returns what a quoted string stands for (RFC 9110, Section 5.6.4);
// anything else is returned as it is.
func Unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Integer reads a non-negative decimal number such as delta-seconds (RFC 9111,
// Section 1.2.2). One too great to hold becomes the greatest that can be held.
func Integer(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	var n int64
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		if n > (math.MaxInt64-9)/10 {
			n = math.MaxInt64
			continue
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

// dateForms are the three forms of HTTP-date (RFC 9110, Section 5.6.7): the
// one that senders use, RFC 850's with two digits of the year, and asctime's.
var dateForms = []string{"Mon, 02 Jan 2006 15:04:05 GMT", "Monday, 02-Jan-06 15:04:05 GMT", "Mon Jan _2 15:04:05 2006"}

// ParseDate reads an HTTP-date in any of its three forms. A year of two digits
// that seems more than 50 years ahead means the past (RFC 9110, Section 5.6.7).
func ParseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for i, form := range dateForms {
		t, err := time.ParseInLocation(form, s, time.UTC)
		if err != nil {
			continue
		}
		if i == 1 && t.Year() > time.Now().Year()+50 {
			t = t.AddDate(-100, 0, 0)
		}
		return t, true
	}
	return time.Time{}, false
}

func splitDate(value string) []Part {
	parts := splitWhole(value)
	if t, ok := ParseDate(value); ok {
		parts[0].Value = t.Format(dateForms[0])
	}
	return parts
}
