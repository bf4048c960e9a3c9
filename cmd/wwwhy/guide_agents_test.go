package main

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestAgentsSettingsStartTheTools reads the settings that the guide shows for
// agents, and gives their arguments to the program.
func TestAgentsSettingsStartTheTools(t *testing.T) {
	for title, key := range map[string]string{"mcpServers": "mcpServers", ".vscode/mcp.json": "servers", "A copy's address": "mcpServers"} {
		var settings map[string]map[string]struct {
			Type, Command, URL string
			Args               []string
		}
		if err := json.Unmarshal([]byte(block(t, "agents", title)), &settings); err != nil {
			t.Fatalf("%s: %v", title, err)
		}
		s := settings[key]["wwwhy"]
		if s.Type == "http" {
			if !strings.HasSuffix(s.URL, "/mcp") {
				t.Errorf("%s: the address is %s", title, s.URL)
			}
			continue
		}
		k, err := model(t).Parse(s.Args)
		if err != nil || k.Command() != "mcp" || s.Command != "wwwhy" {
			t.Errorf("%s: %s %q: %v", title, s.Command, s.Args, err)
		}
	}
	for line := range strings.Lines(block(t, "agents", "In the terminal")) {
		parsedLine(t, strings.TrimPrefix(strings.TrimSpace(line), "wwwhy "))
	}
}

var toolRow = regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| `([a-z_]+)` \\| (.*?) ?\\|")

// TestAgentsTableNamesTheTools holds the table of tools against what the program
// tells an agent.
func TestAgentsTableNamesTheTools(t *testing.T) {
	messages := strings.Join([]string{
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`,
		`{"jsonrpc":"2.0","id":2,"method":"tools/list"}`, ""}, "\n")
	var out bytes.Buffer
	if code := run(t.Context(), []string{"mcp"}, strings.NewReader(messages), &out, io.Discard); code != 0 {
		t.Fatalf("it exits with %d", code)
	}
	var list struct {
		Result struct {
			Tools []struct {
				Name        string
				InputSchema struct {
					Required   []string
					Properties map[string]any
				}
			}
		}
	}
	for line := range strings.Lines(out.String()) {
		if err := json.Unmarshal([]byte(line), &list); err != nil {
			t.Fatal(err)
		}
	}
	told := map[string][]string{}
	for _, m := range toolRow.FindAllStringSubmatch(guide(t, "agents"), -1) {
		inputs := []string{m[2]}
		for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(m[3], -1) {
			inputs = append(inputs, name[1])
		}
		told[m[1]] = inputs
	}
	for _, tool := range list.Result.Tools {
		inputs := told[tool.Name]
		if len(inputs) != len(tool.InputSchema.Properties) || !slices.Equal(inputs[:1], tool.InputSchema.Required) {
			t.Errorf("%s takes %v and needs %q; the guide has %q", tool.Name, tool.InputSchema.Properties, tool.InputSchema.Required, inputs)
		}
		for _, name := range inputs {
			if tool.InputSchema.Properties[name] == nil {
				t.Errorf("%s has no input %s", tool.Name, name)
			}
		}
	}
	if len(list.Result.Tools) != len(told) || len(told) == 0 {
		t.Errorf("there are %d tools, in the guide %d", len(list.Result.Tools), len(told))
	}
}
