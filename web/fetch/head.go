package fetch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// readHead reads one head, tolerantly: a line that is no field line is left out
// of the fields but stays in Head. What is not HTTP at all is an error; the
// bytes read so far are in the response even then.
func (s *session) readHead(r *bufio.Reader) (*message.Response, error) {
	resp := &message.Response{}
	if start, _ := r.Peek(5); !bytes.HasPrefix([]byte("HTTP/"), start) {
		_, _ = r.Peek(512)
		some, _ := r.Peek(min(r.Buffered(), 4096))
		resp.Head = bytes.Clone(some)
		return resp, errors.New(notHTTP(resp.Head))
	}
	for n := 0; ; n++ {
		line, err := s.readLine(r, int64(len(resp.Head)))
		if resp.Head == nil {
			resp.Head = make([]byte, 0, r.Buffered()+len(line))
		}
		resp.Head = append(resp.Head, line...)
		if err != nil {
			return resp, err
		}
		text := withoutEnd(line)
		switch {
		case n == 0:
			if err := startLine(resp, text); err != nil {
				return resp, err
			}
		case text == "":
			return resp, nil
		case n > s.c.FieldLimit:
			return resp, fmt.Errorf("the head has more than %d field lines: %w", s.c.FieldLimit, errFields)
		default:
			addLine(resp, text)
		}
	}
}

// readLine reads one line with its end, within the limit of a head. The line
// is only good until the next read.
func (s *session) readLine(r *bufio.Reader, before int64) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err == nil && before+int64(len(line)) <= s.c.HeadLimit {
		return line, nil
	}
	line = bytes.Clone(line)
	for {
		if before+int64(len(line)) > s.c.HeadLimit {
			return line, fmt.Errorf("the head is longer than %d bytes: %w", s.c.HeadLimit, errHead)
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != bufio.ErrBufferFull {
			return line, err
		}
		var part []byte
		part, err = r.ReadSlice('\n')
		line = append(line, part...)
	}
}

func withoutEnd(line []byte) string {
	line = bytes.TrimSuffix(line, []byte("\n"))
	return string(bytes.TrimSuffix(line, []byte("\r")))
}

// startLine reads a status line, whose phrase and the space before it may be
// missing.
func startLine(resp *message.Response, text string) error {
	protocol, rest, _ := strings.Cut(text, " ")
	code, reason, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	n, ok := field.Integer(code)
	if !ok || len(code) != 3 || n < 100 {
		return fmt.Errorf("the status line has no code of three digits from 100 up: %s", shortened(text))
	}
	resp.Protocol, resp.Code, resp.Reason = protocol, int(n), reason
	return nil
}

// addLine adds a field line, or what a folded line adds to the one before
// (RFC 9112, Section 5.2).
func addLine(resp *message.Response, text string) {
	if (text[0] == ' ' || text[0] == '\t') && len(resp.Fields) > 0 {
		last := &resp.Fields[len(resp.Fields)-1]
		last.Value += "\r\n " + strings.Trim(text, " \t")
		return
	}
	if name, value, found := strings.Cut(text, ":"); found && name != "" {
		if resp.Fields == nil {
			resp.Fields = make(field.Section, 0, 24)
		}
		resp.Fields = append(resp.Fields, field.Line{Name: name, Value: strings.Trim(value, " \t")})
	}
}
