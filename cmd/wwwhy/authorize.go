package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"wwwhy/content"
	"wwwhy/web/challenge"
	"wwwhy/web/credentials"
	"wwwhy/web/field"
	"wwwhy/web/report"
)

// authorizeCommand writes the field line that answers a challenge.
type authorizeCommand struct {
	Challenge []string `short:"c" sep:"none" required:"" help:"A challenge, or a whole WWW-Authenticate line; may be repeated." placeholder:"CHALLENGE"`
	User      string   `short:"u" help:"User name, for Basic and Digest." placeholder:"NAME"`
	Scheme    string   `help:"Answer the challenge of this scheme; default: the strongest." placeholder:"NAME"`
	Method    string   `short:"X" default:"GET" help:"Method of the request that is to be authorized." placeholder:"METHOD"`
	URI       string   `name:"uri" default:"/" help:"Its request target: path and query." placeholder:"TARGET"`
	Content   string   `help:"File with its content, for Digest with qop=auth-int." placeholder:"FILE"`
}

// Run reads the secret and prints the line.
func (c *authorizeCommand) Run(sys *system) error {
	name, all, err := c.challenges()
	if err != nil {
		return err
	}
	s := credentials.Secret{User: c.User, Method: c.Method, URI: c.URI}
	if c.Content != "" {
		if s.Content, err = os.ReadFile(c.Content); err != nil {
			return usage("--content: %v.", err)
		}
	}
	what := "Password"
	if c.User == "" {
		what = "Token"
	}
	secret, err := readSecret(sys, what)
	if err != nil {
		return err
	}
	if c.User == "" {
		s.Token = secret
	} else {
		s.Password = secret
	}
	var other *credentials.Unanswered
	a, err := credentials.For(all, c.Scheme, s)
	switch {
	case errors.Is(err, credentials.ErrNone) && c.Scheme != "":
		return usage("there is no %s challenge among those given.", c.Scheme)
	case errors.As(err, &other):
		return usage("%v.%s", err, instead(other.Scheme))
	case err != nil:
		return usage("%v.%s", err, c.hint())
	}
	if len(all) > 1 {
		fmt.Fprintf(sys.stderr, "answers the %s challenge\n", strings.TrimSpace(a.Challenge.Scheme+" "+a.Algorithm))
	}
	_, err = fmt.Fprintf(sys.stdout, "%s: %s\n", name, a.Value)
	return err
}

// instead says what to do about a challenge of a scheme that is not answered here.
func instead(scheme string) string {
	lib, err := content.Load()
	if err != nil {
		return ""
	}
	page := lib.Scheme(scheme)
	if page == nil || page.Next == "" {
		return ""
	}
	return " " + strings.ReplaceAll(page.Next.With(nil), "`", "")
}

// hint says what may be missing on the command line.
func (c *authorizeCommand) hint() string {
	if c.User == "" {
		return " Give a user name with --user; what is read then is the password."
	}
	return ""
}

// challenges reads the flags. It returns the field in which the answer goes.
func (c *authorizeCommand) challenges() (string, []challenge.Challenge, error) {
	answer := "Authorization"
	var lines []string
	for _, l := range c.Challenge {
		if name, value, ok := strings.Cut(l, ":"); ok && field.IsToken(name) && strings.HasSuffix(strings.ToLower(name), "-authenticate") {
			if strings.EqualFold(name, "Proxy-Authenticate") {
				answer = "Proxy-Authorization"
			}
			l = value
		}
		lines = append(lines, strings.TrimSpace(l))
	}
	all := challenge.Parse(lines)
	if len(all) == 0 || all[0].Scheme == "" {
		return "", nil, usage("--challenge %q names no scheme: give the value of WWW-Authenticate, such as 'Basic realm=\"x\"'.", report.Visible(c.Challenge[0]))
	}
	return answer, all, nil
}

// secretLimit is how many bytes a password or token may have.
const secretLimit = 64 << 10

// readSecret asks at a terminal, without showing what is typed, or takes the
// first line of standard input.
func readSecret(sys *system, what string) (string, error) {
	if atTerminal(sys.stdin) {
		f := sys.stdin.(*os.File)
		fmt.Fprintf(sys.stderr, "%s: ", what)
		typed, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(sys.stderr)
		if err != nil {
			return "", fmt.Errorf("reading the %s: %w", strings.ToLower(what), err)
		}
		return string(typed), nil
	}
	line, err := bufio.NewReader(io.LimitReader(sys.untilInterrupted(sys.stdin), secretLimit)).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", fmt.Errorf("reading the %s: %w", strings.ToLower(what), err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
