package web

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wwwhy/content"
	"wwwhy/templates"
	"wwwhy/web/field"
	"wwwhy/web/inspect"
	"wwwhy/web/problem"
)

// asking is what a visitor asks of the inspector, as it was typed.
type asking struct {
	URL      string        `json:"url"`
	Method   string        `json:"method"`
	HTTP     string        `json:"http"` // "1.0", "1.1", "2", "3", "" for 1.1 or 2
	IP       string        `json:"ip"`   // "4", "6", "" for either
	Agent    string        `json:"agent"`
	Cookies  bool          `json:"cookies"`
	NoFollow bool          `json:"no_follow"`
	Discover bool          `json:"discover"`
	Probe    bool          `json:"probe"`
	Checks   bool          `json:"checks"`
	Script   askingScript  `json:"preflight"`
	Fields   []askingField `json:"fields"`
	typed    string        // the fields as typed into the form
	posted   bool          // not in an address, which histories and logs keep
}

// askingScript is a request that a script of another origin wants to make.
type askingScript struct {
	Origin      string   `json:"origin"` // empty: none is asked about
	Method      string   `json:"method"`
	Headers     []string `json:"headers"` // names, or whole fields
	Credentials bool     `json:"credentials"`
}

// cors checks what was typed about a script. A Problem says what is wrong.
func (a askingScript) cors() (inspect.CORS, *problem.Problem) {
	var fields field.Section
	for _, h := range a.Headers {
		name, value, _ := strings.Cut(h, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !field.IsToken(name) || strings.ContainsAny(value, "\r\n\x00") || len(fields) == 50 {
			return inspect.CORS{}, problem.BadRequest("“"+name+"” is no field that a script can set.", "Write names, or fields such as Content-Type: application/json.")
		}
		fields = append(fields, field.Line{Name: name, Value: value})
	}
	c, err := inspect.ReadCORS(a.Origin, a.Method, fields, a.Credentials)
	if err != nil {
		return c, problem.BadRequest("That is no request of a script: "+err.Error()+".", "Mend it, or leave the origin empty.")
	}
	return c, nil
}

// askingField is a field of the request that is to be sent.
type askingField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// yes reads a parameter that says yes or no: 1 comes from forms, true from
// programs that were made from the API's description.
func yes(q url.Values, name string) bool { return q.Get(name) == "1" || q.Get(name) == "true" }

func askingOf(q url.Values) asking {
	a := asking{URL: q.Get("url"), Method: strings.ToUpper(q.Get("method")), HTTP: q.Get("http"), IP: q.Get("ip"), Agent: q.Get("agent"),
		Cookies: yes(q, "cookies"), NoFollow: yes(q, "nofollow"), Discover: yes(q, "discover"), Probe: yes(q, "probe"), Checks: yes(q, "checks"), typed: q.Get("fields")}
	a.Script = askingScript{Origin: strings.TrimSpace(q.Get("origin")), Method: q.Get("script-method"), Credentials: yes(q, "script-credentials")}
	for h := range strings.SplitSeq(q.Get("script-headers"), ",") {
		if h = strings.TrimSpace(h); h != "" {
			a.Script.Headers = append(a.Script.Headers, h)
		}
	}
	for l := range strings.SplitSeq(a.typed, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			name, value, _ := strings.Cut(l, ":")
			a.Fields = append(a.Fields, askingField{strings.TrimSpace(name), strings.TrimSpace(value)})
		}
	}
	return a
}

// view is the form as it was typed.
func (a asking) view(lib *content.Library) templates.InspectView {
	return templates.InspectView{URL: a.URL, Method: a.Method, HTTP: a.HTTP, IP: a.IP, Agent: a.Agent, Cookies: a.Cookies, NoFollow: a.NoFollow, Discover: a.Discover, Probe: a.Probe, Checks: a.Checks,
		Fields: a.typed, Agents: lib.Agents(), Origin: a.Script.Origin, ScriptMethod: a.Script.Method, ScriptHeaders: strings.Join(a.Script.Headers, ", "),
		ScriptCredentials: a.Script.Credentials}
}

// target checks what was typed. A Problem says what is wrong with it.
func (a asking) target(lib *content.Library) (inspect.Target, *problem.Problem) {
	var t inspect.Target
	_, known := lib.Agent(a.Agent)
	switch {
	case strings.TrimSpace(a.URL) == "":
		return t, problem.BadRequest("There is no address to inspect.", "Type one, such as https://www.example.com/.").At("url")
	case a.Method != "" && !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, a.Method):
		return t, problem.BadRequest("The method "+a.Method+" is not asked from here.", "Choose GET, HEAD or OPTIONS; any other works with wwwhy inspect -X in a terminal.").At("method")
	case !slices.Contains([]string{"", "1.0", "1.1", "2", "3"}, a.HTTP):
		return t, problem.BadRequest("There is no choice of HTTP/"+a.HTTP+" here.", "Choose 1.0, 1.1, 2 or 3, or leave it to the server.").At("http")
	case !slices.Contains([]string{"", "4", "6"}, a.IP):
		return t, problem.BadRequest("There is no choice of IPv"+a.IP+" here.", "Choose 4 or 6, or leave it open.").At("ip")
	case a.Agent != "" && !known:
		return t, problem.BadRequest("There is no client named "+a.Agent+" here.", "Choose one of those in the form, or leave it open.").At("agent")
	}
	t.Request.URL, t.Request.Method, t.Agent = a.URL, a.Method, a.Agent
	t.NoFollow, t.Cookies, t.Options.Protocol, t.Discover, t.Probe, t.Checks = a.NoFollow, a.Cookies, a.HTTP, a.Discover, a.Probe, a.Checks
	t.Family, _ = strconv.Atoi(a.IP)
	for _, f := range a.Fields {
		if p := a.sendable(f); p != nil {
			return t, p
		}
		t.Request.Fields = append(t.Request.Fields, field.Line{Name: f.Name, Value: f.Value})
	}
	return t, nil
}

// visitorFields are the request fields that a visitor may send through us:
// those that change an answer, none that disguise who asks.
var visitorFields = []string{"accept", "accept-encoding", "accept-language", "access-control-request-headers", "access-control-request-method",
	"authorization", "cache-control", "cookie", "dpop", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "origin",
	"pragma", "prefer", "priority", "range", "referer", "save-data", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user",
	"upgrade-insecure-requests", "x-api-key", "x-auth-token", "x-requested-with"}

// sendable refuses a field that is none, that is not for visitors, or that
// would carry credentials where others can read them.
func (a asking) sendable(f askingField) *problem.Problem {
	const limit = 4000
	switch {
	case !field.IsToken(f.Name) || strings.ContainsAny(f.Value, "\r\n\x00") || len(f.Value) > limit:
		return problem.BadRequest("“"+f.Name+"” is no field that can be sent.", "Write one field in each line, such as Accept-Language: de.").At("fields")
	case !slices.Contains(visitorFields, strings.ToLower(f.Name)):
		return problem.BadRequest("The field "+f.Name+" is not sent from here.", "Any field can be sent with wwwhy inspect -H in a terminal.").At("fields")
	case inspect.Secret(f.Name) && !a.posted:
		return problem.BadRequest("Credentials do not belong into an address: histories and logs keep it.", "Send the form with the button below the fields, or use POST with the API.").At("fields")
	case inspect.Secret(f.Name) && !strings.HasPrefix(inspect.Complete(strings.ToLower(a.URL)), "https://"):
		return problem.BadRequest("Credentials are sent to https only: over http anybody on the way can read them.", "Ask the https address, or use wwwhy inspect -H in a terminal.").At("fields")
	}
	return nil
}

// key names what was asked, for sharing the answer; empty: it is not to be
// shared, because it may be different for whoever asks.
func (a asking) key(t inspect.Target) string {
	for _, f := range a.Fields {
		if inspect.Secret(f.Name) {
			return ""
		}
	}
	a.URL = inspect.Complete(a.URL)
	a.typed = ""
	data, err := json.Marshal(a)
	if err != nil || len(data) > 8<<10 {
		return ""
	}
	return string(data)
}
