package challenge

// Kind names what is wrong with a challenge. The vocabulary is fixed: each kind
// has its page in content/findings, named "challenge-" and the kind, which
// gives its severity and its words.
type Kind string

// The kinds of problem.
const (
	EmptyField            Kind = "empty-field"
	EmptyListElement      Kind = "empty-list-element"
	WhitespaceAroundEqual Kind = "whitespace-around-equals"
	CommaAfterScheme      Kind = "comma-after-scheme"
	TabAfterScheme        Kind = "tab-after-scheme"
	LineFolding           Kind = "line-folding"
	ControlChar           Kind = "control-char"
	InvalidScheme         Kind = "invalid-scheme"
	MissingScheme         Kind = "missing-scheme"
	InvalidParamName      Kind = "invalid-param-name"
	MissingValue          Kind = "missing-value"
	MissingEquals         Kind = "missing-equals"
	UnquotedValue         Kind = "unquoted-value"
	UnquotedRealm         Kind = "unquoted-realm"
	UnterminatedQuote     Kind = "unterminated-quote"
	TextAfterQuote        Kind = "text-after-quote"
	UnneededEscape        Kind = "unneeded-escape"
	StrayBackslash        Kind = "stray-backslash"
	MissingComma          Kind = "missing-comma"
	WrongSeparator        Kind = "wrong-separator"
	SingleQuotes          Kind = "single-quotes"
	TypographicQuotes     Kind = "typographic-quotes"
	NonASCII              Kind = "non-ascii"
	InvalidUTF8           Kind = "invalid-utf8"
	DuplicateParam        Kind = "duplicate-param"
	DuplicateChallenge    Kind = "duplicate-challenge"
	ParamsAfterToken68    Kind = "params-after-token68"
	Token68AfterParams    Kind = "token68-after-params"
	InvalidToken68        Kind = "invalid-token68"
	SplitChallenge        Kind = "split-challenge"
	Oversized             Kind = "oversized"
	TrailingGarbage       Kind = "trailing-garbage"
)

// Kinds returns every kind of problem in the order above.
func Kinds() []Kind {
	return []Kind{EmptyField, EmptyListElement, WhitespaceAroundEqual, CommaAfterScheme, TabAfterScheme,
		LineFolding, ControlChar, InvalidScheme, MissingScheme, InvalidParamName, MissingValue, MissingEquals,
		UnquotedValue, UnquotedRealm, UnterminatedQuote, TextAfterQuote, UnneededEscape, StrayBackslash,
		MissingComma, WrongSeparator, SingleQuotes, TypographicQuotes, NonASCII, InvalidUTF8, DuplicateParam,
		DuplicateChallenge, ParamsAfterToken68, Token68AfterParams, InvalidToken68, SplitChallenge, Oversized,
		TrailingGarbage}
}
