package inspect

import (
	"encoding/json"
	"fmt"
)

// HARParts are the entries of a HAR file, each of which makes a file of its own.
// It is read once, however many of them are asked for.
type HARParts struct {
	version string
	entries []json.RawMessage
}

// ReadHARParts reads a HAR file. The error is always a *TextError.
func ReadHARParts(text string) (HARParts, error) {
	var file struct {
		Log struct {
			Version string            `json:"version"`
			Entries []json.RawMessage `json:"entries"`
		} `json:"log"`
	}
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		return HARParts{}, &TextError{Text: "The file is no JSON.", Remedy: "Save it from the Network panel again, as HAR."}
	}
	return HARParts{file.Log.Version, file.Log.Entries}, nil
}

// Part returns a HAR file with nothing but one entry, counted from 1, and
// without contents: enough to explain it, and short enough to be sent again. The
// error is always a *TextError.
func (p HARParts) Part(entry int) (string, error) {
	if entry < 1 || entry > len(p.entries) {
		return "", &TextError{Text: fmt.Sprintf("There is no entry %d: the file has %d.", entry, len(p.entries)), Remedy: "Choose one of them."}
	}
	var one map[string]any
	if err := json.Unmarshal(p.entries[entry-1], &one); err != nil {
		return "", &TextError{Text: fmt.Sprintf("Entry %d is no object.", entry), Remedy: "Choose another one."}
	}
	withoutContent(one, "response", "content")
	withoutContent(one, "request", "postData")
	for name := range one {
		if name != "request" && name != "response" && name != "timings" && name != "time" && name != "startedDateTime" && name != "serverIPAddress" {
			delete(one, name)
		}
	}
	data, err := json.Marshal(map[string]any{"log": map[string]any{"version": p.version, "entries": []any{one}}})
	if err != nil {
		return "", &TextError{Text: fmt.Sprintf("Entry %d cannot be written.", entry), Remedy: "Choose another one."}
	}
	return string(data), nil
}

// withoutContent drops the text of a content.
func withoutContent(entry map[string]any, message, content string) {
	m, ok := entry[message].(map[string]any)
	if !ok {
		return
	}
	if c, ok := m[content].(map[string]any); ok {
		delete(c, "text")
		delete(c, "params")
	}
	delete(m, "cookies") // they stand in the fields
}
