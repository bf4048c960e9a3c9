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
		m["limit"] = fmt.Sprintf("%d bytes", s.c.ReadLimit)
	case message.FailureBlocked:
		f.Args = map[string]string{} // the sentence tells nothing of the target
	}
	if m["detail"] == "" && (f.Kind == message.FailureTLS || f.Kind == message.FailureMalformed || f.Kind == message.FailureOther || f.Kind == message.FailureReset) {
		m["detail"] = err.Error()
	}
	return f
}

func (s *session) kind(err error, phase message.Kind) message.Kind {
	var dns *net.DNSError
	var alert tls.AlertError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(s.asked.Err(), context.Canceled):
		return message.FailureCanceled
	case s.ctx.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return message.FailureTimeout
	case errors.Is(err, errBlocked), errors.Is(err, errPort):
		return message.FailureBlocked
	case errors.Is(err, errTooLarge):
		return message.FailureTooLarge
	case errors.As(err, &dns):
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
