package main

import (
	"fmt"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"wwwhy/content"
)

// TestArticlesCommandsAreOurs reads each call of wwwhy in the articles' blocks
// for the shell as the program reads its command line.
func TestArticlesCommandsAreOurs(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, kind := range content.Kinds {
		for _, p := range lib.Pages(kind) {
			for _, block := range shellBlocks(lib.Markdown(p)) {
				all, err := ourCalls(block)
				if err != nil {
					t.Errorf("%s: %v\n%s", p.Slug, err, block)
				}
				for _, args := range all {
					calls++
					if _, err := model(t).Parse(args); err != nil {
						t.Errorf("%s: wwwhy %q: %v", p.Slug, args, err)
					}
				}
			}
		}
	}
	if calls < 10 {
		t.Errorf("%d calls: the reading of them is broken", calls)
	}
}

// shellBlocks returns the contents of the blocks of code for the shell.
func shellBlocks(markdown string) (all []string) {
	blocks := strings.Split(markdown, "```")
	for i := 1; i < len(blocks); i += 2 {
		info, code, _ := strings.Cut(blocks[i], "\n")
		if language, _, _ := strings.Cut(info, " "); language == "sh" {
			all = append(all, code)
		}
	}
	return all
}

// ourCalls returns the arguments of each call of wwwhy in a script, with its
// variables empty.
func ourCalls(script string) (all [][]string, err error) {
	file, err := syntax.NewParser().Parse(strings.NewReader(script), "")
	if err != nil {
		return nil, fmt.Errorf("no shell reads this: %w", err)
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 || call.Args[0].Lit() != "wwwhy" {
			return true
		}
		args, failed := expand.Fields(&expand.Config{}, call.Args[1:]...)
		if failed != nil {
			err = failed
		}
		all = append(all, args)
		return true
	})
	return all, err
}
