package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"wwwhy/web/message"
)

// What ends an exchange by our own decision.
var (
	errBlocked  = errors.New("the address is not public")
	errPort     = errors.New("the port is not one of those that are asked")
	errTooLarge = errors.New("the budget of bytes is used up")
	errHead     = errors.New("the head is too long")
	errFields   = errors.New("the head has too many field lines")
	errInterim  = errors.New("there are too many interim responses")
	errDials    = errors.New("the budget of connections is used up")

	// What we do not send in HTTP/2; nothing of it is the server's doing.
	errLongFields  = errors.New("the request's fields are too long for one frame of HTTP/2, and HTTP/1.1 has no such limit")
	errLongContent = errors.New("the request's content is longer than the 65535 bytes that we send in HTTP/2, and HTTP/1.1 has no such limit")
	errBusy        = errors.New("too many inspections of this address are under way")
)

// args pairs names and values for a failure's sentence.
func args(pairs ...any) map[string]string {
	m := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = fmt.Sprint(pairs[i+1])
	}
	return m
}

// failure names what an error means. phase is what was going on.
func (s *session) failure(err error, phase message.Kind, m map[string]string) *message.Failure {
	if m == nil {
		m = map[string]string{}
	}
	f := &message.Failure{Kind: s.kind(err, phase), Args: m, Err: err}
	switch f.Kind {
	case message.FailureTimeout:
		m["limit"] = s.c.Deadline.String()
	case message.FailureTooLarge:
		m["limit"] = s.limit(err)
	case message.FailureBusy:
		f.Args = map[string]string{"host": m["host"]}
	case message.FailureBlocked:
		f.Args = map[string]string{} // the sentence tells nothing of the target
	}
	if m["detail"] == "" && (f.Kind == message.FailureTLS || f.Kind == message.FailureMalformed || f.Kind == message.FailureOther || f.Kind == message.FailureReset) {
		m["detail"] = err.Error()
	}
	return f
}

// limit says which of our limits an error stands for.
func (s *session) limit(err error) string {
	switch {
	case errors.Is(err, errHead):
		return fmt.Sprintf("%d bytes of a head", s.c.HeadLimit)
	case errors.Is(err, errFields):
		return fmt.Sprintf("%d field lines", s.c.FieldLimit)
	case errors.Is(err, errInterim):
		return fmt.Sprintf("%d interim responses", s.c.Interim)
	case errors.Is(err, errDials):
		return fmt.Sprintf("%d connections", s.c.Dials)
	}
	return fmt.Sprintf("%d bytes", s.c.ReadLimit)
}

func (s *session) kind(err error, phase message.Kind) message.Kind {
	var dns *net.DNSError
	var alert tls.AlertError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(s.asked.Err(), context.Canceled):
		return message.FailureCanceled
	case s.ctx.Err() != nil:
		return message.FailureTimeout
	case errors.As(err, &dns) && dns.IsTimeout:
		return message.FailureResolver
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return message.FailureTimeout
	case errors.Is(err, errBlocked), errors.Is(err, errPort):
		return message.FailureBlocked
	case errors.Is(err, errTooLarge), errors.Is(err, errHead), errors.Is(err, errFields), errors.Is(err, errInterim), errors.Is(err, errDials):
		return message.FailureTooLarge
	case errors.Is(err, errBusy):
		return message.FailureBusy
	case errors.Is(err, errLongFields), errors.Is(err, errLongContent):
		return message.FailureOther
	case errors.As(err, &dns) && !dns.IsNotFound:
		return message.FailureResolver
	case errors.As(err, &dns), errors.Is(err, errFamily):
		return message.FailureDNS
	case errors.Is(err, syscall.ECONNREFUSED):
		return message.FailureRefused
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL):
		return message.FailureUnreachable
	case errors.As(err, &alert), errors.As(err, &record):
		return message.FailureTLS
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return message.FailureReset
	case phase == message.FailureTLS:
		return message.FailureTLS
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return message.FailureClosed
	}
	return phase
}
