package content

import "strings"

// Kinds lists the kinds of pages, in the order of lists.
var Kinds = []Kind{KindCode, KindField, KindScheme, KindFinding, KindGuide}

// One is the name of one page of a kind, as Lookup has it before a colon.
func (k Kind) One() string { return strings.TrimSuffix(string(k), "s") }
