package content

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// certificate writes a certificate that signs itself and its key into one file.
func certificate(t *testing.T, folder string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "www.example.com"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return written(t, folder, "site.pem", string(append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)))
}

// statementsOf names the directives of the outermost level of nginx's
// configuration.
func statementsOf(code string) (names []string) {
	depth, start, quote, comment := 0, 0, byte(0), false
	for i := 0; i < len(code); i++ {
		c := code[i]
		switch {
		case comment:
			comment = c != '\n'
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#' && (i == 0 || strings.IndexByte(" \t\n;{}", code[i-1]) >= 0):
			comment = true
		case c == '{' && i > 0 && code[i-1] != '$':
			depth++
		case c == '}' && depth > 0:
			depth--
		}
		if !comment && quote == 0 && depth == 0 && (c == ';' || c == '}') {
			words := strings.Fields(commentLine.ReplaceAllString(code[start:i+1], ""))
			start = i + 1
			if len(words) > 0 {
				names = append(names, words[0])
			}
		}
	}
	return names
}

var (
	commentLine  = regexp.MustCompile(`(?m)^\s*#.*$`)
	listened     = regexp.MustCompile(`(\blisten\s+)(\d+)`)
	listenless   = regexp.MustCompile(`(?m)^(\s*server\s*\{)`)
	proxiedTo    = regexp.MustCompile(`_pass\s+\w+://([a-z][\w.-]*)`)
	upstreamName = regexp.MustCompile(`upstream\s+(\S+)\s*\{`)
)

// ofHTTP are the directives that stand in nginx's http block only.
var ofHTTP = []string{"map", "upstream", "server", "log_format", "limit_req_zone", "limit_conn_zone", "proxy_cache_path", "geo", "split_clients"}

// nginxConfig puts a fragment where it belongs. Paths and ports become those of
// the test, names of servers become upstreams, so that none is looked up.
func nginxConfig(code, folder, pem string) string {
	code = listened.ReplaceAllString(code, "${1}127.0.0.1:2$2")
	code = regexp.MustCompile(`/etc/(?:nginx|ssl)/\S+\.(?:pem|key)\b`).ReplaceAllString(code, pem)
	code = regexp.MustCompile(`/var/(?:log|cache)/nginx/`).ReplaceAllString(code, folder+"/")
	code = listenless.ReplaceAllStringFunc(code, func(open string) string { return open + " listen 127.0.0.1:28000; " })
	var prelude strings.Builder
	fmt.Fprintf(&prelude, "ssl_certificate %s; ssl_certificate_key %s; access_log off;\n", pem, pem)
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&prelude, "%s_temp_path %s;\n", kind, filepath.Join(folder, kind))
	}
	var known []string
	for _, m := range upstreamName.FindAllStringSubmatch(code, -1) {
		known = append(known, m[1])
	}
	for _, m := range proxiedTo.FindAllStringSubmatch(code, -1) {
		if !slices.Contains(known, m[1]) {
			known = append(known, m[1])
			fmt.Fprintf(&prelude, "upstream %s { server 127.0.0.1:9; }\n", m[1])
		}
	}
	start := fmt.Sprintf("pid %s/pid; error_log %s/log;\nevents {}\n", folder, folder)
	server := true // what a block has stands on one level, so that it can be pasted there
	for _, s := range statementsOf(code) {
		if s == "http" {
			return start + strings.Replace(code, "{", "{\n"+prelude.String(), 1)
		}
		server = server && !slices.Contains(ofHTTP, s)
	}
	if server {
		code = "server { listen 127.0.0.1:28001;\n" + code + "}\n"
	}
	return start + "http {\n" + prelude.String() + code + "}\n"
}

func checkNginx(t *testing.T, tool string, all []snippet) []error {
	pem := certificate(t, t.TempDir())
	return each(all, func(i int, s snippet) error {
		folder := t.TempDir()
		config := nginxConfig(s.code, folder, pem)
		return said(t.Context(), "", nil, tool, "-t", "-q", "-p", folder, "-e", "stderr", "-c", written(t, folder, "nginx.conf", config))
	})
}

// apacheModules are those that the blocks need.
var apacheModules = strings.Fields(`mpm_event authn_core authn_file authz_core authz_host authz_user auth_basic auth_digest alias brotli
	cgid deflate dir env expires filter headers http2 mime negotiation proxy proxy_connect proxy_http proxy_wstunnel remoteip reqtimeout
	rewrite setenvif socache_shmcb ssl`)

func checkApache(t *testing.T, tool string, all []snippet) []error {
	modules := os.Getenv("WWWHY_APACHE_MODULES")
	if modules == "" {
		modules = "/usr/lib/apache2/modules"
	}
	return each(all, func(_ int, s snippet) error {
		folder := t.TempDir()
		var b strings.Builder
		for _, name := range apacheModules {
			fmt.Fprintf(&b, "LoadModule %s_module %s/mod_%s.so\n", name, modules, name)
		}
		fmt.Fprintf(&b, "ServerRoot %s\nServerName localhost\nListen 127.0.0.1:28002\nPidFile pid\nErrorLog error.log\nDocumentRoot %s\nTypesConfig mime.types\n", folder, folder)
		written(t, folder, "mime.types", "text/html html\n")
		b.WriteString(s.code)
		return said(t.Context(), "", nil, tool, "-t", "-f", written(t, folder, "apache.conf", b.String()))
	})
}

// checkCaddy validates the fragments at once, each in a site of its own; where
// that fails, one by one, as blocks that are whole are.
func checkCaddy(t *testing.T, tool string, all []snippet) []error {
	var together strings.Builder
	for i, s := range all {
		if !wholeCaddyfile(s.code) {
			fmt.Fprintf(&together, "http://%d.example {\n%s}\n", i, s.code)
		}
	}
	folder := t.TempDir()
	env := []string{"HOME=" + folder, "XDG_DATA_HOME=" + folder, "XDG_CONFIG_HOME=" + folder}
	validate := func(name, code string) error {
		return said(t.Context(), "", env, tool, "validate", "--adapter", "caddyfile", "--config", written(t, folder, name, code))
	}
	fine := validate("all", together.String()) == nil
	return each(all, func(i int, s snippet) error {
		code := s.code
		if !wholeCaddyfile(code) {
			if fine {
				return nil
			}
			code = "http://a.example {\n" + code + "}\n"
		}
		return validate(fmt.Sprint(i), code)
	})
}

// wholeCaddyfile reports whether a block begins with global options or with the
// address of a site.
func wholeCaddyfile(code string) bool {
	first, _, _ := strings.Cut(code, "\n")
	return first == "{" || regexp.MustCompile(`^[a-z.]+\.[a-z]+.*\{$`).MatchString(first)
}

var (
	sectionOfHAProxy = regexp.MustCompile(`(?m)^(global|defaults|frontend|backend|listen|userlist)\b`)
	backendUsed      = regexp.MustCompile(`(?:default_backend|use_backend) (\S+)`)
)

func checkHAProxy(t *testing.T, tool string, all []snippet) []error {
	pem := certificate(t, t.TempDir())
	return each(all, func(i int, s snippet) error {
		code := strings.ReplaceAll(s.code, "/etc/haproxy/site.pem", pem)
		switch frontend := "frontend web\n    bind 127.0.0.1:28003\n    default_backend app\n"; {
		case !sectionOfHAProxy.MatchString(code):
			code = frontend + code
		case !strings.Contains("\n"+code, "\nfrontend "):
			code += frontend
		}
		if !strings.Contains(code, "\ndefaults") && !strings.HasPrefix(code, "defaults") {
			code = "defaults\n    mode http\n    timeout connect 5s\n    timeout client 5s\n    timeout server 5s\n" + code
		}
		for _, m := range backendUsed.FindAllStringSubmatch(code, -1) {
			if !regexp.MustCompile(`(?m)^backend ` + m[1] + `$`).MatchString(code) {
				code += "\nbackend " + m[1] + "\n    server one 127.0.0.1:9\n"
			}
		}
		return said(t.Context(), "", nil, tool, "-c", "-dW", "-f", written(t, t.TempDir(), "haproxy.cfg", code))
	})
}
