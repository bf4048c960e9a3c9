package intake

import "strings"

// Kind is what a pasted text is taken for.
type Kind string

// The kinds of text. Those that hold no answer (a command, a token, an address)
// are recognized so that they can be handed on; ParseAs refuses them and says
// where they belong.
const (
	Response    Kind = "response"
	CurlVerbose Kind = "curl-verbose"
	FieldLines  Kind = "field-lines"
	Challenge   Kind = "challenge"
	Wget        Kind = "wget"
	HTTPie      Kind = "httpie"
	Chrome      Kind = "devtools-chrome"
	Firefox     Kind = "devtools-firefox"
	Safari      Kind = "devtools-safari"
	HAR         Kind = "har"
	CurlCommand Kind = "curl-command"
	PowerShell  Kind = "powershell"
	JWT         Kind = "jwt"
	LogLine     Kind = "log-line"
	URL         Kind = "url"
	Unknown     Kind = "unknown"
)

// kinds is every kind with its label, in the order in which a person chooses.
var kinds = []struct {
	kind  Kind
	label string
}{
	{Response, "the head of a response, as curl -i prints it"},
	{CurlVerbose, "the output of curl -v"},
	{Wget, "the output of wget -S"},
	{HTTPie, "the output of HTTPie"},
	{FieldLines, "header fields without a status line"},
	{Challenge, "a challenge, the value of WWW-Authenticate"},
	{Chrome, "the Headers panel of Chrome or Edge"},
	{Firefox, "the Headers panel of Firefox"},
	{Safari, "the Headers panel of Safari"},
	{HAR, "an entry of a HAR file"},
	{LogLine, "a line of an access log"},
	{CurlCommand, "a curl command"},
	{PowerShell, "a PowerShell command"},
	{JWT, "a JSON Web Token"},
	{URL, "an address"},
	{Unknown, "a text of a kind that is not known here"},
}

// Kinds returns every kind, Unknown last.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i, k := range kinds {
		all[i] = k.kind
	}
	return all
}

// Label names the kind for people, to follow "This was read as".
func (k Kind) Label() string {
	for _, known := range kinds {
		if known.kind == k {
			return known.label
		}
	}
	return Unknown.Label()
}

// glance is how much of a text Recognize looks at, in bytes.
const glance = 64 << 10

// Recognize says what a text looks like. It looks at the beginning only, and
// never fails: what it does not know is Unknown.
func Recognize(text string) Kind {
	if len(text) > glance {
		text = text[:glance]
	}
	return recognize(clean(text))
}

// recognize goes from the kinds with marks of their own to those that are told
// by their shape alone.
func recognize(lines []line) Kind {
	if len(lines) == 0 {
		return Unknown
	}
	first := strings.TrimSpace(lines[0].text)
	switch {
	case wgetStart(lines) >= 0:
		return Wget
	case strings.HasPrefix(first, "{") || strings.HasPrefix(first, "["):
		return recognizeJSON(lines)
	case verbose(lines):
		return CurlVerbose
	case isPowerShell(first):
		return PowerShell
	case isCurl(first) && answerBelow(lines) == 0:
		return CurlCommand
	case isToken(lines):
		return JWT
	case isAddress(lines):
		return URL
	}
	if k := panelKind(lines); k != Unknown {
		return k
	}
	return recognizeShape(lines)
}

// recognizeShape tells heads, log lines, fields and challenges apart.
func recognizeShape(lines []line) Kind {
	if below := answerBelow(lines); below > 0 {
		lines = lines[below:]
	}
	first := lines[0].text
	if startsMessage(first) {
		if sentByHTTPie(lines) {
			return HTTPie
		}
		return Response
	}
	if _, ok := readLogLine(first); ok {
		return LogLine
	}
	_, isField := fieldLine(first)
	if _, value, _ := strings.Cut(first, ":"); strings.HasPrefix(value, ":") {
		isField = false // as in net::ERR_FAILED, a browser's name of an error
	}
	switch {
	case isField:
		return FieldLines
	case looksLikeChallenge(first):
		return Challenge
	}
	return Unknown
}

// answerBelow returns the index of the status line below a command that was
// copied with its output, or 0.
func answerBelow(lines []line) int {
	if !isCommand(lines[0].text) {
		return 0
	}
	for i, l := range lines {
		if startsMessage(l.text) {
			return i
		}
	}
	return 0
}

// isCommand reports whether a line of a terminal calls one of the tools whose
// output is read.
func isCommand(s string) bool {
	word, _, found := strings.Cut(unprompted(s), " ")
	switch tool(word) {
	case "curl", "http", "https", "wget", "xh", "xhs":
		return found
	}
	return false
}

func isCurl(s string) bool {
	word, _, _ := strings.Cut(strings.ReplaceAll(unprompted(s), "\t", " "), " ")
	return tool(word) == "curl"
}

// tool returns the name of a program without its directory.
func tool(word string) string {
	if at := strings.LastIndexAny(word, `/\`); at >= 0 {
		word = word[at+1:]
	}
	return strings.TrimSuffix(word, ".exe")
}

// longestPrompt is how many bytes a prompt may have.
const longestPrompt = 80

// unprompted takes what a terminal puts before a command off it: "$ ", or a
// name, a directory and a sign, as in "me@host:~$ " and "C:\Users\me>".
func unprompted(s string) string {
	s = strings.TrimSpace(s)
	for _, prompt := range []string{"$ ", "# ", "% ", "> "} {
		if rest, found := strings.CutPrefix(s, prompt); found {
			return strings.TrimSpace(rest)
		}
	}
	for _, call := range []string{"$ curl", "# curl", "% curl", "> curl", ">curl", "$ http", "$ wget"} {
		at := strings.Index(s[:min(len(s), longestPrompt)], call)
		if at > 0 && !strings.ContainsAny(s[:at], `"'=`) {
			return s[at+len(call)-4:]
		}
	}
	return s
}

func isPowerShell(s string) bool {
	s = strings.ToLower(s)
	for _, start := range []string{"invoke-webrequest ", "invoke-restmethod ", "iwr ", "irm ", "$session = new-object microsoft.powershell"} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return false
}

// isAddress reports whether the text is one word that begins with a scheme of
// HTTP.
func isAddress(lines []line) bool {
	s, ok := onlyLine(lines)
	return ok && !strings.ContainsAny(s, " \t") && hasScheme(s)
}

// hasScheme reports whether a text begins with a scheme of HTTP, in whatever case:
// phones begin what is typed with a capital.
func hasScheme(s string) bool {
	scheme, _, found := strings.Cut(s, "://")
	return found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// TypedAddress reports whether a text is an address as people type it: it has a
// scheme, or its first part is a name with a dot in it. Recognize takes only
// those with a scheme for one, as a pasted word with a dot may be anything; ask
// this where a person wrote into a box that takes addresses.
func TypedAddress(s string) bool {
	if strings.ContainsAny(s, " \t\n\"") {
		return false
	}
	if hasScheme(s) {
		return true
	}
	host, _, _ := strings.Cut(s, "/")
	host, _, _ = strings.Cut(host, ":")
	labels := strings.Split(host, ".")
	if len(labels) < 2 && host != "localhost" {
		return false
	}
	last := labels[len(labels)-1]
	return len(last) > 1 && strings.Trim(host, "0123456789.") != "" || len(labels) == 4
}

// onlyLine returns the text of the one line that is not blank.
func onlyLine(lines []line) (string, bool) {
	for _, l := range lines[1:] {
		if !blank(l.text) {
			return "", false
		}
	}
	return strings.TrimSpace(lines[0].text), true
}
