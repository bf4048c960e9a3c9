package content

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// registry is the tables of content/registry, which stay as they are published
// so that a refresh is a plain diff.
type registry struct {
	status  map[int]statusRow
	fields  map[string]fieldRow  // by lower-case name
	schemes map[string]schemeRow // by lower-case name

	families []Family // of fields
}

type statusRow struct {
	phrase string
	Registry
}

type fieldRow struct {
	name, status, reference string
	structured              string // type of the structured field, as registered
	product, summary        string // of a product's own field
	given                   bool   // up, by registry/retired_fields.csv
	instead                 string
}

// syntax names the grammar of a structured field, or none.
func (r fieldRow) syntax() string {
	return map[string]string{"Item": "item", "Token": "item", "List": "sf-list", "Dictionary": "dictionary"}[r.structured]
}

// retired reports a field that is given up, and what to use instead: the
// registry says so, or nobody heeds it any more. Pragma and Accept-Charset are
// called deprecated and are still sent by everybody.
func (r fieldRow) retired() (state, instead string) {
	name := strings.ToLower(r.name)
	if r.given || r.status == "obsoleted" || r.status == "deprecated" && name != "pragma" && name != "accept-charset" {
		return "obsolete", r.instead
	}
	return "", ""
}

// about is what the tables alone tell of a field.
func (r fieldRow) about() string {
	switch {
	case r.summary != "" && r.product != "":
		return r.product + ": " + strings.ToLower(r.summary[:1]) + r.summary[1:]
	case r.summary != "":
		return r.summary
	case r.status == "":
		return "A field that is in use but not in the IANA registry."
	}
	return "Registered with IANA as " + r.status + "; defined in " + r.reference + "."
}

type schemeRow struct {
	name, reference string
	registered      bool
}

// summary is what the registry alone tells of a scheme.
func (r schemeRow) summary() string {
	if r.registered {
		return "Registered with IANA; defined in " + r.reference + "."
	}
	if r.reference == "none" {
		return "In use, but not registered, and defined nowhere."
	}
	return "In use, but not registered; described in " + r.reference + "."
}

// table is a CSV file read whole, its cells by column name.
type table []map[string]string

func readTable(fsys fs.FS, name string) (table, error) {
	file := path.Join("registry", name)
	f, err := fsys.Open(file)
	if err != nil {
		return nil, fmt.Errorf("opening a registry: %w", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("content/%s: %w", file, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("content/%s:1: the table has no heading", file)
	}
	var t table
	for _, r := range rows[1:] {
		cells := make(map[string]string, len(r))
		for i, column := range rows[0] {
			cells[column] = r[i]
		}
		t = append(t, cells)
	}
	return t, nil
}

// table returns a table of the registry, which is read once.
func (lib *Library) table(name string) (table, error) {
	if t, ok := lib.tables.Load(name); ok {
		return t.(table), nil
	}
	t, err := readTable(lib.fsys, name)
	if err != nil {
		return nil, err
	}
	lib.tables.Store(name, t)
	return t, nil
}

// row returns the first row of a table that has a value in a column; nil: there is
// none, or the table cannot be read, which the tests refuse.
func (lib *Library) row(name, column, value string) map[string]string {
	rows, _ := lib.table(name)
	for _, r := range rows {
		if r[column] == value {
			return r
		}
	}
	return nil
}

func readRegistry(fsys fs.FS) (registry, error) {
	reg := registry{status: map[int]statusRow{}, fields: map[string]fieldRow{}, schemes: map[string]schemeRow{}}
	codes, err := readTable(fsys, "status_codes.csv")
	if err != nil {
		return reg, err
	}
	for _, r := range codes {
		code, err := strconv.Atoi(r["code"])
		if err != nil {
			return reg, fmt.Errorf("content/registry/status_codes.csv: the code %q is not a number", r["code"])
		}
		reference, _, _ := strings.Cut(spaced(r["reference"]), ";") // what follows is a note
		if d := r["section_detail"]; d != "" {
			reference += ", " + d
		}
		reg.status[code] = statusRow{r["phrase"], Registry{reference, r["cacheable_by_default"], spaced(r["state"]), spaced(r["notes"])}}
	}
	for _, name := range []string{"header_fields_unregistered.csv", "header_fields.csv"} {
		rows, err := readTable(fsys, name)
		if err != nil {
			return reg, err
		}
		for _, r := range rows {
			reg.fields[strings.ToLower(r["name"])] = fieldRow{name: r["name"], status: r["status"], reference: spaced(r["reference"]), structured: r["structured_type"]}
		}
	}
	retired, err := readTable(fsys, "retired_fields.csv")
	if err != nil {
		return reg, err
	}
	for _, r := range retired {
		row := reg.fields[strings.ToLower(r["name"])]
		row.name, row.given, row.instead = r["name"], true, r["instead"]
		if row.summary == "" {
			row.summary = "Given up: " + r["why"] + "."
		}
		reg.fields[strings.ToLower(r["name"])] = row
	}
	delete(reg.fields, "*") // the registry reserves the name; it is no field
	if err := reg.readVendorFields(fsys); err != nil {
		return reg, err
	}
	schemes, err := readTable(fsys, "auth_schemes.csv")
	if err != nil {
		return reg, err
	}
	for _, r := range schemes {
		for name := range strings.SplitSeq(r["scheme"], " / ") {
			reg.schemes[strings.ToLower(name)] = schemeRow{name, strings.TrimSpace(spaced(r["reference"])), r["registered"] == "yes"}
		}
	}
	return reg, nil
}

var rfcNumber = regexp.MustCompile(`\bRFC(\d)`)

// spaced writes the registries' "RFC9110" as people do, "RFC 9110".
func spaced(s string) string { return rfcNumber.ReplaceAllString(s, "RFC $1") }
