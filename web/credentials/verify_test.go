package credentials

import (
	"strings"
	"testing"

	"wwwhy/web/challenge"
)

// TestWhatIsAnsweredVerifies holds both sides against each other.
func TestWhatIsAnsweredVerifies(t *testing.T) {
	me := Secret{User: "user", Password: "passwd", Method: "GET", URI: "/try/401?scheme=digest"}
	for _, posed := range []string{
		`Basic realm="x"`,
		`Digest realm="x", nonce="n"`,
		`Digest realm="x", nonce="n", qop="auth", algorithm=MD5-sess`,
		`Digest realm="x", nonce="n", qop="auth", algorithm=SHA-256, userhash=true`,
		`Digest realm="x", nonce="n", qop="auth", algorithm=SHA-512-256`,
	} {
		answer, err := For(challenge.Parse([]string{posed}), "", me)
		if err != nil {
			t.Fatal(err)
		}
		sent := challenge.ParseCredentials(answer.Value)
		if !Verifies(sent, me) {
			t.Errorf("%s: %s is not taken", posed, answer.Value)
		}
		for name, change := range map[string]func(*Secret){
			"password": func(s *Secret) { s.Password = "other" }, "user": func(s *Secret) { s.User = "other" },
		} {
			other := me
			change(&other)
			if Verifies(sent, other) {
				t.Errorf("%s: another %s is taken", posed, name)
			}
		}
		if other := me; strings.HasPrefix(posed, "Digest") {
			other.URI = "/"
			if Verifies(sent, other) {
				t.Errorf("%s: another URI is taken", posed)
			}
			other.URI, other.Method = me.URI, "POST"
			if Verifies(sent, other) {
				t.Errorf("%s: another method is taken", posed)
			}
		}
	}
	// RFC 7616, Section 3.9.1.
	const mufasa = `Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
	if !Verifies(challenge.ParseCredentials(mufasa), Secret{User: "Mufasa", Password: "Circle of Life", URI: "/dir/index.html"}) {
		t.Error("the example of RFC 7616 is not taken")
	}
	for _, sent := range []string{"", "Basic", "Basic !!", "Digest", `Digest username="user", response="x"`, "Bearer x", mufasa} {
		if Verifies(challenge.ParseCredentials(sent), me) {
			t.Errorf("%q is taken", sent)
		}
	}
}
