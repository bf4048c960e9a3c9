package content

// Status is a status code: the facts of its registration and the words of its
// article. It covers registered codes and those that vendors made up.
type Status struct {
	Page     `yaml:",inline"`
	Code     int        `yaml:"-"`
	Phrase   string     `yaml:"-"` // registered phrase, else that of the first use
	Registry *Registry  `yaml:"-"` // nil: IANA does not register the code
	Retry    string     `yaml:"retry"`
	Sender   string     `yaml:"sender"`
	Body     string     `yaml:"body"`
	Usual    []string   `yaml:"usual"`    // fields that often come with it, beside those that must
	Browsers string     `yaml:"browsers"` // what a browser does that it does not do for every code of the class
	Search   string     `yaml:"search"`   // what a search engine makes of a page that answers so
	Uses     []Use      `yaml:"uses"`
	Requires []Required `yaml:"requires"`
	Answers  []string   `yaml:"answers"` // request fields of which one must have been there for the code to make sense
	Demands  []string   `yaml:"demands"` // request fields for want of one of which the code is sent
	Repeats  []string   `yaml:"repeats"` // fields that it must have where the 200 to the same request has them
}

// Registry is a row of the IANA HTTP Status Code Registry.
type Registry struct {
	Reference string // such as "RFC 9110, Section 15.5.2"
	Cacheable string // cacheable by default: "yes", "no" or a word on why neither
	State     string // registered, unused, temporary, obsoleted
	Notes     string
}

// Use is what a vendor means by a code.
type Use struct {
	Product string `yaml:"product"`
	Phrase  string `yaml:"phrase"`
	Kind    string `yaml:"kind"`
	Wire    string `yaml:"wire"` // yes, rare, no, "as 400"
	State   string `yaml:"state"`
	Meaning string `yaml:"meaning"`
	Source  string `yaml:"source"`
}

// Required is a response field that a status must have, and the finding that
// is reported where it is missing. Without says what an answer without it means,
// where the summary would promise it; empty: as the summary.
type Required struct {
	Field   string `yaml:"field"`
	Finding string `yaml:"finding"`
	Without string `yaml:"without"`
}

// Field is a header field: what the registries say of it and, where somebody wrote
// of it, what its page says.
type Field struct {
	Page      `yaml:",inline"`
	Name      string `yaml:"-"` // as registered or, for a private one, as its article's file suggests
	Status    string `yaml:"-"` // IANA: permanent, provisional, deprecated, obsoleted; empty: not registered
	Reference string `yaml:"-"`
	Syntax    string `yaml:"syntax"`
	In        string `yaml:"in"`
	Single    bool   `yaml:"single"`
	State     string `yaml:"state"`
	Instead   string `yaml:"instead"`
	Product   string `yaml:"product"`
	Parts     []Part `yaml:"parts"`
}

// yields reports whether a scheme of the same name is what people mean: nobody
// wrote of the field, or nobody should send it any more.
func (f *Field) yields() bool { return !f.Written() || f.State == "obsolete" }

// Part explains a directive, parameter or attribute of a field's value. What it
// says of them beside the words, the rules about the field go by.
type Part struct {
	Name    string   `yaml:"name"`
	Summary Sentence `yaml:"summary"`
	Spec    string   `yaml:"spec"`
	Kind    string   `yaml:"kind"`   // of what does not stand by itself: parameter (of a value), source (of a directive)
	In      string   `yaml:"in"`     // request, where responses do not have it; empty: as the field
	State   string   `yaml:"state"`  // obsolete: nobody heeds it any more
	Bare    bool     `yaml:"bare"`   // it takes no value
	Values  []string `yaml:"values"` // the only ones that it takes; empty: it is not limited to some
}

// Sentence returns what the piece is, without its value, as Markdown, and where
// that is said.
func (p Part) Sentence() string {
	text := p.Summary.With(map[string]string{"value": ""})
	if p.Spec != "" {
		text += " (" + p.Spec + ")"
	}
	return text
}

// Scheme is an authentication scheme: its challenges' parameters, what to answer
// and who can. Sentences have places for parameters, in braces.
type Scheme struct {
	Page          `yaml:",inline"`
	Name          string      `yaml:"-"`
	Registered    bool        `yaml:"-"`
	Reference     string      `yaml:"-"`
	Token68       bool        `yaml:"token68"`
	Asks          Sentence    `yaml:"asks"`
	Reply         Sentence    `yaml:"reply"`
	Next          Sentence    `yaml:"next"`
	From          Sentence    `yaml:"from"`   // where the challenge says that the credentials are to be had, after next; {token-service} is that of a container registry
	Unsent        Sentence    `yaml:"unsent"` // instead of what an error means, where the request is known to have carried no credentials; empty: it means the same
	Ends          Sentence    `yaml:"ends"`   // instead of asks, in an answer that lets the client in and brings the last data
	Clear         bool        `yaml:"clear"`
	PerConnection bool        `yaml:"perconnection"`
	Flow          string      `yaml:"flow"` // of registry/flows.csv; empty: proof
	Params        []Param     `yaml:"params"`
	Coded         []Coded     `yaml:"coded"`
	Errors        []ErrorCode `yaml:"errors"`
	Clients       []Support   `yaml:"clients"`
}

// Coded is something that a scheme codes into its token68 or its parameters.
type Coded struct {
	Name    string   `yaml:"name"`
	Summary Sentence `yaml:"summary"`
}

// CodedAs returns what the page says of a coded thing.
func (s *Scheme) CodedAs(name string) (Coded, bool) {
	for _, c := range s.Coded {
		if c.Name == name {
			return c, true
		}
	}
	return Coded{}, false
}

// Param is a parameter of a scheme's challenge.
type Param struct {
	Name     string   `yaml:"name"`
	Required string   `yaml:"required"` // yes, no, conditional
	Quoting  string   `yaml:"quoting"`  // quoted, token, either
	Summary  Sentence `yaml:"summary"`
	Values   []Value  `yaml:"values"`
	Spec     string   `yaml:"spec"`
}

// Value is a known value of a parameter.
type Value struct {
	Value string `yaml:"value"`
	Means string `yaml:"means"`
}

// ErrorCode is a value of a challenge's error parameter.
type ErrorCode struct {
	Code   string `yaml:"code"`
	Status int    `yaml:"status"` // the status it belongs to
	Means  string `yaml:"means"`
	Next   string `yaml:"next"`
	Spec   string `yaml:"spec"`
}

// Support says what a client does with a scheme.
type Support struct {
	Client string `yaml:"client"`
	Does   string `yaml:"does"`
}

// Finding is the page of something that the diagnosis can report: its
// severity, its words and the examples that are its tests.
type Finding struct {
	Page     `yaml:",inline"`
	Severity Severity `yaml:"severity"`
	Topic    string   `yaml:"topic"`
	Spec     string   `yaml:"spec"`
	Says     Sentence `yaml:"says"`
	Fix      Sentence `yaml:"fix"`
	Sends    []string `yaml:"sends"`   // field lines that a server should send; its page shows how
	Drops    []string `yaml:"drops"`   // names of fields that it should not send
	Follows  []string `yaml:"follows"` // findings from which this one follows, where they are there, too
	Wire     bool     `yaml:"wire"`    // rests on what no pasted text tells, so no example can show it
	Outcome  bool     `yaml:"outcome"` // tells what came of the request better than the status does, so the verdict says it
}

// Example is a fenced http block of an article.
type Example struct {
	Text string
	Bad  bool // info string "http bad": wrong on purpose
	Good bool // info string "http good"
	Line int  // line of the file on which the text begins
}

// Guide is a page on a subject that no single code, field or scheme covers.
type Guide struct {
	Page    `yaml:",inline"`
	Subject string `yaml:"subject"`
}

// Param returns what is known of a parameter, compared without case.
func (s *Scheme) Param(name string) (Param, bool) {
	for _, p := range s.Params {
		if equalFold(p.Name, name) {
			return p, true
		}
	}
	return Param{}, false
}

// Error returns what is known of a value of the error parameter.
func (s *Scheme) Error(code string) (ErrorCode, bool) {
	for _, e := range s.Errors {
		if e.Code == code {
			return e, true
		}
	}
	return ErrorCode{}, false
}

// Words returns the names of the parts that stand by themselves, obsolete ones
// too, as they are written and in the order of the page.
func (f *Field) Words() []string {
	var all []string
	for _, p := range f.Parts {
		if p.Kind == "" {
			all = append(all, p.Name)
		}
	}
	return all
}

// Part returns the explanation of a directive or parameter, compared without
// case.
func (f *Field) Part(name string) (Part, bool) {
	for _, p := range f.Parts {
		if equalFold(p.Name, name) {
			return p, true
		}
	}
	return Part{}, false
}
