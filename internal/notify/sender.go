package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"time"

	"cofre/internal/errs"
)

// Sender delivers messages. Its fields are not changed once it is used.
type Sender struct {
	Timeout time.Duration  // of one delivery; 0 for half a minute
	Roots   *x509.CertPool // that certificates are checked against; nil for the system's
	Program string         // name and version, for User-Agent

	// Pop shows a notification on this computer's desktop; nil for the system's own.
	Pop func(ctx context.Context, title, text string, urgent bool) error
	// Watched says whether somebody looks at Cofre's window now, where a notification would
	// only be in the way; nil: nobody does.
	Watched func() bool
}

// Send delivers m and returns what the server answered. An error has a reason that says
// at which point it went wrong; where the answer would be the same again it is
// errs.Invalid or errs.Denied, else errs.Unavailable.
func (s *Sender) Send(ctx context.Context, c Channel, secret Secret, m Message) (answer string, err error) {
	limit := s.Timeout
	if limit == 0 {
		limit = 30 * time.Second
	}
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	switch c.Kind {
	case Mail:
		answer, err = s.mail(ctx, c, secret, m, limit)
	case Desktop:
		err = s.pop(ctx, m)
	default:
		answer, err = s.post(ctx, c, secret, m)
	}
	if e := new(errs.Error); err != nil && !errors.As(err, &e) {
		err = broke(err, c, secret)
	}
	return answer, err
}

// urgent is what somebody should see now.
func urgent(e Event) bool {
	return e == Failure || e == Anomaly || e == Silence || e == Room || e == Undelivered
}

func (s *Sender) pop(ctx context.Context, m Message) error {
	if s.Watched != nil && s.Watched() && m.Event != Test {
		return nil // it is seen where it happens
	}
	show := s.Pop
	if show == nil {
		show = pop
	}
	text := ""
	for i, line := range m.Lines {
		if i > 0 {
			text += "\n"
		}
		text += line
	}
	if err := show(ctx, m.Title, cut(text, longestLine), urgent(m.Event)); err != nil {
		return errs.New(errs.Unavailable, "notify.desktop", nil).Because(err)
	}
	return nil
}

// config is of TLS.
func (s *Sender) config(host string) *tls.Config {
	return &tls.Config{ServerName: host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
}

// client never follows to another place: what it sends may be secret.
func (s *Sender) client() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	t.DisableKeepAlives = true
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// broke names what went wrong on the way to a server.
func broke(err error, c Channel, s Secret) error {
	host := c.Host
	if host == "" {
		host = c.Shown
	}
	args := errs.Args{"host": host}
	var timeout net.Error
	var unknown *net.DNSError
	var verify *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &verify):
		return errs.New(errs.Denied, "notify.certificate", args).With(shorten(verify.Error(), s))
	case errors.As(err, &header), errors.As(err, &alert):
		return errs.New(errs.Unavailable, "notify.tls", args).With(shorten(err.Error(), s))
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return errs.New(errs.Unavailable, "notify.timeout", args)
	case errors.Is(err, context.Canceled):
		return errs.New(errs.Cancelled, "job.cancelled", nil).Because(context.Canceled)
	case errors.As(err, &unknown):
		return errs.New(errs.Unavailable, "notify.unknown_host", args)
	}
	return errs.New(errs.Unavailable, "notify.unreachable", args).With(shorten(err.Error(), s))
}
