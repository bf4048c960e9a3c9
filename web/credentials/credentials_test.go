package credentials

import (
	"strings"
	"testing"

	"wwwhy/web/challenge"
)

// TestExamplesOfTheStandards computes what the RFCs print (RFC 7616, Sections
// 3.9.1 and 3.9.2 with its erratum 4897; RFC 2617, Section 3.5; RFC 7617,
// Section 2).
func TestExamplesOfTheStandards(t *testing.T) {
	mufasa := Secret{User: "Mufasa", Password: "Circle of Life", URI: "/dir/index.html", Nonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"}
	const both = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", ` +
		`Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
	const md5 = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
	doe := Secret{User: "Jäsøn Doe", Password: "Secret, or not?", URI: "/doe.json", Nonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"}
	for _, tt := range []struct {
		name, challenge string
		secret          Secret
		want            []string
	}{
		{"the stronger of both", both, mufasa, []string{`Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, `,
			`qop=auth`, `response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"`, `opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`}},
		{"MD5", md5, mufasa, []string{`response="8ca523f5e9506fed4657c9700eebdbec"`}},
		{"SHA-512-256 with userhash", `Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true`, doe,
			[]string{`username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"`, `response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"`, "userhash=true"}},
		{"RFC 2617", `Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"`,
			Secret{User: "Mufasa", Password: "Circle Of Life", URI: "/dir/index.html", Nonce: "0a4f113b"}, []string{`response="6629fae49393a05397450978507c4ef1"`}},
		{"without qop", `Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"`,
			Secret{User: "Mufasa", Password: "Circle Of Life", URI: "/dir/index.html"}, []string{`response="670fd8c2df070c60b045671b8b24ff02"`}},
		{"Basic", `Basic realm="WallyWorld"`, Secret{User: "Aladdin", Password: "open sesame"}, []string{"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}},
		{"Basic in UTF-8", `Basic realm="foo", charset="UTF-8"`, Secret{User: "test", Password: "123£"}, []string{"Basic dGVzdDoxMjPCow=="}},
		{"Digest before Basic", `Basic realm="x", Digest realm="x", nonce="n", qop="auth"`, Secret{User: "a", Password: "b"}, []string{`Digest username="a"`}},
		{"Bearer", `Bearer realm="x"`, Secret{Token: "mF_9.B5f-4.1JqM"}, []string{"Bearer mF_9.B5f-4.1JqM"}},
		{"a name that is not ASCII", `Digest realm="x", nonce="n", qop="auth", charset=UTF-8`, Secret{User: "Jäsøn Doe"}, []string{"username*=UTF-8''J%C3%A4s%C3%B8n%20Doe"}},
		{"quotes", `Digest realm="a\"b", nonce="n", qop=auth`, Secret{User: `c\d`}, []string{`username="c\\d"`, `realm="a\"b"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := For(challenge.Parse([]string{tt.challenge}), "", tt.secret)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(a.Value, want) {
					t.Errorf("%s\nlacks %s", a.Value, want)
				}
			}
			if sent := challenge.ParseCredentials(a.Value); len(sent.Problems) > 0 {
				t.Errorf("%s has %v", a.Value, sent.Problems)
			}
		})
	}
}

func TestWhatCannotBeAnsweredIsSaid(t *testing.T) {
	for _, tt := range []struct {
		challenge, scheme string
		secret            Secret
		want              string
	}{
		{"", "", Secret{}, "there is no challenge"},
		{`Basic realm="x"`, "Digest", Secret{User: "a"}, "there is no challenge"},
		{`Basic realm="x"`, "", Secret{User: "a:b"}, "cannot hold a colon"},
		{`Basic realm="x"`, "", Secret{User: "a", Password: "b\n"}, "control characters"},
		{`Basic realm="x"`, "", Secret{}, "needs a user name"},
		{`Bearer`, "", Secret{}, "needs a token"},
		{`Bearer`, "", Secret{Token: "a b"}, "cannot have"},
		{`Bearer`, "", Secret{Token: `"abc"`}, "cannot have"},
		{`Digest realm="x"`, "", Secret{User: "a"}, "has no nonce"},
		{`Digest realm="x", nonce="n", algorithm=CRC32`, "", Secret{User: "a"}, "CRC32"},
		{`Digest realm="x", nonce="n", qop="auth-int"`, "", Secret{User: "a"}, "give the content"},
		{`Digest realm="x", nonce="n", qop="best"`, "", Secret{User: "a"}, "offers no qop"},
		{`NTLM`, "", Secret{User: "a"}, "scheme NTLM cannot be answered here"},
		{`DPoP algs="ES256"`, "", Secret{User: "a"}, "scheme DPoP cannot be answered here"},
		{`Unheard`, "", Secret{User: "a"}, "cannot be answered here"},
	} {
		if _, err := For(challenge.Parse([]string{tt.challenge}), tt.scheme, tt.secret); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.challenge, err, tt.want)
		}
	}
	if a, err := For(challenge.Parse([]string{`Digest realm="x", nonce="n", qop="auth-int"`}), "", Secret{User: "a", Content: []byte{}}); err != nil || !strings.Contains(a.Value, "qop=auth-int") {
		t.Errorf("with content: %v %s", err, a.Value)
	}
}

func FuzzFor(f *testing.F) {
	f.Add(`Digest realm="x", nonce="n", qop="auth"`, "user", "password")
	f.Add(`Basic realm="x"`, "user", "password")
	f.Fuzz(func(t *testing.T, line, user, password string) {
		a, err := For(challenge.Parse([]string{line}), "", Secret{User: user, Password: password, Token: password, Nonce: "c"})
		if err == nil && strings.ContainsAny(a.Value, "\r\n\x00") {
			t.Fatalf("%q would break the head", a.Value)
		}
	})
}
