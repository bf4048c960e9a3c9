package inspect

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"

	"wwwhy/web/diagnose"
	"wwwhy/web/field"
	"wwwhy/web/intake"
	"wwwhy/web/message"
	"wwwhy/web/report"
)

// Pasted is what is known about a pasted text besides the text itself.
type Pasted struct {
	URL, Method string
	Fields      field.Section // of the request
	Token       string        // that was refused, to be held against the response
	As          TextKind      // what somebody says the text is; empty: what Recognize takes it for
	Entry       int           // of a HAR file that is to be explained, from 1; 0: the first that failed
}

// TextKind is what a pasted text is taken for. Its Label is for people.
type TextKind = intake.Kind

// TextKinds returns every kind that a person may say a text is.
func TextKinds() []TextKind { return intake.Kinds() }

// The kinds of text that hold no answer, and are for other doors than Text:
// ReadCommand, Token and URL.
const (
	TextCommand = intake.CurlCommand
	TextToken   = intake.JWT
	TextURL     = intake.URL
	TextHAR     = intake.HAR // has entries to choose from
	TextUnknown = intake.Unknown
	// Those that tell nothing of who asked.
	TextFields    = intake.FieldLines
	TextChallenge = intake.Challenge
)

// TextError is what Text, HAREntries and ReadCommand return as their error: a
// place in the text and what to do about it.
type TextError = intake.Error

// TextLimit is the greatest length of a text that can be explained, in bytes;
// HARLimit that of a HAR file.
const (
	TextLimit = intake.Limit
	HARLimit  = intake.HARLimit
)

// Recognize says what a text looks like. It is cheap and never fails.
func Recognize(text string) TextKind { return intake.Recognize(text) }

// TypedAddress reports whether a text is an address as people type it, with or
// without a scheme.
func TypedAddress(text string) bool { return intake.TypedAddress(text) }

// HAREntry is an exchange of a HAR file, for a list to choose from.
type HAREntry = intake.Entry

// HAREntries lists the exchanges of a HAR file, and says which of them Text
// explains where nobody chose, from 1. The error is always a *TextError.
func HAREntries(text string) (all []HAREntry, chosen int, err error) {
	all, err = intake.Entries(text)
	if err != nil {
		return nil, 0, err
	}
	return all, intake.Chosen(all), nil
}

// Command is what a curl command asks for, and CommandOmission what of it is
// not asked for, with the reason.
type (
	Command         = intake.Command
	CommandOmission = intake.Omission
)

// ReadCommand reads a curl command. Nothing is run. The error is always a
// *TextError.
func ReadCommand(text string) (Command, error) { return intake.ReadCommand(text) }

// CommandTarget makes a target of a command: its content is not sent, and a
// user and password go as Basic credentials (RFC 7617, Section 2), as curl sends
// them.
func CommandTarget(c Command) Target {
	var t Target
	t.Request = message.Request{Method: c.Method, URL: c.URL, Fields: slices.Clone(c.Fields)}
	if c.User != "" && !c.Fields.Has("Authorization") {
		t.Request.Fields = append(t.Request.Fields, field.Line{Name: "Authorization", Value: "Basic " + base64.StdEncoding.EncodeToString([]byte(c.User))})
	}
	return t
}

// Text explains a pasted response. The error is a *TextError, which says in
// sentences for people where the text is not what it should be, or ctx's where
// that ended before it was the text's turn.
func (in *Inspector) Text(ctx context.Context, text string, p Pasted) (report.Report, error) {
	text = intake.Decoded(text)
	kind := p.As
	if kind == "" {
		kind = intake.Recognize(text)
	}
	var xs []message.Exchange
	var err error
	var r report.Report
	ended := in.turns.Do(ctx, func() {
		xs, err = intake.ParseAs(kind, text, intake.Options{URL: p.URL, Method: p.Method, Fields: p.Fields, Entry: p.Entry})
		if err != nil {
			return
		}
		findings := in.find(xs, p.Token)
		if kind == intake.LogLine {
			findings = withoutMissing(findings)
		}
		r = report.New(in.lib, xs, findings)
	})
	return r, cmp.Or(ended, err)
}

// withoutMissing leaves out what is said to be missing: lines of a log tell no
// fields of the response.
func withoutMissing(findings []diagnose.Finding) []diagnose.Finding {
	return slices.DeleteFunc(findings, func(f diagnose.Finding) bool {
		return f.Field != "" && f.Span == field.Nowhere
	})
}
