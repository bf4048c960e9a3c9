package inspect

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestRealServersAreExplained explains what real servers answered: nginx 1.22,
// Apache 2.4, Squid 5.7, docker-registry 2.8, oidc-provider 8, Apache with Kerberos and the TypeScript
// SDK of the Model Context Protocol, captured with curl -i. Then frameworks and
// smaller servers: Bottle 0.12, CherryPy 18.8, CUPS 2.4, Django REST framework
// 3.14, FastAPI 0.92, Fastify with its plugins, Flask-HTTPAuth 4.5, HAProxy 2.6, Hono's
// jwt, http-auth for Node.js, lighttpd 1.4, Passport, Prometheus 2.42, Radicale
// 3.1, Transmission 3.0, Twisted 22.4 and WEBrick 1.8. Later Caddy 2, distribution 3,
// Alertmanager 0.25, mod_auth_openidc 2.4, express-oauth2-jwt-bearer 1.10, Verdaccio 6,
// Prosody 0.12, Rails 6.1, mitmproxy 8, RabbitMQ 3.10 and oauth2-proxy 7. Last
// Squid with a realm in marks, Tinyproxy 1.11 with a wrong password, a token
// endpoint of oidc-provider 9, and nginx with auth_request and limits.
func TestRealServersAreExplained(t *testing.T) {
	files, err := filepath.Glob("testdata/servers/*.http")
	if err != nil || len(files) < 48 {
		t.Fatalf("%d captures, %v", len(files), err)
	}
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r, err := New(lib, Config{}).Text(t.Context(), string(text), Pasted{})
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := report.WriteText(&got, r, report.TextOptions{}); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".http") + ".txt"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("the explanation is another one (-update writes it):\n%s", got.String())
			}
		})
	}
}
