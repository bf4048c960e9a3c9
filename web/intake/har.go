package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// HARLimit is the greatest length of a HAR file, in bytes.
const HARLimit = 5 << 20

// Bounds on what is kept of a HAR file.
const (
	mostEntries = 1000 // that are listed; those after them are passed over
	mostFields  = 500  // of one message
	mostHops    = 20   // redirects before the chosen entry
)

// harEntry is an entry of a HAR file, versions 1.1 and 1.2. What is not read is
// not named here, so that the decoder passes over it. Sizes and times are -1
// where the browser does not know them.
type harEntry struct {
	StartedDateTime string      `json:"startedDateTime"`
	Time            float64     `json:"time"` // ms
	Request         harRequest  `json:"request"`
	Response        harResponse `json:"response"`
	Timings         harTimings  `json:"timings"`
	ServerIP        string      `json:"serverIPAddress"`
}

type harRequest struct {
	Method      string    `json:"method"`
	URL         string    `json:"url"`
	HTTPVersion string    `json:"httpVersion"`
	Headers     harFields `json:"headers"`
	BodySize    float64   `json:"bodySize"`
}

type harResponse struct {
	Status      float64    `json:"status"` // 0: none came
	StatusText  string     `json:"statusText"`
	HTTPVersion string     `json:"httpVersion"`
	Headers     harFields  `json:"headers"`
	RedirectURL string     `json:"redirectURL"`
	HeadersSize float64    `json:"headersSize"`
	BodySize    *float64   `json:"bodySize"`
	Content     harContent `json:"content"`
	Error       string     `json:"_error"` // Chrome's
}

type harContent struct {
	Size     float64 `json:"size"`
	MimeType string  `json:"mimeType"`
	Text     string  `json:"text"`
	Encoding string  `json:"encoding"` // "base64"
}

type harTimings struct {
	DNS     *float64 `json:"dns"` // ms, all of them
	Connect *float64 `json:"connect"`
	SSL     *float64 `json:"ssl"`
	Wait    *float64 `json:"wait"`
	Receive *float64 `json:"receive"`
}

// harFields is a list of fields, of which no more than mostFields are kept.
type harFields []struct{ Name, Value string }

// Entry is one exchange of a HAR file, for a list to choose from.
type Entry struct {
	Index     int // from 1, as Options.Entry counts
	Method    string
	URL       string
	Status    int     // 0: no response came
	MediaType string  // as the browser says; empty: none
	Time      float64 // ms; -1: not known

	redirect   string    // the URL that the response led to
	challenged bool      // the response asks for authentication
	sent       string    // origin and credentials of the request; empty: it had none
	start      time.Time // zero: not known
}

// Entries lists the exchanges of a HAR file, at most 1000. The error is always
// an *Error, with line and column.
func Entries(text string) ([]Entry, error) {
	if err := admit(HAR, text); err != nil {
		return nil, err
	}
	var all []Entry
	err := eachEntry(text, func(i int, e *harEntry) bool {
		all = append(all, e.summary(i))
		return len(all) < mostEntries
	})
	switch {
	case err != nil:
		return nil, err
	case len(all) == 0:
		return nil, &Error{Text: "There is no exchange in this HAR file.", Remedy: "Open the Network panel, reload the page, and export it again."}
	}
	return all, nil
}

// Chosen returns the index of the entry that is explained where nobody chose:
// the first with a status of 400 or more, else the first that asks for
// authentication, else the first with a status, else 1.
func Chosen(all []Entry) int {
	for _, fits := range []func(Entry) bool{
		func(e Entry) bool { return e.Status >= 400 },
		func(e Entry) bool { return e.challenged },
		func(e Entry) bool { return e.Status > 0 },
	} {
		for _, e := range all {
			if fits(e) {
				return e.Index
			}
		}
	}
	return 1
}

// harReader walks through a HAR file token by token, so that no more than one
// entry is held.
type harReader struct {
	d    *json.Decoder
	text string
	from int64 // where the value begins that is read
	seen int

	firefox bool // wrote it
	each    func(i int, e *harEntry) bool
}

// errEnough ends the walk before the end of the file.
var errEnough = errors.New("enough entries")

// eachEntry calls each with every entry and its number from 1, until it returns
// false. It also reads an entry, or a list of entries, that was copied alone.
func eachEntry(text string, each func(i int, e *harEntry) bool) error {
	text = strings.TrimPrefix(text, "\ufeff")
	r := harReader{d: json.NewDecoder(strings.NewReader(text)), text: text, each: each}
	err := r.top()
	if err == nil || errors.Is(err, errEnough) {
		return nil
	}
	return jsonError(text, r.from, r.d.InputOffset(), err)
}

func (r *harReader) top() error {
	switch {
	case strings.HasPrefix(strings.TrimSpace(r.text), "["):
		return r.entries()
	case !strings.Contains(r.text, `"entries"`) && strings.Contains(r.text, `"response"`):
		return r.entry()
	}
	return r.members(map[string]func() error{"log": func() error {
		return r.members(map[string]func() error{"creator": r.creator, "entries": r.entries})
	}})
}

// creator notes which browser wrote the file.
func (r *harReader) creator() error {
	var c struct{ Name string }
	r.from = r.d.InputOffset()
	err := r.d.Decode(&c)
	r.firefox = c.Name == "Firefox"
	return err
}

// members reads an object and calls the reader of each key at its value; what
// stands under other keys is passed over.
func (r *harReader) members(readers map[string]func() error) error {
	if err := r.open('{'); err != nil {
		return err
	}
	for r.d.More() {
		r.from = r.d.InputOffset()
		t, err := r.d.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		if read := readers[key]; read != nil {
			err = read()
		} else {
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
	_, err := r.d.Token()
	return err
}

// open reads the sign that begins an object or an array.
func (r *harReader) open(sign json.Delim) error {
	r.from = r.d.InputOffset()
	t, err := r.d.Token()
	if err == nil && t != sign {
		return fmt.Errorf("%w: %v stands where %v is expected", errShape, t, sign)
	}
	return err
}

// errShape is JSON that is well formed and no HAR.
var errShape = errors.New("no HAR")

// skip reads a value without keeping it.
func (r *harReader) skip() error {
	depth := 0
	for {
		r.from = r.d.InputOffset()
		t, err := r.d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			if depth++; depth > 100 {
				return fmt.Errorf("%w: it is nested more than 100 deep", errShape)
			}
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

func (r *harReader) entries() error {
	if err := r.open('['); err != nil {
		return err
	}
	for r.d.More() {
		if err := r.entry(); err != nil {
			return err
		}
	}
	_, err := r.d.Token()
	return err
}

func (r *harReader) entry() error {
	var e harEntry
	r.from = r.d.InputOffset()
	if err := r.d.Decode(&e); err != nil {
		return err
	}
	r.seen++
	if r.firefox {
		e.Response.withoutHead()
	}
	if !r.each(r.seen, &e) {
		return errEnough
	}
	return nil
}

// jsonError says where JSON is not what it should be. from is where the value
// begins that could not be read: the decoder counts from there.
func jsonError(text string, from, at int64, err error) *Error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	e := &Error{Remedy: "Export the HAR file again, or paste the whole of what was copied."}
	switch {
	case errors.As(err, &syntax):
		at, e.Text = brokenAt(text, from), "The JSON is broken here: "+syntax.Error()+"."
	case errors.As(err, &kind):
		at, e.Text = from+max(kind.Offset-1, 0), fmt.Sprintf("“%s” is a %s, which it cannot be in a HAR file.", kind.Field, kind.Value)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		at, e.Text = int64(len(text)), "The JSON ends here, before it is complete."
	default:
		at, e.Text = at-1, "This is JSON, but not of the shape of a HAR file: "+strings.TrimPrefix(err.Error(), errShape.Error()+": ")+"."
	}
	e.Line, e.Column = place(text, int(min(max(at, 0), int64(len(text)))))
	return e
}

// brokenAt reads the value at from once more, since a decoder that also gave
// tokens does not count from the beginning.
func brokenAt(text string, from int64) int64 {
	from = min(from, int64(len(text)))
	rest := text[from:]
	from += int64(len(rest) - len(strings.TrimLeft(rest, " \t\r\n,:")))
	var value json.RawMessage
	var syntax *json.SyntaxError
	if errors.As(json.NewDecoder(strings.NewReader(text[from:])).Decode(&value), &syntax) {
		return from + max(syntax.Offset-1, 0)
	}
	return from
}
