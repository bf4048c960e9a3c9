package diagnose

import "wwwhy/web/message"

var negotiationRules = []rule{
	{[]string{"content-type-missing"}, typeMissing, false},
}

// typeMissing reports content that does not say what it is (RFC 9110, Section
// 8.3).
func typeMissing(e *exam) {
	c := e.resp.Content
	if (c.Known == message.Wholly || c.Known == message.Partly) && c.Length > 0 && !e.resp.Fields.Has("Content-Type") && e.resp.Code != 206 {
		e.missing("content-type-missing", "Content-Type", "sniffed", c.Sniffed)
	}
}
