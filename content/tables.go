package content

import (
	"fmt"
	"strings"
)

// languages gives the columns of registry/language_constants.csv names for
// people, in the order in which the table shows them.
var languages = []struct{ column, name string }{
	{"go_net_http", "Go, net/http"},
	{"python_http_HTTPStatus", "Python, http"},
	{"starlette_fastapi_status", "FastAPI, Starlette"},
	{"django_rest_framework_status", "Django REST framework"},
	{"python_httpx_codes", "Python, httpx"},
	{"node_http_STATUS_CODES_phrase", "Node.js, http.STATUS_CODES"},
	{"npm_http_status_codes_StatusCodes", "JavaScript, http-status-codes"},
	{"angular_HttpStatusCode", "Angular"},
	{"java_HttpURLConnection", "Java, HttpURLConnection"},
	{"spring_HttpStatus", "Spring"},
	{"jakarta_rest_Response_Status", "Jakarta REST"},
	{"apache_httpcomponents_HttpStatus", "Apache HttpComponents"},
	{"jetty_HttpStatus", "Jetty"},
	{"kotlin_ktor_HttpStatusCode", "Kotlin, Ktor"},
	{"scala_http4s_Status", "Scala, http4s"},
	{"dotnet_HttpStatusCode", ".NET, HttpStatusCode"},
	{"aspnetcore_StatusCodes", "ASP.NET Core"},
	{"rust_http_StatusCode", "Rust, http"},
	{"ruby_rack_rails_symbol", "Ruby, Rack and Rails"},
	{"ruby_net_http_class", "Ruby, Net::HTTP"},
	{"php_symfony_laravel_Response", "PHP, Symfony and Laravel"},
	{"perl_HTTP_Status", "Perl, HTTP::Status"},
	{"elixir_plug_atom", "Elixir, Plug and Phoenix"},
	{"swift_HTTPTypes_Status", "Swift, HTTPTypes"},
	{"cpp_boost_beast_status", "C++, Boost.Beast"},
	{"c_libsoup", "C, libsoup"},
	{"c_apache_httpd", "C, Apache httpd"},
	{"c_nginx", "C, nginx"},
}

// tableFor returns the Markdown of a table that is made from a registry for
// one code, or "" where the registry has nothing for it.
func (lib *Library) tableFor(p *Page, name string) string {
	switch name {
	case "constants":
		return lib.constantsTable(p.Slug)
	case "iis":
		return lib.iisTable(p.Slug)
	case "redirects":
		return lib.redirectsTable()
	case "config":
		return lib.configFor(p)
	case "cookie":
		return cookieCode
	}
	return ""
}

// Constant is the name of a code in a language or framework.
type Constant struct {
	Language string `json:"language"`
	Name     string `json:"name"`
}

// Constants returns what languages and frameworks call a code.
func (lib *Library) Constants(code int) []Constant {
	rows, err := lib.table("language_constants.csv")
	if err != nil {
		return nil
	}
	all := []Constant{}
	for _, r := range rows {
		if r["code"] != fmt.Sprint(code) {
			continue
		}
		for _, l := range languages {
			if r[l.column] != "" {
				all = append(all, Constant{l.name, r[l.column]})
			}
		}
	}
	return all
}

func (lib *Library) constantsTable(slug string) string {
	var code int
	fmt.Sscan(slug, &code)
	var b strings.Builder
	for _, c := range lib.Constants(code) {
		if b.Len() == 0 {
			b.WriteString("| Language or framework | Name |\n|---|---|\n")
		}
		fmt.Fprintf(&b, "| %s | %s |\n", c.Language, codeCell(c.Name))
	}
	return b.String()
}

// codeCell sets names in code, those of a cell with several one by one.
func codeCell(names string) string {
	var all []string
	for n := range strings.SplitSeq(names, " | ") {
		name, note, found := strings.Cut(n, " (")
		name = "`" + name + "`"
		if found {
			name += " (" + note
		}
		all = append(all, name)
	}
	return strings.Join(all, ", ")
}

func (lib *Library) iisTable(slug string) string {
	rows, err := lib.table("iis_substatus.csv")
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, r := range rows {
		if r["http_status"] != slug {
			continue
		}
		if b.Len() == 0 {
			b.WriteString("IIS logs a substatus beside the code and shows it on its own error page; it is not part of HTTP.\n\n")
			b.WriteString("| Substatus | Meaning | Since IIS |\n|---|---|---|\n")
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r["code"], r["meaning"], r["since_iis"])
	}
	return b.String()
}

// redirectsTable shows what clients made of each redirect, as we tried it; the
// pages of 301, 302, 307 and 308 share it.
func (lib *Library) redirectsTable() string {
	rows, err := lib.table("redirect_clients.csv")
	if err != nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("What we saw on the second request:\n\n")
	b.WriteString("| Client | POST after 301, 302 | PUT after 301, 302 | POST, PUT after 303 | POST, PUT after 307, 308 | Gives up after |\n")
	b.WriteString("|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r["client"],
			r["post_301_302"], r["put_301_302"], r["post_put_303"], r["post_put_307_308"], r["gives_up_after"])
	}
	b.WriteString("\n`Authorization` does not survive the way to another host in browsers, curl, `fetch`, axios, Go, PHP and Python's requests and httpx. " +
		"Java's `HttpClient` and Python's `urllib` send it along, to whomever Location names. " +
		"Another port of the same host is another origin for all of the first group but Go, which looks at the name only.\n")
	return b.String()
}

// GRPC returns the gRPC statuses that answer to an HTTP code, such as
// "UNAUTHENTICATED (16)", by google.rpc.Code.
func (lib *Library) GRPC(code int) []string {
	rows, err := lib.table("grpc_mapping.csv")
	if err != nil {
		return nil
	}
	var all []string
	for _, r := range rows {
		if r["direction"] == "grpc_to_http" && r["http_status"] == fmt.Sprint(code) {
			all = append(all, fmt.Sprintf("%s (%s)", r["grpc_status"], r["grpc_number"]))
		}
	}
	return all
}

// TakenFor returns the gRPC status that a gRPC client makes of an HTTP code
// that comes without one, by grpc's http-grpc-status-mapping.md; "" for codes
// that are no errors.
func (lib *Library) TakenFor(code int) string {
	rows, err := lib.table("grpc_mapping.csv")
	if err != nil || code < 400 {
		return ""
	}
	for _, r := range rows {
		if r["direction"] == "http_to_grpc" && (r["http_status"] == fmt.Sprint(code) || strings.HasPrefix(r["http_status"], "other")) {
			return fmt.Sprintf("%s (%s)", r["grpc_status"], r["grpc_number"])
		}
	}
	return ""
}
