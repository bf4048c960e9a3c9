package content

import "testing"

func TestPathsOfLoginPages(t *testing.T) {
	lib := library(t)
	for path, want := range map[string]bool{"/login": true, "/a/Sign-In/": true, "/wp/login.php": true, "/users/sign_in": true, "/blogin": false, "/": false, "": false, "/login.html": false} {
		if got := lib.LoginPath(path); got != want {
			t.Errorf("%q: %t", path, got)
		}
	}
}
