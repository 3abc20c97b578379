package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"cofre/internal/errs"
)

// commitLimit is how long the server may take to make a restore final. Cancelling
// does not reach it: half of a commit does not exist.
const commitLimit = 10 * time.Minute

// commit makes the running transaction final. Where the connection breaks before
// the answer has come, it asks the server what became of the transaction; when that
// can't be had either, the error is errs.Damaged. Any other error means that the
// transaction is taken back.
func (s *session) commit(ctx context.Context) error {
	var id string
	if err := s.QueryRow(ctx, "SELECT pg_catalog.txid_current()::text").Scan(&id); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitLimit)
	defer cancel()
	said, err := s.PgConn().Exec(ctx, "COMMIT").ReadAll()
	var refused *pgconn.PgError
	switch {
	case err == nil:
		if tag := said[len(said)-1].CommandTag.String(); tag != "COMMIT" { // ROLLBACK: the transaction had failed unnoticed
			return fmt.Errorf("commit: the server answered %s", tag)
		}
		return nil
	case errors.As(err, &refused) && refused.Severity != "FATAL":
		return err
	}
	committed, unknown := s.committed(ctx, id)
	switch {
	case unknown != nil:
		return errs.New(errs.Damaged, "postgres.outcome_unknown", errs.Args{"database": s.database}).Because(errors.Join(err, unknown))
	case committed:
		return nil
	}
	return err
}

// askLimit is how long a server may be away that is to say what became of a transaction.
const askLimit = 10 * time.Second

// committed asks, by a connection of its own, whether a transaction was committed. It
// may not be although the COMMIT has arrived: of a connection that breaks, the driver
// asks the server to cancel what it was doing.
func (s *session) committed(ctx context.Context, id string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	for {
		status, err := s.statusOf(ctx, id)
		if err == nil && status != "in progress" { // the old session may not have ended yet
			return status == "committed", nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return false, errors.Join(err, ctx.Err())
		}
	}
}

func (s *session) statusOf(ctx context.Context, id string) (status string, err error) {
	other, err := open(ctx, s.target)
	if err != nil {
		return "", err
	}
	defer other.close(ctx)
	err = other.QueryRow(ctx, "SELECT coalesce(pg_catalog.txid_status($1::text::bigint), '')", id).Scan(&status)
	return status, err
}
