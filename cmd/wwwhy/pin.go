package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"wwwhy/web/report"
)

// pinCommand has a running copy keep a saved report for good.
type pinCommand struct {
	ID    string `arg:"" help:"Id of the report, or its address."`
	Unpin bool   `help:"Let the report expire again, when it would have without the pin."`
	Admin string `required:"" env:"WWWHY_ADMIN" placeholder:"ADDR" help:"What serve --admin listens on: address and port, or unix:PATH. Also from WWWHY_ADMIN."`
}

// pinWait bounds the whole command.
const pinWait = 15 * time.Second

// answerLimit is the most bytes that are read of a copy's answer.
const answerLimit = 64 << 10

// Run pins or unpins, and tells when the report expires.
func (c *pinCommand) Run(sys *system) error {
	id := idOf(c.ID)
	if id == "" {
		return usage("%q is no id of a saved report; it is what follows /r/ in its address.", c.ID)
	}
	dial, err := dialer(c.Admin)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(sys.ctx, pinWait)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true, DialContext: dial}}
	at := "http://localhost/reports/" + url.PathEscape(id)
	method := http.MethodPut
	if c.Unpin {
		method = http.MethodDelete
	}
	done, err := operate(ctx, client, method, at+"/pin")
	if err != nil {
		return err
	}
	if done.code != http.StatusNoContent {
		return done.failure()
	}
	said, err := c.state(ctx, client, at)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(sys.stdout, said)
	return err
}

// state says how the report is now.
func (c *pinCommand) state(ctx context.Context, client *http.Client, at string) (string, error) {
	got, err := operate(ctx, client, http.MethodGet, at)
	if err != nil {
		return "", err
	}
	if c.Unpin && got.code == http.StatusNotFound {
		return "unpinned; its time had passed, so it is gone", nil
	}
	if got.code != http.StatusOK {
		return "", got.failure()
	}
	var kept struct {
		Expires string
		Pinned  bool
	}
	if err := json.Unmarshal(got.body, &kept); err != nil {
		return "", &status{exitFailed, notOurs + err.Error()}
	}
	switch {
	case kept.Pinned:
		return "pinned; it does not expire", nil
	case kept.Expires == "":
		return "unpinned; it does not expire all the same", nil
	}
	return "unpinned; it expires at " + report.Visible(kept.Expires), nil
}

// idOf takes the id out of the address of a report.
func idOf(id string) string {
	if _, after, ok := strings.Cut(id, "/r/"); ok {
		id, _, _ = strings.Cut(after, "/")
		id, _, _ = strings.Cut(id, "?")
		id, _, _ = strings.Cut(id, "#")
		id, _, _ = strings.Cut(id, ".") // a form, such as .json
	}
	if strings.Trim(id, ".") == "" {
		return ""
	}
	return id
}

// notOurs begins what is said of an answer that makes no sense.
const notOurs = "what answers at --admin is no operator's listener of wwwhy that can pin: "

// operated is what a copy answered on its operator's listener.
type operated struct {
	code int
	body []byte
}

// operate sends a request to the operator's listener of a copy.
func operate(ctx context.Context, client *http.Client, method, address string) (operated, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return operated{}, usage("%v.", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		if inner := errors.Unwrap(err); inner != nil {
			err = inner // without the address, which says localhost
		}
		return operated{}, &status{exitFailed, fmt.Sprintf("no copy answers at --admin: %v", err)}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit))
	if err != nil {
		return operated{}, &status{exitFailed, fmt.Sprintf("the answer at --admin broke off: %v", err)}
	}
	return operated{resp.StatusCode, body}, nil
}

// failure is the problem that the copy told of, or says that it told of none.
func (o operated) failure() error {
	var problem struct{ Detail string }
	if json.Unmarshal(o.body, &problem) != nil || problem.Detail == "" {
		return &status{exitFailed, fmt.Sprintf("%sit says %d", notOurs, o.code)}
	}
	return &status{exitFailed, report.Visible(problem.Detail)}
}
