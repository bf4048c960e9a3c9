package challenge

import (
	"fmt"
	"strings"
	"testing"
)

// told writes a reading on one line: scheme, token68, name=value (quoted ones
// with quotes), several challenges parted by " | ".
func told(all []Challenge) string {
	var out []string
	for _, c := range all {
		s := c.Scheme
		if c.Token68 != "" {
			s += " <" + c.Token68 + ">"
		}
		for _, p := range c.Params {
			if p.Quoted {
				s += fmt.Sprintf(" %s=%q", p.Name, p.Value)
			} else {
				s += fmt.Sprintf(" %s=%s", p.Name, p.Value)
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, " | ")
}

// wrong writes the problems as kind@line:offset+length.
func wrong(all []Challenge) string {
	var out []string
	for _, c := range all {
		for _, p := range c.Problems {
			out = append(out, fmt.Sprintf("%s@%d:%d+%d", p.Kind, p.Span.Line, p.Span.Offset, p.Span.Length))
		}
	}
	return strings.Join(out, " ")
}

func TestValidLinesHaveOneReading(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`Basic realm="simple"`, `Basic realm="simple"`},
		{`Basic realm="foo", charset="UTF-8"`, `Basic realm="foo" charset="UTF-8"`},
		{`Basic`, `Basic`},
		{`Negotiate`, `Negotiate`},
		{`Negotiate a87421000492aa874209af8bc028`, `Negotiate <a87421000492aa874209af8bc028>`},
		{`NTLM TlRMTVNTUAACAAAA==`, `NTLM <TlRMTVNTUAACAAAA==>`},
		{`Bearer realm=`, `Bearer <realm=>`},
		{`Bearer realm`, `Bearer <realm>`},
		{`Bearer realm="x",service`, `Bearer realm="x" | service`},
		{`Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple"`, `Newauth realm="apps" type=1 title="Login to \"apps\"" | Basic realm="simple"`},
		{`Bearer realm="example", error="invalid_token", error_description="The access token expired"`, `Bearer realm="example" error="invalid_token" error_description="The access token expired"`},
		{`Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
			`Digest realm="http-auth@example.org" qop="auth, auth-int" algorithm=SHA-256 nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v" opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`},
		{`DPoP error="use_dpop_nonce", error_description="Resource server requires nonce in DPoP proof"`, `DPoP error="use_dpop_nonce" error_description="Resource server requires nonce in DPoP proof"`},
		{`DPoP algs="ES256 PS256"`, `DPoP algs="ES256 PS256"`},
		{`Bearer error="insufficient_user_authentication", acr_values="myACR", max_age="5"`, `Bearer error="insufficient_user_authentication" acr_values="myACR" max_age="5"`},
		{`Bearer resource_metadata="https://resource.example.com/.well-known/oauth-protected-resource"`, `Bearer resource_metadata="https://resource.example.com/.well-known/oauth-protected-resource"`},
		{`Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="repository:a/b:pull"`, `Bearer realm="https://auth.example.com/token" service="registry.example.com" scope="repository:a/b:pull"`},
		{`HOBA max-age="10", challenge="0=MTIz"`, `HOBA max-age="10" challenge="0=MTIz"`},
		{`Mutual version=1, algorithm=iso-kam3-dl-2048-sha256, validation=host, realm="example", reason=initial`, `Mutual version=1 algorithm=iso-kam3-dl-2048-sha256 validation=host realm="example" reason=initial`},
		{`SCRAM-SHA-256 realm="testrealm@example.com"`, `SCRAM-SHA-256 realm="testrealm@example.com"`},
		{`vapid`, `vapid`},
		{`PrivateToken challenge="abc==", token-key="123"`, `PrivateToken challenge="abc==" token-key="123"`},
		{`Basic realm="a,b", Bearer`, `Basic realm="a,b" | Bearer`},
		{`Negotiate, NTLM, Basic realm="x"`, `Negotiate | NTLM | Basic realm="x"`},
		{`Negotiate abc==, NTLM def`, `Negotiate <abc==> | NTLM <def>`},
		{`Basic realm=""`, `Basic realm=""`},
		{`x a=b,c=d`, `x a=b c=d`},
		{"Basic   realm=\"x\"", `Basic realm="x"`},
		{"Basic realm=\"x\" ,\tcharset=\"UTF-8\"", `Basic realm="x" charset="UTF-8"`},
	} {
		got := Parse([]string{tt.line})
		if told(got) != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.line, told(got), tt.want)
		}
		if wrong(got) != "" {
			t.Errorf("%s is right, but: %s", tt.line, wrong(got))
		}
	}
}

func TestBrokenLinesAreRecovered(t *testing.T) {
	for _, tt := range []struct{ lines, reading, problems string }{
		{``, ``, `empty-field@0:0+0`},
		{` , ,`, ``, `empty-field@0:0+4`},
		{`, Basic realm="x"`, `Basic realm="x"`, `empty-list-element@0:0+1`},
		{`Basic realm="x",`, `Basic realm="x"`, `empty-list-element@0:15+1`},
		{`Basic realm="x",, Bearer`, `Basic realm="x" | Bearer`, `empty-list-element@0:16+1`},
		{`Basic , realm="x"`, `Basic realm="x"`, `empty-list-element@0:6+1`},
		{`Basic realm = "x"`, `Basic realm="x"`, `whitespace-around-equals@0:11+3`},
		{`Basic realm= "x"`, `Basic realm="x"`, `whitespace-around-equals@0:11+2`},
		{`Basic realm ="x"`, `Basic realm="x"`, `whitespace-around-equals@0:11+2`},
		{`Bearer, realm="x"`, `Bearer realm="x"`, `comma-after-scheme@0:6+1`},
		{"Basic\trealm=\"x\"", `Basic realm="x"`, `tab-after-scheme@0:5+1`},
		{"Basic realm=\"x\",\r\n charset=\"UTF-8\"", `Basic realm="x" charset="UTF-8"`, `line-folding@0:16+2`},
		{"Basic realm=\"a\x01b\"", "Basic realm=\"a\\x01b\"", `control-char@0:14+1`},
		{`Bearer: realm="x"`, `Bearer realm="x"`, `invalid-scheme@0:6+1`},
		{`realm="x"`, ` realm="x"`, `missing-scheme@0:0+0`},
		{`realm="x", Basic realm="y"`, ` realm="x" | Basic realm="y"`, `missing-scheme@0:0+0`},
		{`Bearer realm="x", ="y"`, `Bearer realm="x" ="y"`, `invalid-param-name@0:18+1`},
		{`Bearer re{alm="x"`, `Bearer re{alm="x"`, `invalid-param-name@0:7+6`},
		{`Bearer realm="x", error=`, `Bearer realm="x" error=`, `missing-value@0:18+6`},
		{`Bearer realm="x", "oops", scope="y"`, `Bearer realm="x" scope="y"`, `missing-equals@0:18+6`},
		{`Bearer realm="x" oops`, `Bearer realm="x"`, `missing-equals@0:17+4`},
		{`Bearer scope=a:b c:d, realm="x"`, `Bearer scope=a:b c:d realm="x"`, `unquoted-value@0:13+7`},
		{`Bearer resource_metadata=https://a.example/b`, `Bearer resource_metadata=https://a.example/b`, `unquoted-value@0:25+19`},
		{`Basic realm=x`, `Basic realm=x`, `unquoted-realm@0:6+7`},
		{`Basic realm="x`, `Basic realm="x"`, `unterminated-quote@0:12+2`},
		{`Basic realm="a "b" c"`, `Basic realm="a "`, `text-after-quote@0:16+5`},
		{`Basic realm="x"y, charset="UTF-8"`, `Basic realm="x" charset="UTF-8"`, `text-after-quote@0:15+1`},
		{`Basic realm="a\b"`, `Basic realm="ab"`, `unneeded-escape@0:14+2`},
		{`Basic realm="x\`, `Basic realm="x\\"`, `stray-backslash@0:14+1 unterminated-quote@0:12+3`},
		{`Bearer scope=a\b`, `Bearer scope=a\b`, `stray-backslash@0:14+1`},
		{`Bearer realm="x" error="y"`, `Bearer realm="x" error="y"`, `missing-comma@0:16+1`},
		{`Basic realm="x" Bearer realm="y"`, `Basic realm="x" | Bearer realm="y"`, `missing-comma@0:15+1`},
		{`Bearer realm="x"error="y"`, `Bearer realm="x" error="y"`, `missing-comma@0:16+0`},
		{`Bearer realm="x"; error="y"`, `Bearer realm="x" error="y"`, `wrong-separator@0:16+1`},
		{`Bearer error=x|scope=y`, `Bearer error=x scope=y`, `wrong-separator@0:14+1`},
		{`Basic realm='x'`, `Basic realm='x'`, `single-quotes@0:12+3`},
		{`Basic realm=“x”`, `Basic realm=“x”`, `typographic-quotes@0:12+7`},
		{`Basic realm="é"`, `Basic realm="é"`, `non-ascii@0:13+2`},
		{"Basic realm=\"\xe9\"", "Basic realm=\"\\xe9\"", `invalid-utf8@0:13+1`},
		{`Bearer a="1", a="2"`, `Bearer a="1" a="2"`, `duplicate-param@0:14+5`},
		{"Basic realm=\"x\"\x00Basic realm=\"x\"", `Basic realm="x" | Basic realm="x"`, `duplicate-challenge@1:0+15`},
		{`Negotiate abc==, realm="x"`, `Negotiate <abc==> realm="x"`, `params-after-token68@0:17+0`},
		{`Bearer realm="x", abc==`, `Bearer realm="x"`, `token68-after-params@0:18+5`},
		{`NTLM TlRM:TVNT`, `NTLM <TlRM:TVNT>`, `invalid-token68@0:5+9`},
		{"Bearer realm=\"x\",\x00error=\"y\"", `Bearer realm="x" error="y"`, `empty-list-element@0:16+1 split-challenge@1:0+0`},
		{`Bearer realm="x" @@`, `Bearer realm="x"`, `trailing-garbage@0:17+2`},
		{`Bearer realm="x", Bearer realm="x`, `Bearer realm="x" | Bearer realm="x"`, `unterminated-quote@0:31+2 duplicate-challenge@0:18+15`},
	} {
		lines := strings.Split(tt.lines, "\x00")
		if strings.Contains(tt.reading, "\\x01") {
			tt.lines = "" // the control byte stands between quotes, not between lines
		}
		got := Parse(lines)
		if told(got) != tt.reading || wrong(got) != tt.problems {
			t.Errorf("%q\n got %s\nwant %s\n got %s\nwant %s", lines, told(got), tt.reading, wrong(got), tt.problems)
		}
	}
}

func TestEveryKindHasACase(t *testing.T) {
	var all []string
	for _, lines := range [][]string{{""}, {`, B realm = x,`}, {`B, a="b"`}, {"B\ta=\"b\"\r\n , c=\"\x01\""}, {`B: x="y"`}, {`a=b`}, {`B x="y", ="z"`}, {`B x="y", z=`},
		{`B x="y", "z"`}, {`B x=a:b`}, {`B x="y`}, {`B x="y"z`}, {`B x="\y"`}, {`B x=\y`}, {`B x="y" z="w"`}, {`B x="y";z="w"`}, {`B x='y'`}, {`B x=“y”`},
		{`B x="é"`}, {"B x=\"\xff\""}, {`B x=y, x=z`}, {`B`, `B`}, {`B abc==, x="y"`}, {`B x="y", abc==`}, {`B abc:d`}, {`B x="y"`, `z="w"`},
		{strings.Repeat("B x=y,", 2000)}, {`B x="y" @@`}} {
		all = append(all, wrong(Parse(lines)))
	}
	for _, k := range Kinds() {
		if !strings.Contains(strings.Join(all, " "), string(k)+"@") {
			t.Errorf("no line here shows %s", k)
		}
	}
}

func TestCorrectedForms(t *testing.T) {
	for in, want := range map[string]string{
		`Basic realm=x`:                   `Basic realm="x"`,
		`Bearer, realm="x"`:               `Bearer realm="x"`,
		`Bearer realm='x', scope=a:b c`:   `Bearer realm="x", scope="a:b c"`,
		`Bearer a="1", a="2"`:             `Bearer a="1"`,
		`Basic realm=“x”`:                 `Basic realm="x"`,
		`Digest realm="x", algorithm=MD5`: `Digest realm="x", algorithm=MD5`,
		`Basic realm="a\"b"`:              `Basic realm="a\"b"`,
		// nginx and lighttpd write the marks inside a realm as they are.
		`Basic realm="the "a" b"`:        `Basic realm="the \"a\" b"`,
		`Basic realm="a "b"", charset=x`: `Basic realm="a \"b\"", charset=x`,
		`Basic realm="a "b\"" c"`:        `Basic realm="a \"b\"\" c"`,
		// Squid puts marks around a realm that stands in marks in its configuration.
		`Basic realm=""a b""`:             `Basic realm="a b"`,
		`Basic realm=""a" b "c""`:         `Basic realm="\"a\" b \"c\""`,
		`Basic realm="x"y`:                `Basic realm="x"`,
		`Basic realm="x", "y"z"`:          `Basic realm="x"`,
		`Negotiate abc==`:                 `Negotiate abc==`,
		`Bearer: realm="x"; error="y"`:    `Bearer realm="x", error="y"`,
		"Basic realm=\"a\x01b\"":          `Basic realm="ab"`,
		`Bearer realm="x" error="y" oops`: `Bearer realm="x", error="y"`,
	} {
		got := Parse([]string{in})[0].String()
		if got != want {
			t.Errorf("%s is corrected to %s, want %s", in, got, want)
		}
		again := Parse([]string{got})
		if len(again) != 1 || again[0].String() != got {
			t.Errorf("%s does not stay as it is: %s", got, told(again))
		}
	}
}

func TestWorkIsLinear(t *testing.T) {
	const n = 1 << 20
	for _, unit := range []string{",", `"`, `\`, "a=b,", `a="\`, "a b=c ", "x a: ", "= ", "a ;", "; a", "a=b c ", " ", "\r\n", "a|", "a==,", "é"} {
		line := strings.Repeat(unit, n/len(unit))
		small := testing.AllocsPerRun(1, func() { Parse([]string{line[:n/8]}) })
		large := testing.AllocsPerRun(1, func() { Parse([]string{line}) })
		if large > 8*small+200 {
			t.Errorf("%q repeated: %v allocations for 128 KiB, %v for 1 MiB", unit, small, large)
		}
	}
}

func TestDuplicatesAmongManyAreFound(t *testing.T) {
	lines := make([]string, 40)
	for i := range lines {
		lines[i] = fmt.Sprintf("S%d a=b", i%30)
	}
	if got := strings.Count(wrong(Parse(lines)), "duplicate-challenge"); got != 10 {
		t.Errorf("%d of 10 duplicates were found", got)
	}
}

func TestDistinctNamesStayLinear(t *testing.T) {
	var b strings.Builder
	b.WriteString("B ")
	for i := range 100_000 {
		fmt.Fprintf(&b, "n%d=v, ", i)
	}
	got := Parse([]string{b.String() + "N5=again"})
	if len(got) != 1 || len(got[0].Params) != 100_001 || !strings.Contains(wrong(got), "duplicate-param") {
		t.Errorf("%d challenges, problems %s", len(got), wrong(got))
	}
	if s := got[0].String(); strings.Count(s, "=") != 100_000 {
		t.Errorf("the corrected form has %d parameters", strings.Count(s, "="))
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`Basic realm="x"`, `Bearer realm="a\"b", error=x y=z`, "a\nb", `B abc==, x='y'; z`, `"`, "B x=“y”\x00c=d", "é: =\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lines := strings.Split(s, "\x00")
		for _, c := range Parse(lines) {
			check := func(what string, line, from, length int) {
				if line < 0 || line >= len(lines) || from < 0 || length < 0 || from+length > len(lines[line]) {
					t.Fatalf("%s stands at %d:%d+%d of %q", what, line, from, length, lines)
				}
			}
			check("a challenge", c.Span.Line, c.Span.Offset, c.Span.Length)
			for _, p := range c.Params {
				check("a parameter", p.Span.Line, p.Span.Offset, p.Span.Length)
			}
			for _, p := range c.Problems {
				check(string(p.Kind), p.Span.Line, p.Span.Offset, p.Span.Length)
			}
			once := c.String()
			if again := Parse([]string{once}); once != "" && onlyTokens(c.Scheme) != "" && len(again) > 0 && again[0].String() != once {
				t.Fatalf("%q is written %q, then %q", s, once, again[0].String())
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for name, lines := range map[string][]string{
		"Basic":  {`Basic realm="example"`},
		"Docker": {`Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/alpine:pull"`},
		"Digest": {`Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`},
		"two":    {`Bearer realm="a", error="invalid_token", Basic realm="b"`},
		"three":  {`Negotiate`, `NTLM`, `Basic realm="x"`},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(lines)
			}
		})
	}
}
