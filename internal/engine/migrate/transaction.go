package migrate

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/target"
	"cofre/internal/errs"
)

// goodbye is how long ending a connection may take.
const goodbye = 10 * time.Second

// connect opens a connection. When its context is done the statement is
// cancelled at the server, which otherwise would go on and keep its locks.
func connect(ctx context.Context, t backup.Target) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(t.URL)
	if err != nil {
		return nil, errs.New(errs.Invalid, "target.url", nil) // err would repeat the URL
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "cofre"
	}
	config.RuntimeParams["client_encoding"] = "UTF8"
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: goodbye}
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, errs.New(errs.Unavailable, "migrate.connect", errs.Args{"place": t.Place()}).Because(err)
	}
	return conn, nil
}

// transaction is the one in which everything happens.
type transaction struct {
	pgx.Tx
	target backup.Target
	id     string
}

// transaction begins it and locks all tables, waiting as long as the person
// allows. Nobody reads or writes them until it ends.
func (s *session) transaction(ctx context.Context, t backup.Target) (_ *transaction, err error) {
	inner, err := s.conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite})
	if err != nil {
		return nil, err
	}
	tx := &transaction{Tx: inner, target: t}
	defer func() {
		if err != nil {
			tx.rollback(ctx)
		}
	}()
	for _, setting := range []string{
		"statement_timeout = 0", "idle_in_transaction_session_timeout = 0", "row_security = off",
		"lock_timeout = " + strconv.FormatInt(t.Wait().Milliseconds(), 10),
	} {
		if _, err := tx.Exec(ctx, "SET LOCAL "+setting); err != nil {
			return nil, err
		}
	}
	if err := s.work.lock(ctx, tx); err != nil {
		return nil, fmt.Errorf("lock the tables: %w", err)
	}
	now, err := target.Read(ctx, s.conn)
	if err != nil {
		return nil, err
	}
	if !same(now, s.work.target) {
		return nil, errs.New(errs.Stale, "restore.stale", errs.Args{"what": t.Name}).Because(errChanged)
	}
	return tx, tx.QueryRow(ctx, "SELECT txid_current()::text").Scan(&tx.id)
}

// lock locks what will be emptied. In the order of names, so that two do not
// wait for each other.
func (w *work) lock(ctx context.Context, tx pgx.Tx) error {
	var names []string
	for _, t := range w.cleared {
		names = append(names, t.SQL())
	}
	if len(names) == 0 || w.made != nil {
		return nil
	}
	_, err := tx.Exec(ctx, "LOCK TABLE "+strings.Join(names, ", ")+" IN ACCESS EXCLUSIVE MODE")
	return err
}

func (tx *transaction) rollback(ctx context.Context) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer stop()
	tx.Rollback(ctx) //nolint:errcheck // a connection that can't even roll back is closed next, which does
}

// commit commits. It can no longer be cancelled, and where the connection breaks
// before the answer has come, it asks the server what became of the transaction.
func (tx *transaction) commit(ctx context.Context) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Minute)
	defer stop()
	err := tx.Commit(ctx)
	var refused *pgconn.PgError
	if err == nil || errors.As(err, &refused) {
		return err
	}
	conn, again := connect(ctx, tx.target)
	if again != nil {
		return errs.New(errs.Damaged, "migrate.outcome_unknown", nil).Because(errors.Join(err, again))
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing depends on a farewell
	// The old session may not have ended yet: then its transaction is still in progress.
	for {
		var status *string
		if again := conn.QueryRow(ctx, "SELECT txid_status($1::bigint)", tx.id).Scan(&status); again != nil {
			return errs.New(errs.Damaged, "migrate.outcome_unknown", nil).Because(errors.Join(err, again))
		}
		switch {
		case status != nil && *status == "committed":
			return nil
		case status == nil || *status == "aborted":
			return err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return errs.New(errs.Damaged, "migrate.outcome_unknown", nil).Because(err)
		}
	}
}
