package content

import (
	"bytes"
	"strconv"
	"strings"
)

// ErrorMember tells what servers mean by a member of a JSON or XML document that
// explains an error, by registry/error_members.csv: title, text, code, link, id,
// either (text where it has spaces, else code) or type (a link, else a code).
// Members that tell more have the lower rank. Case, hyphens and underscores are
// all the same.
func (lib *Library) ErrorMember(name string) (role string, rank int, ok bool) {
	if len(name) > 40 {
		return "", 0, false
	}
	all, _ := lib.errors.get() // where the table cannot be read, no member is known
	m, ok := all[memberName(name)]
	return m.role, m.rank, ok
}

// errorMember is a row of registry/error_members.csv.
type errorMember struct {
	role string
	rank int
}

func (lib *Library) errorMembers() (map[string]errorMember, error) {
	rows, err := lib.table("error_members.csv")
	if err != nil {
		return nil, err
	}
	all := map[string]errorMember{}
	for i, r := range rows {
		name := memberName(r["member"])
		if _, taken := all[name]; !taken {
			all[name] = errorMember{r["role"], i}
		}
	}
	return all, nil
}

var memberNames = strings.NewReplacer("_", "", "-", "", ".", "")

func memberName(s string) string {
	if strings.HasPrefix(s, "__") {
		return s // AWS's __type is no type
	}
	return memberNames.Replace(strings.ToLower(s))
}

// ErrorCodeMeans returns what a code of OAuth says that stands in the content of an
// error, as a sentence, by registry/error_codes.csv; empty: it is not known.
// beside: that is worth telling even where the server describes the error, since
// descriptions of this one seldom tell more than the code. Codes that stand in
// challenges are known to their schemes.
func (lib *Library) ErrorCodeMeans(code string) (means string, beside bool) {
	r := lib.row("error_codes.csv", "code", code)
	return r["means"], r["beside"] == "yes"
}

// ErrorPage is who makes contents of errors with certain words.
type ErrorPage struct {
	Product string
	Means   string // what follows from its being the one; a sentence
	Source  string
}

// ErrorPage tells by its words who made the content of an error with a code
// (registry/error_pages.csv). Rows that come first know better.
func (lib *Library) ErrorPage(code int, data []byte) (ErrorPage, bool) {
	rows, err := lib.table("error_pages.csv")
	if err != nil {
		return ErrorPage{}, false
	}
	for _, r := range rows {
		if hasAll(data, r["has"]) && (r["codes"] == "" || strings.Contains(" "+r["codes"]+" ", " "+strconv.Itoa(code)+" ")) {
			return ErrorPage{r["product"], r["means"], r["source"]}, true
		}
	}
	return ErrorPage{}, false
}

// hasAll reports whether data has all pieces of text, which stand between bars.
func hasAll(data []byte, pieces string) bool {
	for piece := range strings.SplitSeq(pieces, "|") {
		if !bytes.Contains(data, []byte(piece)) {
			return false
		}
	}
	return true
}
