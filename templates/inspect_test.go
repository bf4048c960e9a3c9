package templates

import (
	"reflect"
	"testing"
)

// TestEveryOptionCounts sets each field of the form: but for the address, it opens
// the options, and leads to the same inspection again.
func TestEveryOptionCounts(t *testing.T) {
	ours := map[string]bool{"URL": true, "API": true} // no options
	kind := reflect.TypeFor[InspectView]()
	for i := range kind.NumField() {
		f := kind.Field(i)
		if ours[f.Name] || f.Type.Kind() != reflect.String && f.Type.Kind() != reflect.Bool || f.Name == "Durable" || (f.Name != "Origin" && len(f.Name) > 6 && f.Name[:6] == "Script") {
			continue // what a script sends counts with its origin
		}
		var v InspectView
		if field := reflect.ValueOf(&v).Elem().Field(i); f.Type.Kind() == reflect.Bool {
			field.SetBool(true)
		} else {
			field.SetString("x")
		}
		if !v.chosen() {
			t.Errorf("%s is not told to be chosen", f.Name)
		}
		set := false
		for _, pair := range v.again() {
			set = set || pair[1] != ""
		}
		if !set {
			t.Errorf("%s is lost when it is asked again", f.Name)
		}
	}
}
