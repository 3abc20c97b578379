package postgres

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"cofre/internal/errs"
)

// connecting words why a connection could not be made. The server's words go
// into the detail; a password is in none of them.
func connecting(ctx context.Context, err error, config *pgx.ConnConfig) error {
	if ctx.Err() != nil {
		return fmt.Errorf("connect: %w", ctx.Err())
	}
	var tunnel *errs.Error
	if errors.As(err, &tunnel) {
		return tunnel
	}
	args := errs.Args{
		"host": config.Host, "port": strconv.Itoa(int(config.Port)),
		"user": config.User, "database": config.Database,
	}
	is := func(code errs.Code, reason string) error {
		return errs.New(code, reason, args).Because(err)
	}
	var said *pgconn.PgError
	if errors.As(err, &said) {
		code, reason := refusal(said, config.Password != "")
		return errs.New(code, reason, args).With(words(said))
	}
	var lookup *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &lookup) && !lookup.IsTimeout:
		return is(errs.Unavailable, "postgres.unknown_host")
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.Errno(10061)): // 10061: the same on Windows
		return is(errs.Unavailable, "postgres.refused")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return is(errs.Unavailable, "postgres.socket")
	case certificate(err):
		return is(errs.Denied, "postgres.certificate")
	case strings.Contains(err.Error(), "server refused TLS connection"): // pgx has no type for it
		return is(errs.Unavailable, "postgres.tls_refused")
	case tlsProblem(err):
		return is(errs.Unavailable, "postgres.tls")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return is(errs.Unavailable, "postgres.timeout")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.Errno(10065)), errors.Is(err, syscall.Errno(10051)):
		return is(errs.Unavailable, "postgres.unreachable")
	}
	return is(errs.Unavailable, "postgres.no_answer")
}

// refusal words a server that answered, and said no.
func refusal(said *pgconn.PgError, password bool) (errs.Code, string) {
	switch said.Code {
	case "28P01":
		if !password {
			return errs.Denied, "postgres.password_needed"
		}
		return errs.Denied, "postgres.password"
	case "28000":
		return errs.Denied, "postgres.not_let_in"
	case "3D000":
		return errs.NotFound, "postgres.no_database"
	case "42501":
		return errs.Denied, "postgres.no_connect"
	case "53300":
		return errs.Unavailable, "postgres.too_many"
	case "57P03":
		return errs.Unavailable, "postgres.starting"
	case "53100":
		return errs.Unavailable, "postgres.server_full"
	case "55000":
		return errs.Unavailable, "postgres.closed"
	}
	return errs.Unavailable, "postgres.no_answer"
}

func certificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &name) || errors.As(err, &invalid)
}

func tlsProblem(err error) bool {
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &record) || errors.As(err, &alert) || strings.Contains(err.Error(), "tls error")
}

// problem words an error of a statement in a running session. Errors that have a
// reason already come back as they are.
func (s *session) problem(ctx context.Context, err error) error {
	var coded *errs.Error
	if err == nil || errors.As(err, &coded) {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	args := errs.Args{"database": s.database, "host": s.where.host, "user": s.where.user}
	var said *pgconn.PgError
	if !errors.As(err, &said) {
		if lost(s, err) {
			return errs.New(errs.Unavailable, "postgres.lost", args).Because(err)
		}
		return fmt.Errorf("ask PostgreSQL: %w", err)
	}
	is := func(code errs.Code, reason string) error {
		return errs.New(code, reason, args).With(words(said))
	}
	switch {
	case said.Code == "42501" && strings.HasPrefix(said.Routine, "check_enable_rls"):
		return is(errs.Denied, "postgres.row_security")
	case said.Code == "42501":
		return is(errs.Denied, "postgres.rights")
	case said.Code == "55P03", said.Code == "40P01":
		return is(errs.Busy, "postgres.locked")
	case said.Code == "25006":
		return is(errs.Denied, "postgres.read_only")
	case said.Code == "53100":
		return is(errs.Unavailable, "postgres.server_full")
	case said.Code == "53200" && strings.Contains(said.Hint, "max_locks_per_transaction"):
		return is(errs.Unavailable, "postgres.locks_exhausted")
	case said.Code == "53300":
		return is(errs.Unavailable, "postgres.too_many")
	case said.Code == "57014":
		return is(errs.Unavailable, "postgres.interrupted")
	case strings.HasPrefix(said.Code, "57P"), strings.HasPrefix(said.Code, "08"):
		return is(errs.Unavailable, "postgres.lost")
	case strings.HasPrefix(said.Code, "53"):
		return is(errs.Unavailable, "postgres.server_resources")
	case strings.HasPrefix(said.Code, "XX"), strings.HasPrefix(said.Code, "58"):
		return is(errs.Corrupt, "postgres.server_damage")
	}
	return is(errs.Internal, "postgres.statement")
}

// lost tells a broken connection from a mistake of ours.
func lost(s *session, err error) bool {
	var network net.Error
	return s.PgConn().IsClosed() || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// words are what the server said, without the parts that quote rows: its DETAIL
// ("Key (email)=(…)") and the end of its CONTEXT ("COPY users, line 3, column email: …").
func words(said *pgconn.PgError) string {
	text := fmt.Sprintf("%s: %s (SQLSTATE %s)", said.Severity, said.Message, said.Code)
	if strings.HasPrefix(said.Code, "22") { // data exceptions quote the value itself
		head, _, _ := strings.Cut(said.Message, ": \"")
		text = fmt.Sprintf("%s: %s (SQLSTATE %s)", said.Severity, head, said.Code)
	}
	if where, ok := strings.CutPrefix(said.Where, "COPY "); ok {
		head, _, _ := strings.Cut(where, ": ")
		head, _, _ = strings.Cut(head, "\n")
		text += "\nCOPY " + head
	}
	return text
}
