package content

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// What articles keep within, so that they are read at once.
const (
	longestSummary  = 200  // characters
	longestSentence = 44   // words
	meanSentence    = 20.0 // words
)

var sentenceEnd = regexp.MustCompile("[.!?][”\")]*(?: +[A-Z“`(]|$)")

// proseSentences returns the sentences of an article's paragraphs and items: no
// code, no tables, and no items that are names rather than sentences.
func proseSentences(lib *Library, p *Page) []string {
	w := &textWriter{source: []byte(lib.Document(p))}
	var all []string
	_ = ast.Walk(markdown.Parser().Parse(text.NewReader(w.source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n.(type) {
		case *extast.Table, *ast.FencedCodeBlock, *ast.Heading:
			return ast.WalkSkipChildren, nil
		case *ast.Paragraph, *ast.TextBlock:
			if entering {
				all = append(all, sentencesOf(w.inline(n))...)
			}
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return all
}

// sentencesOf parts words at the ends of sentences. What has no end is a name or
// leads to a list, and is no sentence unless it is as long as one may be.
func sentencesOf(words string) []string {
	var all []string
	words = strings.Join(strings.Fields(words), " ")
	for words != "" {
		at := sentenceEnd.FindStringIndex(words)
		if at == nil {
			if len(strings.Fields(words)) > longestSentence {
				all = append(all, words)
			}
			break
		}
		end := at[0] + 1
		all = append(all, strings.TrimSpace(words[:end]))
		words = strings.TrimLeft(words[end:], "”\") ")
	}
	return all
}

// TestArticlesReadEasily bounds the length of summaries and of sentences, and
// lists the articles that are hardest to read.
func TestArticlesReadEasily(t *testing.T) {
	lib := library(t)
	type measure struct {
		file    string
		mean    float64
		longest string
		words   int
	}
	var all []measure
	for _, p := range everyPage(lib) {
		if p.Kind() == KindFinding {
			continue
		}
		if n := utf8.RuneCountInString(p.Summary); n > longestSummary {
			t.Errorf("content/%s: the summary has %d characters, more than %d", p.file, n, longestSummary)
		}
		m := measure{file: p.file}
		sentences, sum := proseSentences(lib, p), 0
		for _, s := range sentences {
			n := len(strings.Fields(s))
			sum += n
			if n > m.words {
				m.words, m.longest = n, s
			}
			if n > longestSentence {
				t.Errorf("content/%s: a sentence of %d words, more than %d: part it: %s", p.file, n, longestSentence, s)
			}
		}
		if m.mean = float64(sum) / float64(max(len(sentences), 1)); m.mean > meanSentence && len(sentences) > 5 {
			t.Errorf("content/%s: its sentences have %.1f words on average, more than %.0f", p.file, m.mean, meanSentence)
		}
		all = append(all, m)
	}
	for _, by := range []struct {
		what string
		less func(a, b measure) int
	}{{"on average", func(a, b measure) int { return cmp.Compare(b.mean, a.mean) }}, {"in a sentence", func(a, b measure) int { return cmp.Compare(b.words, a.words) }}} {
		slices.SortStableFunc(all, by.less)
		for _, m := range all[:min(10, len(all))] {
			t.Logf("most words %s: %s: %.1f; longest %d: %.60s…", by.what, m.file, m.mean, m.words, m.longest)
		}
	}
}
