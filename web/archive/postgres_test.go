package archive

import (
	"net/url"
	"testing"
)

func withDatabase(t testing.TB, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("WWWHY_TEST_POSTGRES is no URL")
	}
	u.Path = "/" + name
	return u.String()
}
