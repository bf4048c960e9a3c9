package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestDeletingAReportIsConditional deletes with conditions that fail, with a wrong
// key, which counts first, and then with those that hold.
func TestDeletingAReportIsConditional(t *testing.T) {
	base, _ := site(t)
	for _, right := range [][]string{{}, {"If-Match", "TAG"}, {"If-Match", "*"}, {"If-Unmodified-Since", "LATER"}, {"If-None-Match", `"other"`}, {"If-Modified-Since", "LATER"}} {
		_, content := do(t, "POST", base+"/api/v1/reports", `{"text": "HTTP/1.1 204 No Content\n"}`, "Content-Type", jsonType)
		var got receipt
		if err := json.Unmarshal([]byte(content), &got); err != nil {
			t.Fatal(err)
		}
		address := base + "/api/v1/reports/" + got.ID
		report, _ := do(t, "GET", address, "")
		modified, err := http.ParseTime(report.Header.Get("Last-Modified"))
		if err != nil || report.Header.Get("ETag") == "" {
			t.Fatalf("no validators: %v", report.Header)
		}
		known := strings.NewReplacer("TAG", report.Header.Get("ETag"), "LATER", modified.Add(time.Minute).Format(http.TimeFormat))
		before := modified.Add(-time.Minute).Format(http.TimeFormat)
		for _, wrong := range [][]string{{"If-Match", `"other"`}, {"If-Match", "W/" + report.Header.Get("ETag")}, {"If-Unmodified-Since", before}, {"If-None-Match", "*"}, {"If-None-Match", report.Header.Get("ETag")}} {
			resp, content := do(t, "DELETE", address, "", append(wrong, "Authorization", "Bearer "+got.DeleteKey)...)
			if resp.StatusCode != 412 || !strings.Contains(content, "#problem-precondition-failed") || !strings.Contains(content, wrong[0]) {
				t.Errorf("%q: %d %s", wrong, resp.StatusCode, content)
			}
			if resp, _ := do(t, "DELETE", address, "", append(wrong, "Authorization", "Bearer "+strings.Repeat("x", 26))...); resp.StatusCode != 401 {
				t.Errorf("%q with a wrong key: %d", wrong, resp.StatusCode)
			}
		}
		fields := []string{"Authorization", "Bearer " + got.DeleteKey}
		for _, f := range right {
			fields = append(fields, known.Replace(f))
		}
		if resp, content := do(t, "DELETE", address, "", fields...); resp.StatusCode != 204 {
			t.Errorf("%q: %d %s", right, resp.StatusCode, content)
		}
		if resp, _ := do(t, "DELETE", address, "", append(fields, "If-Match", `"other"`)...); resp.StatusCode != 404 {
			t.Errorf("what is gone: %d", resp.StatusCode)
		}
	}
}
