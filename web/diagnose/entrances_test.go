package diagnose

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// entranceOf makes an entrance of steps "address code field: value; …"; a code
// that is none is the kind of a failure, and one that ends with ! has a
// certificate for another name.
func entranceOf(steps ...string) Entrance {
	var e Entrance
	for i, s := range steps {
		address, rest, _ := strings.Cut(s, " ")
		code, fields, _ := strings.Cut(rest, " ")
		x := message.Exchange{Cause: message.Redirect, Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: address}}
		if i == 0 {
			e.URL, x.Cause = address, message.Asked
		}
		code, bad := strings.CutSuffix(code, "!")
		if strings.HasPrefix(address, "https:") {
			x.Peer = &message.Peer{TLS: &message.TLS{Verified: !bad}}
			if bad {
				x.Peer.TLS.Problem = message.WrongName
			}
		}
		if n, err := strconv.Atoi(code); err == nil {
			x.Response = &message.Response{Code: n}
			for f := range strings.SplitSeq(fields, "; ") {
				if name, value, ok := strings.Cut(f, ": "); ok {
					x.Response.Fields = append(x.Response.Fields, field.Line{Name: name, Value: value})
				}
			}
		} else {
			x.Failure = &message.Failure{Kind: message.Kind(code)}
			if x.Failure.Kind == message.FailureDNS || x.Failure.Kind == message.FailureRefused {
				x.Peer = nil
			}
		}
		e.Chain = append(e.Chain, x)
	}
	return e
}

// deeper adds what came of asking below the entrance.
func (e Entrance) deeper(steps ...string) Entrance {
	e.Deep = entranceOf(steps...).Chain
	return e
}

const (
	bareHTTP, wwwHTTP   = "http://a.example/", "http://www.a.example/"
	bareHTTPS, wwwHTTPS = "https://a.example/", "https://www.a.example/"
	hsts31              = "Strict-Transport-Security: max-age=31536000"
)

func TestEntrancesAreCompared(t *testing.T) {
	lib := library(t)
	seen := map[string]bool{"entrances-same-page": true} // which the next test has
	for _, tt := range []struct {
		name string
		all  Entrances
		want string // ids above good, each with the number of its entrance
		good string
	}{
		{"as it should be", Entrances{
			entranceOf(bareHTTP+" 301", bareHTTPS+" 200 "+hsts31),
			entranceOf(wwwHTTP+" 301", wwwHTTPS+" 301 "+hsts31, bareHTTPS+" 200 "+hsts31).deeper(wwwHTTP+"x?y=z 301", wwwHTTPS+"x?y=z 301", bareHTTPS+"x?y=z 404"),
			entranceOf(bareHTTPS + " 200 " + hsts31),
			entranceOf(wwwHTTPS+" 308 "+hsts31, bareHTTPS+" 200 "+hsts31),
		}, "", "entrances-agree entrances-lead-to-https entrances-with-hsts entrances-keep-path"},
		{"http of www straight to the canonical https", Entrances{
			entranceOf(bareHTTP+" 301", bareHTTPS+" 200"), entranceOf(wwwHTTP+" 301", bareHTTPS+" 200"),
			entranceOf(bareHTTPS + " 200"), entranceOf(wwwHTTPS+" 301", bareHTTPS+" 200"),
		}, "", "entrances-agree entrances-lead-to-https"},
		{"another language below the canonical origin is no detour", Entrances{
			entranceOf(bareHTTP+" 301", bareHTTPS+" 302", bareHTTPS+"de/ 200"), entranceOf(bareHTTPS+" 302", bareHTTPS+"de/ 200"),
		}, "", "entrances-agree entrances-lead-to-https"},
		{"http only, in a network of one's own", Entrances{
			entranceOf("http://wiki/ 200"), entranceOf("https://wiki/ refused"),
		}, "-1 entrances-without-https", ""},
		{"www does not exist", Entrances{
			entranceOf(bareHTTP+" 301", bareHTTPS+" 200"), entranceOf(wwwHTTP + " dns"), entranceOf(bareHTTPS + " 200"), entranceOf(wwwHTTPS + " dns"),
		}, "3 entrance-closed", "entrances-agree entrances-lead-to-https"},
		{"nobody listens on port 80", Entrances{
			entranceOf(bareHTTP + " refused"), entranceOf(wwwHTTP + " refused"), entranceOf(bareHTTPS + " 200"), entranceOf(wwwHTTPS+" 301", bareHTTPS+" 200"),
		}, "", "entrances-agree"},
		{"www is there over http only", Entrances{
			entranceOf(bareHTTP+" 301", bareHTTPS+" 200"), entranceOf(wwwHTTP+" 301", bareHTTPS+" 200"), entranceOf(bareHTTPS + " 200"), entranceOf(wwwHTTPS + " timeout"),
		}, "3 entrance-closed", "entrances-agree entrances-lead-to-https"},
		{"our own policy says nothing of the site", Entrances{
			entranceOf(bareHTTP+" 301", bareHTTPS+" 200"), entranceOf(wwwHTTP + " busy"), entranceOf(bareHTTPS + " 200"), entranceOf(wwwHTTPS + " blocked"),
		}, "", "entrances-agree entrances-lead-to-https"},
		{"nothing answers", Entrances{entranceOf(bareHTTP + " dns"), entranceOf(bareHTTPS + " dns")}, "", ""},
		{"https is not enforced", Entrances{
			entranceOf(bareHTTP + " 200"), entranceOf(wwwHTTP+" 301", wwwHTTPS+" 301", bareHTTPS+" 200"), entranceOf(bareHTTPS + " 200"), entranceOf(wwwHTTPS+" 301", bareHTTPS+" 200"),
		}, "0 entrance-without-redirect", ""},
		{"https is not enforced where www leads", Entrances{
			entranceOf(bareHTTP + " 200"), entranceOf(wwwHTTP+" 301", bareHTTP+" 200"), entranceOf(bareHTTPS + " 200"), entranceOf(wwwHTTPS + " timeout"),
		}, "0 entrance-without-redirect 1 entrance-without-redirect 3 entrance-closed", ""},
		{"http refuses", Entrances{
			entranceOf(bareHTTP + " 403"), entranceOf(bareHTTPS + " 200"),
		}, "", ""},
		{"on this machine http is as good", Entrances{
			entranceOf("http://localhost/ 200"), entranceOf("https://localhost/ 200"),
		}, "", ""},
		{"https whose certificate browsers refuse is no alternative", Entrances{
			entranceOf(bareHTTP + " 200"), entranceOf(bareHTTPS + " 200!"),
		}, "", ""},
		{"a 401 everywhere is consistent", Entrances{
			entranceOf(bareHTTP+" 301", bareHTTPS+" 401"), entranceOf(bareHTTPS + " 401"),
		}, "", "entrances-agree entrances-lead-to-https"},
		{"a 401 over http", Entrances{
			entranceOf(bareHTTP + " 401"), entranceOf(bareHTTPS + " 401"),
		}, "0 entrance-without-redirect", ""},
		{"a 401 at www only", Entrances{
			entranceOf(bareHTTP+" 301", bareHTTPS+" 200"), entranceOf(wwwHTTP+" 301", wwwHTTPS+" 401"), entranceOf(bareHTTPS + " 200"), entranceOf(wwwHTTPS + " 401"),
		}, "3 entrance-status-differs", "entrances-lead-to-https"},
		{"a 401 over https, walked around over http", Entrances{
			entranceOf(bareHTTP + " 200"), entranceOf(bareHTTPS + " 401"),
		}, "0 entrance-without-redirect 0 entrance-status-differs", ""},
		{"too many of our own requests", Entrances{
			entranceOf(bareHTTP + " 429"), entranceOf(bareHTTPS + " 200"),
		}, "", ""},
		{"two sites", Entrances{
			entranceOf(bareHTTPS + " 200"), entranceOf(wwwHTTPS + " 200"),
		}, "-1 entrances-apart", ""},
		{"two names, and both name the same canonical address", Entrances{
			entranceOf(bareHTTPS + " 200 Link: <https://a.example>;rel=\"canonical\""), entranceOf(wwwHTTPS + " 200 Link: <https://A.example/>;rel=canonical"),
		}, "", ""},
		{"three redirects", Entrances{
			entranceOf(bareHTTP+" 301", bareHTTPS+" 301", "https://b.example/ 301", wwwHTTPS+" 200"), entranceOf(wwwHTTPS + " 200"),
		}, "0 entrance-detour", "entrances-agree entrances-lead-to-https"},
		{"http again", Entrances{
			entranceOf(bareHTTP+" 301", wwwHTTP+" 301", wwwHTTPS+" 200"), entranceOf(wwwHTTPS + " 200"),
		}, "0 entrance-by-http", "entrances-agree entrances-lead-to-https"},
		{"for this time only", Entrances{
			entranceOf(bareHTTP+" 302", bareHTTPS+" 200"), entranceOf(bareHTTPS + " 200"),
		}, "0 entrance-temporary", "entrances-agree entrances-lead-to-https"},
		{"a sign-in is for this time only, and rightly", Entrances{
			entranceOf(bareHTTPS+" 302", "https://login.example/?to=/ 200"),
		}, "", ""},
		{"a sign-in elsewhere, with a state of its own each time", Entrances{
			entranceOf(bareHTTP+" 301", bareHTTPS+" 302", "https://login.example/authorize?state=1 200"),
			entranceOf(wwwHTTP+" 301", wwwHTTPS+" 301", bareHTTPS+" 302", "https://login.example/authorize?state=2 200").deeper(wwwHTTP+"x?y=z 301", wwwHTTPS+"x?y=z 301", bareHTTPS+"x?y=z 302", "https://login.example/authorize?state=3 200"),
			entranceOf(bareHTTPS+" 302", "https://login.example/authorize?state=4 200"),
		}, "", "entrances-agree entrances-lead-to-https entrances-keep-path"},
		{"another domain for all of it", Entrances{
			entranceOf(bareHTTPS+" 301", "https://new.example/ 200").deeper(bareHTTPS+"x?y=z 301", "https://new.example/ 200"), entranceOf(wwwHTTPS+" 301", "https://new.example/ 200"),
		}, "", "entrances-agree"},
		{"HSTS for one name", Entrances{
			entranceOf(bareHTTPS+" 301", wwwHTTPS+" 200 "+hsts31), entranceOf(wwwHTTPS + " 200 " + hsts31),
		}, "0 entrance-without-hsts", "entrances-agree"},
		{"HSTS for one name, and those below it", Entrances{
			entranceOf(bareHTTPS + " 200 " + hsts31 + ";includeSubDomains"), entranceOf(wwwHTTPS+" 301", bareHTTPS+" 200 "+hsts31),
		}, "", "entrances-agree"},
		{"HSTS that ends is none", Entrances{
			entranceOf(bareHTTPS+" 301 Strict-Transport-Security: max-age=0", wwwHTTPS+" 200 "+hsts31), entranceOf(wwwHTTPS + " 200 " + hsts31),
		}, "0 entrance-without-hsts", "entrances-agree"},
		{"www was forgotten in the certificate", Entrances{
			entranceOf(wwwHTTP+" 301", wwwHTTPS+" 301!", bareHTTPS+" 200"), entranceOf(bareHTTPS + " 200"), entranceOf(wwwHTTPS+" 301!", bareHTTPS+" 200"),
		}, "0 entrance-certificate 2 entrance-certificate", "entrances-agree"},
		{"no certificate is trusted here", Entrances{
			entranceOf(bareHTTPS + " 200!"), entranceOf(wwwHTTPS+" 301!", bareHTTPS+" 200!"),
		}, "", "entrances-agree"},
		{"every address leads home", Entrances{
			entranceOf(wwwHTTPS+" 301", bareHTTPS+" 200").deeper(wwwHTTPS+"x?y=z 301", bareHTTPS+" 200"), entranceOf(bareHTTPS + " 200"),
		}, "0 entrance-path-lost", "entrances-agree"},
		{"the query is lost", Entrances{
			entranceOf(wwwHTTPS+" 301", bareHTTPS+" 200").deeper(wwwHTTPS+"x?y=z 301", bareHTTPS+"x 404"), entranceOf(bareHTTPS + " 200"),
		}, "0 entrance-path-lost", "entrances-agree"},
		{"only the entrance itself leads on", Entrances{
			entranceOf(wwwHTTPS+" 301", bareHTTPS+" 200").deeper(wwwHTTPS + "x?y=z 404"), entranceOf(bareHTTPS + " 200"),
		}, "", "entrances-agree"},
		{"the canonical origin sends home what it does not know", Entrances{
			entranceOf(wwwHTTPS+" 301", bareHTTPS+" 200").deeper(wwwHTTPS+"x?y=z 301", bareHTTPS+"x?y=z 302", bareHTTPS+" 200"), entranceOf(bareHTTPS + " 200"),
		}, "", "entrances-agree entrances-keep-path"},
		{"an asked page that has moved", Entrances{
			entranceOf("https://www.a.example/old 301", "https://a.example/new 200"), entranceOf("https://a.example/old 301", "https://a.example/new 200"),
		}, "", "entrances-agree entrances-keep-path"},
		{"an asked page is lost", Entrances{
			entranceOf("https://www.a.example/docs?v=2 301", "https://a.example/ 200"), entranceOf("https://a.example/docs?v=2 200"),
		}, "0 entrance-path-lost", ""},
		{"the way back from a sign-in", Entrances{
			entranceOf("https://a.example/docs 302", "https://www.a.example/?to=%2Fdocs 200"), entranceOf("https://www.a.example/docs 302", "https://www.a.example/?to=%2Fdocs 200"),
		}, "", "entrances-agree entrances-keep-path"},
		{"a loop", Entrances{
			entranceOf(bareHTTP+" 301", bareHTTPS+" 301", bareHTTP+" redirect-loop"), entranceOf(wwwHTTPS + " 200"),
		}, "", ""},
	} {
		var above, good []string
		for _, f := range tt.all.Judge() {
			page := lib.Finding(f.ID)
			seen[f.ID] = true
			for _, s := range []content.Sentence{page.Says, page.Fix} {
				for _, place := range s.Places(false) {
					if f.Args[place] == "" {
						t.Errorf("%s: {%s} of %q is not filled: %v", tt.name, place, s, f.Args)
					}
				}
			}
			if page.Severity == content.Good {
				good = append(good, f.ID)
			} else {
				above = append(above, fmt.Sprint(f.Exchange, " ", f.ID))
			}
		}
		if got := strings.Join(above, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if got := strings.Join(good, " "); got != tt.good {
			t.Errorf("%s: good is %q, want %q", tt.name, got, tt.good)
		}
	}
	for _, id := range entranceIDs {
		if !seen[id] {
			t.Errorf("nothing yields %s", id)
		}
	}
}

// TestSameBytesAtTwoNames needs the content, which only a fetch brings.
func TestSameBytesAtTwoNames(t *testing.T) {
	page := func(address, text string) Entrance {
		e := entranceOf(address + " 200 Content-Type: text/html")
		e.Chain[0].Response.Content = message.Content{Known: message.Wholly, Length: int64(len(text)), Sample: []byte(text), SHA256: []byte(text)}
		return e
	}
	for _, tt := range []struct{ bare, www, want string }{
		{"<p>Hello", "<p>Hello", "entrances-same-page"},
		{"<p>Hello", "<p>Other", "entrances-apart"},
		{"", "", "entrances-apart"},
		{`<link rel="canonical" href="https://a.example/"><p>1`, `<link href="https://a.example" rel="alternate Canonical"><p>2`, ""},
		{`<link rel="canonical" href="/">`, `<link rel="canonical" href="/">`, "entrances-same-page"},
		{`<body><link rel="canonical" href="https://a.example/">`, `<body><link rel="canonical" href="https://a.example/">`, "entrances-same-page"},
	} {
		found := Entrances{page(bareHTTPS, tt.bare), page(wwwHTTPS, tt.www)}.Judge()
		if got := strings.Join(ids(found), " "); got != tt.want {
			t.Errorf("%q and %q: %q, want %q", tt.bare, tt.www, got, tt.want)
		}
	}
}
