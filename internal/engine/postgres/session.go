package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// application is the name that the server's administrator sees for our sessions.
const application = "cofre"

const (
	connectLimit = 20 * time.Second // for a URL that names no connect_timeout
	partingLimit = 5 * time.Second  // for a rollback or a good-bye after a cancellation
)

// session is one connection to a target, and what every operation asks first.
type session struct {
	*pgx.Conn
	where    address // where the connection ended up, of all the hosts that the URL may name
	target   backup.Target
	version  version
	database string
	replica  bool // in recovery: nothing can be written
	super    bool // the connecting role is a superuser
}

// sinceIdleSessionTimeout is the first major that can end a session for doing nothing.
const sinceIdleSessionTimeout = 14

// open connects to t. Its errors are worded for a person who set up the connection.
func open(ctx context.Context, t backup.Target) (*session, error) {
	config, where, err := configure(t)
	if err != nil {
		return nil, err
	}
	dialling := ctx
	if config.ConnectTimeout == 0 {
		limited, cancel := context.WithTimeout(ctx, connectLimit)
		defer cancel()
		dialling = limited
	}
	conn, err := pgx.ConnectConfig(dialling, config)
	if err != nil {
		return nil, connecting(ctx, err, config)
	}
	where.settle()
	s := &session{Conn: conn, where: *where, target: t}
	if err := s.introduce(ctx); err != nil {
		s.close(ctx)
		return nil, s.problem(ctx, err)
	}
	return s, nil
}

// cancelling asks the server to stop a statement when its context is done, and
// waits for it: after a cancellation the connection still works and nothing goes
// on running behind it.
func cancelling(conn *pgconn.PgConn) ctxwatch.Handler {
	return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: partingLimit}
}

func (s *session) introduce(ctx context.Context) error {
	var text string
	err := s.QueryRow(ctx, `SELECT current_setting('server_version'), current_database()::text, pg_catalog.pg_is_in_recovery(),
		(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)`).Scan(&text, &s.database, &s.replica, &s.super)
	if err != nil {
		return err
	}
	s.version = readVersion(text)
	if s.version.major < oldest {
		return errs.New(errs.Unavailable, "postgres.too_old", errs.Args{"version": s.version.String(), "oldest": fmt.Sprint(oldest)})
	}
	return s.inUTF8(ctx)
}

// inUTF8 lets names come and go in UTF-8, as those of archives are read. What is not
// read so is taken as it is, on both sides.
func (s *session) inUTF8(ctx context.Context) error {
	now := s.PgConn().ParameterStatus("client_encoding")
	if s.bare() && now != noEncoding {
		return s.script(ctx, "SET client_encoding = '"+noEncoding+"'") // in UTF-8 the server would refuse what is none
	}
	if now == "UTF8" || !archive.Decodes(now) {
		return nil
	}
	return s.script(ctx, "SET client_encoding = 'UTF8'")
}

// noEncoding is what PostgreSQL calls the lack of one.
const noEncoding = "SQL_ASCII"

// bare says whether the database has no encoding: its bytes may be anything.
func (s *session) bare() bool { return s.PgConn().ParameterStatus("server_encoding") == noEncoding }

// shown is what the session's statements now spell, in UTF-8, for which see inUTF8.
func (s *session) shown(text string) string {
	return archive.Decoded(s.PgConn().ParameterStatus("client_encoding"), text)
}

// close ends the session, also after ctx is done.
func (s *session) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), partingLimit)
	defer cancel()
	_ = s.Close(ctx) // what went wrong before is what matters
	if w := s.where.tunnel; w != nil && w.forward != nil {
		w.forward.Close()
	}
}

// The transactions that Cofre opens.
const (
	reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	writing = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
)

// begin opens a transaction in which no setting of the role or the database
// ends a long statement, names are never looked up in a schema that a user can
// write to, and row security makes an error rather than fewer rows.
func (s *session) begin(ctx context.Context, kind string) error {
	settings := []string{
		kind,
		"SET LOCAL search_path = ''",
		"SET LOCAL statement_timeout = 0",
		"SET LOCAL idle_in_transaction_session_timeout = 0",
		fmt.Sprintf("SET LOCAL lock_timeout = %d", s.target.Wait().Milliseconds()),
		"SET LOCAL row_security = off",
		"SET LOCAL client_min_messages = error",
	}
	if s.version.major >= sinceTransactionTimeout {
		settings = append(settings, "SET LOCAL transaction_timeout = 0")
	}
	return s.script(ctx, strings.Join(settings, "; "))
}

// rollback ends the transaction without a change, also after ctx is done.
func (s *session) rollback(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), partingLimit)
	defer cancel()
	_ = s.script(ctx, "ROLLBACK") // a connection that is gone has rolled back
}

// script runs statements, one or more, without parameters.
func (s *session) script(ctx context.Context, sql string) error {
	_, err := s.PgConn().Exec(ctx, sql).ReadAll()
	return err
}

// text runs a query whose rows are one text each.
func (s *session) text(ctx context.Context, sql string, args ...any) ([]string, error) {
	rows, err := s.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// quote quotes an identifier, qualified by the ones before it.
func quote(parts ...string) string { return pgx.Identifier(parts).Sanitize() }
