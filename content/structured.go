package content

import "strings"

// StructuredType is what a member of a structured field must be, by
// registry/structured_types.csv. Member is "*" for each member, a key of a
// dictionary, or "" for an item itself.
type StructuredType struct {
	Syntax string // of the field: "item", "sf-list", "dictionary"
	Member string
	Types  []string // "token", "string", "bytes", "integer", "boolean", "date", "list"
	Spec   string
}

// StructuredTypes returns what is known of the members of a structured field.
func (lib *Library) StructuredTypes(field string) []StructuredType {
	all, err := lib.structured.get()
	if err != nil {
		return nil
	}
	return all[strings.ToLower(field)]
}

func (lib *Library) structuredTypes() (map[string][]StructuredType, error) {
	rows, err := lib.table("structured_types.csv")
	if err != nil {
		return nil, err
	}
	all := map[string][]StructuredType{}
	for _, r := range rows {
		all[r["field"]] = append(all[r["field"]], StructuredType{r["syntax"], r["member"], strings.Fields(r["types"]), r["spec"]})
	}
	return all, nil
}
