package content

import (
	"regexp"
	"strings"
)

// Substatus is what IIS adds to a code, in its log and on its page of an error.
type Substatus struct {
	Name    string // as 401.2
	Meaning string // empty: it is not in registry/iis_substatus.csv
	Part    string // anchor of the part of the code's article that lists them
}

// substatusName is a code with its substatus, as IIS shows and logs it and people
// copy it.
var substatusName = regexp.MustCompile(`^(?:http )?(?:error )?(([1-5][0-9]{2})\.[0-9]{1,3})$`)

// Substatus reads a name such as 401.2, or "HTTP Error 401.2". It returns false
// where it is none, or where the article on the code lists none.
func (lib *Library) Substatus(name string) (Substatus, bool) {
	m := substatusName.FindStringSubmatch(strings.ToLower(strings.TrimSpace(name)))
	if m == nil {
		return Substatus{}, false
	}
	rows, _ := lib.table("iis_substatus.csv") // where it cannot be read, there is none
	out, listed := Substatus{Name: m[1], Part: "iis"}, false
	for _, r := range rows {
		listed = listed || r["http_status"] == m[2]
		if r["code"] == m[1] {
			out.Meaning = r["meaning"]
		}
	}
	return out, listed
}
