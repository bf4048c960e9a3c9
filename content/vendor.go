package content

import (
	"fmt"
	"io/fs"
	"strings"
)

// Family is what is known of all fields whose names begin alike, such as those
// of one product (registry/vendor_fields.csv).
type Family struct {
	Prefix  string // lower case, such as "x-amz-"
	Product string // whose the fields are; empty: nobody's alone
	Summary string
}

// FieldFamily returns the family that a field's name belongs to, compared
// without case. Where several fit, the longest prefix counts.
func (lib *Library) FieldFamily(name string) (Family, bool) {
	name = strings.ToLower(name)
	best := Family{}
	for _, f := range lib.registry.families {
		if len(f.Prefix) > len(best.Prefix) && len(name) > len(f.Prefix) && strings.HasPrefix(name, f.Prefix) {
			best = f
		}
	}
	return best, best.Prefix != ""
}

// readVendorFields enters the fields of products, which IANA does not list. A
// name that ends in an asterisk stands for a family.
func (reg *registry) readVendorFields(fsys fs.FS) error {
	rows, err := readTable(fsys, "vendor_fields.csv")
	if err != nil {
		return err
	}
	for i, r := range rows {
		name := r["name"]
		if name == "" || name != strings.ToLower(name) || r["summary"] == "" || r["source"] == "" {
			return fmt.Errorf("content/registry/vendor_fields.csv:%d: a row needs a name in lower case, a summary and a source", i+2)
		}
		if prefix, ok := strings.CutSuffix(name, "*"); ok {
			reg.families = append(reg.families, Family{prefix, r["product"], r["summary"]})
			continue
		}
		row := reg.fields[name]
		if row.name == "" {
			row.name = canonical(name)
		}
		row.product, row.summary = r["product"], r["summary"]
		reg.fields[name] = row
	}
	return nil
}

// VersionField tells how a field, by its name in lower case, may name the version
// of the software that answers (registry/version_fields.csv): whole, its value is
// one; within, its value may have one behind a product; "": it names none.
func (lib *Library) VersionField(name string) string {
	return lib.row("version_fields.csv", "field", name)["version"]
}
