package intake

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// short writes a command in one line: method, URL, fields, user, whether there
// is data, and the flags that were left out.
func short(c Command) string {
	s := c.Method + " " + c.URL
	for _, l := range c.Fields {
		s += fmt.Sprintf(" %s=%q", l.Name, l.Value)
	}
	if c.User != "" {
		s += " user " + c.User
	}
	if c.Data {
		s += " data"
	}
	for _, o := range c.LeftOut {
		s += fmt.Sprintf(" -%s@%d:%d", strings.TrimPrefix(o.Flag, "-"), o.Line, o.Column)
	}
	return s
}

func TestCommandsAreRead(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"an address", `curl https://a.example/x`, `GET https://a.example/x`},
		{"no scheme", `curl a.example`, `GET http://a.example`},
		{"a prompt", "$ curl https://a.example/\n", `GET https://a.example/`},
		{"a long prompt", "me@host:~/src$ curl https://a.example/\n", `GET https://a.example/`},
		{"a prompt of Windows", "C:\\Users\\me>curl https://a.example/", `GET https://a.example/`},
		{"a directory", "/usr/bin/curl https://a.example/ -H \"A: b $ curl\"", `GET https://a.example/ A="b $ curl"`},
		{"quotes of each kind", `curl 'https://a.example/?a=1&b=2' -H "X: \"a\" \n" -H 'Y: it'\''s'`, `GET https://a.example/?a=1&b=2 X="\"a\" \\n" Y="it's"`},
		{"escapes of $'…'", `curl https://a.example/ -H $'X: a\'b\x21\u00e9\101\\\x\q'`, `GET https://a.example/ X="a'b!éA\\\\x\\q"`},
		{"continued lines", "curl https://a.example/ \\\n  -H 'A: b' \\\n  -X DELETE", `DELETE https://a.example/ A="b"`},
		{"continued lines of Windows files", "curl https://a.example/ \\\r\n  -H 'A: b'\r\n", `GET https://a.example/ A="b"`},
		{"the prompt of Windows", "curl ^\"https://a.example/?a=1^&b=2^\" ^\r\n  -H ^\"X: ^\\^\"q^\\^\" 100^%^\" ^\n  --data-raw ^\"a^\n\nb^\"", `POST https://a.example/?a=1&b=2 X="\"q\" 100%" Content-Type="application/x-www-form-urlencoded" data --data-raw@3:3`},
		{"older browsers on Windows", "curl \"https://a.example/\" ^\n -H \"X: \\\"q\\\" 1&2\" --compressed", `GET https://a.example/ X="\"q\" 1&2" Accept-Encoding="gzip, deflate, br"`},
		{"letters together", `curl -sSLXPUT -ua:b https://a.example/`, `PUT https://a.example/ user a:b`},
		{"data", `curl https://a.example/ -d a=1 --data-raw b`, `POST https://a.example/ Content-Type="application/x-www-form-urlencoded" data -d@1:25`},
		{"data in the address", `curl -G https://a.example/?x#f -d a=1 --data-urlencode 'q=ü &'`, `GET https://a.example/?x&a=1&q=%C3%BC+%26#f`},
		{"JSON", `curl --json '{}' https://a.example/`, `POST https://a.example/ Accept="application/json" Content-Type="application/json" data --json@1:6`},
		{"HEAD", `curl -I https://a.example/`, `HEAD https://a.example/`},
		{"a user in the address", `curl https://anna:pw@a.example/`, `GET https://a.example/ user anna:pw`},
		{"fields of options", `curl -A me -e https://b.example/ -b 'a=1; b=2' -b c=3 --oauth2-bearer t https://a.example/`, `GET https://a.example/ User-Agent="me" Referer="https://b.example/" Cookie="a=1; b=2; c=3" Authorization="Bearer t"`},
		{"fields that are none", `curl -H 'A;' -H 'B:' -H @file -H x https://a.example/`, `GET https://a.example/ A="" -H “B:”@1:14 -H @file@1:22 -H@1:31`},
		{"what is left out", `curl -k -o out.txt --proxy p:1 -K conf -d @body -F a=b -b jar.txt --resolve a:1:2 https://a.example/`,
			`POST https://a.example/ Content-Type="multipart/form-data" data -k@1:6 -o@1:9 --proxy@1:20 -K@1:32 -d @file@1:40 -F@1:49 -b@1:56 --resolve@1:67`},
		{"a dollar that is none", `curl "https://a.example/?$=1" -H 'A: $b'`, `GET https://a.example/?$=1 A="$b"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := ReadCommand(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := short(c); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
			for _, o := range c.LeftOut {
				if !strings.HasSuffix(o.Reason, ".") {
					t.Errorf("%s: the reason %q is no sentence", o.Flag, o.Reason)
				}
			}
		})
	}
}

func TestCommandsThatWouldRunMoreAreRefusedWithTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"ls":                                  "line 1, column 1: This is no curl command.",
		"curl":                                "line 1, column 1: The command has no address.",
		"curl https://a.example/ | jq .":      "line 1, column 25: A pipe is not read here.",
		"curl https://a.example/; id":         "line 1, column 24: A second command is not read here.",
		"curl https://a.example/ && id":       "line 1, column 25: An “&” outside of quotation marks is not read here.",
		"curl https://a.example/?a=1&b=2":     "line 1, column 28: An “&” outside",
		"curl https://a.example/\ncurl b":     "line 2, column 1: A second line is not read here.",
		"curl https://a.example/ > f":         "line 1, column 25: A redirection",
		`curl -H "A: $TOKEN" https://a/`:      "line 1, column 13: An expansion is not read here.",
		"curl -H \"A: `id`\" https://a/":      "line 1, column 13: An expansion",
		"curl $(id)":                          "line 1, column 6: An expansion",
		"curl \\\n ${X}":                      "line 2, column 2: An expansion",
		"curl 'https://a.example/":            "line 1, column 25: The command ends inside quotation marks.",
		"curl https://a https://b":            "line 1, column 16: The command asks for more than one address.",
		"curl --nonsense https://a":           "line 1, column 6: The option “--nonsense” is not known here.",
		"curl https://a -H":                   "line 1, column 16: The option “-H” needs a value.",
		"curl ^\"https://a/^\" ^\n -k | more": "line 2, column 5: A pipe",
		"curl ^\"https://a/^\"\ndir":          "line 1, column 20: The line ends here",
		"Invoke-WebRequest -Uri https://a/":   "line 1, column 1: This is a PowerShell command",
		"curl {a,b":                           "",
	} {
		_, err := ReadCommand(text)
		if want == "" {
			continue
		}
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) || e.Remedy == "" {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func FuzzCommand(f *testing.F) {
	for _, file := range samples(f) {
		if strings.Contains(file, "curl-command") {
			f.Add(readSample(f, file))
		}
	}
	f.Add(`curl -sSLXPUT -ua:b "https://a.example/?x" -d @f -H $'A: \u00e9\x'`)
	f.Add("curl ^\"a^\" ^\r\n\r\n ^")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ReadCommand(text)
		if err == nil && c.URL == "" {
			t.Fatalf("%.300q gives neither an error nor an address", text)
		}
		checkPlace(t, text, err)
		for _, o := range c.LeftOut {
			checkPlace(t, text, &Error{Line: o.Line, Column: o.Column})
		}
		for _, l := range c.Fields {
			if strings.ContainsAny(l.Name+l.Value, "\r\n\x00") {
				t.Fatalf("%.300q gives the field %q", text, l)
			}
		}
	})
}
