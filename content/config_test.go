package content

import (
	"strings"
	"testing"
)

func TestServersAreToldHowToSendAField(t *testing.T) {
	lib, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	markdown := lib.Markdown(&lib.Finding("permissions-policy-value").Page)
	for _, want := range []string{
		`add_header Permissions-Policy "camera=(), microphone=(), geolocation=(self \"https://maps.example\")" always;`,
		`Header always set Permissions-Policy "camera=(), microphone=(), geolocation=(self \"https://maps.example\")"`,
		"header Permissions-Policy `camera=(), microphone=(), geolocation=(self \"https://maps.example\")`",
		`res.set("Permissions-Policy", "camera=(), microphone=(), geolocation=(self \"https://maps.example\")");`,
		"w.Header().Set(\"Permissions-Policy\", `camera=(), microphone=(), geolocation=(self \"https://maps.example\")`)",
	} {
		if strings.Count(markdown, want) != 1 {
			t.Errorf("the page has not once: %s", want)
		}
	}
	if got := lib.Markdown(&lib.Finding("disposition-filename").Page); !strings.Contains(got, "b%%C3%%BCcher") {
		t.Error("Apache's percent signs are not doubled")
	}
	if got := lib.Markdown(&lib.Finding("version-disclosed").Page); !strings.Contains(got, "proxy_hide_header X-Powered-By;") || !strings.Contains(got, "header -X-Powered-By") {
		t.Error("nothing tells how to leave a field out")
	}
	if got := lib.Markdown(&lib.Finding("cookie-twice").Page); strings.Count(got, "setcookie(") != 1 {
		t.Error("nothing tells how to set a cookie")
	}
	if got := lib.Markdown(&lib.Finding("failure-dns").Page); strings.Contains(got, "add_header") {
		t.Error("a failure has a server's configuration")
	}
}
