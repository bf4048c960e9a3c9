package report

import (
	"bytes"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/diagnose"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// entrancesExample is a site with something of everything: www is not there over
// https, and the answers hold what a terminal would act on.
func entrancesExample(t *testing.T) Entrances {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	answered := func(url string, code int, fields ...field.Line) message.Exchange {
		x := message.Exchange{Cause: message.Asked, Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: url}, Response: &message.Response{Code: code, Fields: fields}}
		if strings.HasPrefix(url, "https:") {
			x.Peer = &message.Peer{TLS: &message.TLS{Version: "TLS 1.3", Verified: true}}
		}
		return x
	}
	const bare, secure, www = "http://a.example/", "https://a.example/", "http://www.a.example/"
	hostile := field.Line{Name: "Strict-Transport-Security", Value: "max-age=1\x1b[2J"}
	end := answered(secure, 401, hostile, field.Line{Name: "WWW-Authenticate", Value: `Basic realm="x"`})
	all := diagnose.Entrances{
		{URL: bare, Chain: []message.Exchange{answered(bare, 302, field.Line{Name: "Location", Value: secure}), end}},
		{URL: secure, Chain: []message.Exchange{end}},
		{URL: www, Chain: []message.Exchange{answered(www, 302, field.Line{Name: "Location", Value: secure}), end}},
		{URL: "https://www.a.example/", Chain: []message.Exchange{{Cause: message.Asked, Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: "https://www.a.example/"},
			Failure: &message.Failure{Kind: message.FailureRefused, Args: map[string]string{"host": "www.a.example", "port": "443", "address": "192.0.2.1:443"}}}}},
	}
	var reports []Report
	for _, e := range all {
		reports = append(reports, New(lib, e.Chain, diagnose.Run(lib, e.Chain)))
	}
	return NewEntrances(lib, "a.example", all, reports)
}

func TestEntrancesAreWritten(t *testing.T) {
	e := entrancesExample(t)
	if e.Worst() != "warning" && e.Worst() != "error" || e.Failed() {
		t.Errorf("worst %q, failed %v", e.Worst(), e.Failed())
	}
	var text, data bytes.Buffer
	if err := WriteEntrances(&text, e, TextOptions{Width: 90}); err != nil {
		t.Fatal(err)
	}
	if err := WriteJSON(&data, e); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]bytes.Buffer{"entrances.txt": text, "entrances.json": data} {
		if bytes.ContainsRune(got.Bytes(), '\x1b') {
			t.Errorf("%s has an escape from outside", name)
		}
		golden(t, "testdata/"+name, got.Bytes())
	}
}

func TestWithoutAnyAnswer(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	x := message.Exchange{Cause: message.Asked, Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: "https://a.example/"}, Failure: &message.Failure{Kind: message.FailureDNS, Args: map[string]string{"host": "a.example"}}}
	all := diagnose.Entrances{{URL: "https://a.example/", Chain: []message.Exchange{x}}}
	e := NewEntrances(lib, "a.example", all, []Report{New(lib, all[0].Chain, nil)})
	if !e.Failed() || e.Verdict != "No entrance of a.example leads to an answer. The name a.example does not resolve to an address." || len(e.Findings) > 0 {
		t.Errorf("%+v", e)
	}
}
