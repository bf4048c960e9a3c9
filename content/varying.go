package content

import (
	"strings"
	"sync"
)

// Varying says what of a field's value is another in each answer, though
// nothing has changed.
type Varying struct {
	// Varies is whole: the value; comes: the value, and whether it is there at all;
	// cookie: a cookie's value; date: it is a time counted from Date; nonce: the
	// nonces in a policy; challenge: the nonces in a challenge.
	Varies string
	Why    string // goes on "That is expected:"
}

// varying is registry/varying_fields.csv by name. It is no part of a Library:
// reports are compared without one.
var varying = sync.OnceValue(func() map[string]Varying {
	all := map[string]Varying{}
	rows, _ := readTable(files, "varying_fields.csv") // the tests refuse what is wrong with it
	for _, r := range rows {
		all[r["field"]] = Varying{r["varies"], r["why"]}
	}
	return all
})

// Varies returns what of a field is another in each answer, if anything is.
func Varies(field string) (Varying, bool) {
	field = strings.ToLower(field)
	v, ok := varying()[field]
	if at := strings.LastIndexByte(field, '-'); !ok && at > 0 {
		v, ok = varying()[field[:at+1]+"*"]
	}
	return v, ok
}
