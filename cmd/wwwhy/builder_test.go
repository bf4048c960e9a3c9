package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"wwwhy/web/challenge"
	"wwwhy/web/credentials"
)

// computed has the page compute answers to challenges and holds each against
// what the terminal computes.
func computed(t *testing.T, ctx context.Context, base, target string) {
	t.Helper()
	typed := func(path, user, secret string) string {
		visit(t, ctx, base+"/inspect?url="+target+path)
		until(t, ctx, `document.querySelector("form.builder") !== null && !document.querySelector("form.builder").hidden`)
		eval[bool](t, ctx, fmt.Sprintf(`(() => {
			const form = document.querySelector("form.builder");
			form.closest("details").open = true;
			const user = form.querySelector("[data-part=user]");
			if (user) user.value = %q;
			form.querySelector("[data-part=secret]").value = %q;
			form.dispatchEvent(new Event("input"));
			return true;
		})()`, user, secret))
		until(t, ctx, `document.querySelector("form.builder output").textContent !== ""`)
		return eval[string](t, ctx, `document.querySelector("form.builder output").textContent`)
	}
	const user, password = "Jürgen", "pässword \"quoted\" 1234567890 1234567890 1234567890 1234567890"
	if got := typed("/basic", user, password); got != "Authorization: Basic SsO8cmdlbjpww6Rzc3dvcmQgInF1b3RlZCIgMTIzNDU2Nzg5MCAxMjM0NTY3ODkwIDEyMzQ1Njc4OTAgMTIzNDU2Nzg5MA==" {
		t.Errorf("Basic: %s", got)
	}
	cnonce := regexp.MustCompile(`cnonce="([0-9a-f]+)"`)
	for _, algorithm := range []string{"MD5", "MD5-sess", "SHA-256", "SHA-256-sess"} {
		got := typed("/digest/"+algorithm, user, password)
		m := cnonce.FindStringSubmatch(got)
		if m == nil {
			t.Errorf("%s: %s", algorithm, got)
			continue
		}
		posed := challenge.Parse([]string{`Digest realm="a \"realm\"", nonce="n/+=", qop="auth", opaque="o", algorithm=` + algorithm})
		want, err := credentials.For(posed, "", credentials.Secret{User: user, Password: password, URI: "/digest/" + algorithm, Nonce: m[1]})
		if err != nil {
			t.Fatal(err)
		}
		if got != "Authorization: "+want.Value {
			t.Errorf("%s: %s\nwant %s", algorithm, got, want.Value)
		}
	}
	if got := typed("/digest/SHA-512-256", user, password); !strings.Contains(got, "Use the command above") {
		t.Errorf("SHA-512-256: %s", got)
	}
	const token = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3NjcyMjU2MDAsImlzcyI6Imh0dHBzOi8vYXMuZXhhbXBsZSJ9.c2ln"
	if got := typed("/api", "", token); got != "Authorization: Bearer "+token {
		t.Errorf("Bearer: %s", got)
	}
	said := eval[string](t, ctx, `document.querySelector("form.builder ul").innerText`)
	for _, want := range []string{"signed with RS256", "exp: 2026-01-01T00:00:00.000Z", "it has expired", "iss: https://as.example"} {
		if !strings.Contains(said, want) {
			t.Errorf("the token's claims lack %q: %s", want, said)
		}
	}
	if sent := eval[float64](t, ctx, `performance.getEntriesByType("resource").filter(e => !e.name.includes("/static/")).length`); sent != 0 {
		t.Errorf("the page sent %v requests", sent)
	}
	accessible(t, ctx, axe(t), "a computed answer")
}
