// Package problem is what a visitor is told where a request fails: in sentences,
// as a value that handlers return, and as the documents that programs and people
// at a terminal get. Which of these a client wants, and the page for browsers,
// are web's; what kinds of problems the API has are openapi's.
package problem

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"wwwhy/web/limit"
)

// Problem is an error that a visitor may see, in sentences: what is wrong and
// what to do. It is the only type whose text leaves the server; anything else
// becomes a 500 with an id that leads to the log.
type Problem struct {
	Status int
	Title  string
	Detail string
	Fix    string
	See    []Link
	After  time.Duration // when to come back, with 429 and 503; 0: in ten seconds
	Kind   string        // slug of an openapi.ProblemType; empty: the one for the status
	Place  string        // the parameter, the key, or with a slash before it the JSON pointer to what is wrong; empty: not known
	Line   int           // in the text that was sent, from 1; 0: not known
	Column int           // in bytes, from 1
}

// Link is a page that may be meant.
type Link struct {
	Title   string `json:"title"`
	Href    string `json:"href"`
	Summary string `json:"-"` // for people, on the page of the problem
}

// At names the parameter, or the key of JSON, that is wrong.
func (p *Problem) At(place string) *Problem {
	p.Place = place
	return p
}

// RetryLater says when to come back, where that is of use.
func (p *Problem) RetryLater(h http.Header) {
	if p.Status != http.StatusServiceUnavailable && p.Status != http.StatusTooManyRequests || h.Get("Retry-After") != "" {
		return
	}
	h.Set("Retry-After", limit.Seconds(cmp.Or(p.After, 10*time.Second)))
}

// Error gives the sentences, for the log.
func (p *Problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Title, p.Detail) }

// BadRequest is the problem of a request that asks for what there is not.
func BadRequest(detail, fix string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Title: "That cannot be asked for", Detail: detail, Fix: fix}
}

// OfOurs is the 500 whose cause the log tells under the number of the request.
func OfOurs(id string) *Problem {
	return &Problem{Status: http.StatusInternalServerError, Title: "Something broke here", Detail: "This is a fault of ours, not of your request.",
		Fix: "Try again in a minute. If it stays, report it with the number " + id + "."}
}

// Unread words why content could not be read.
func Unread(err error) *Problem {
	var limit *http.MaxBytesError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &Problem{Status: http.StatusRequestTimeout, Title: "The content did not come in time", Detail: "What you sent came too slowly: all of it has to be here within half a minute, and at about that pace.",
			Fix: "Send it again over a faster connection, or send less: the head of a response is what matters."}
	case errors.As(err, &limit):
		return &Problem{Status: http.StatusRequestEntityTooLarge, Title: "Too much text", Detail: "More than " + strconv.Itoa(int(limit.Limit>>10)) + " kB are not read at once.", Fix: "Send less: the head of a response is what matters, and a list can be split."}
	}
	return BadRequest("The form could not be read.", "Send it again.")
}
