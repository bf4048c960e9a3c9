package content

import (
	"fmt"
	"regexp"
	"strconv"
)

// Sign lets guess which credentials a server wants that refuses without a
// challenge (registry/credential_signs.csv). The likeliest come first.
type Sign struct {
	Code    int            // 401 or 407
	Where   string         // name of the response's field in small letters; "request": names of the request's fields; "words": what the content says of the error; "content"; empty: stands where no other sign is
	Has     *regexp.Regexp // what is found there, whatever the case; its first group that matches, or all of it, is the {value}
	Because Sentence
	Next    string
	Send    Sentence // the field line to send; empty: none can be said
}

// Signs returns all of them, in the order of the table.
func (lib *Library) Signs() []Sign {
	all, _ := lib.signs.get() // where the table cannot be read, there are none
	return all
}

func (lib *Library) readSigns() ([]Sign, error) {
	rows, err := lib.table("credential_signs.csv")
	if err != nil {
		return nil, err
	}
	all := make([]Sign, len(rows))
	for i, r := range rows {
		code, err := strconv.Atoi(r["code"])
		if err != nil {
			return nil, fmt.Errorf("registry/credential_signs.csv:%d: %w", i+2, err)
		}
		has, err := regexp.Compile("(?i)" + r["has"])
		if err != nil {
			return nil, fmt.Errorf("registry/credential_signs.csv:%d: %w", i+2, err)
		}
		all[i] = Sign{code, r["where"], has, Sentence(r["because"]), r["next"], Sentence(r["send"])}
	}
	return all, nil
}
