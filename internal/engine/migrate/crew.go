package migrate

import (
	"context"
	"runtime"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"cofre/internal/backup"
)

// hand is a connection to the server, with readers of the file for it.
type hand struct {
	conn    *pgx.Conn
	readers readers
}

// crew works on a target, each hand at its own task. Where all is one transaction it
// has one hand.
type crew []hand

// task is a piece of work that any hand can do, beside any other.
type task func(ctx context.Context, h *hand) error

// mostHands is how many connections fill a database that is built aside: each keeps a
// processor of the server busy, and one here.
const mostHands = 4

// unhindered makes of a connection one whose statements may take what they take and may
// write, in transactions of the usual sort, whatever its role's settings say, and that
// must see every row.
const unhindered = `SELECT set_config(name, '0', false) FROM pg_settings
	WHERE name IN ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout');
	SET default_transaction_read_only = off; SET default_transaction_isolation = 'read committed'; SET row_security = off; SET client_min_messages = error`

// unhindered connects.
func (s *session) unhindered(ctx context.Context, where backup.Target) (*pgx.Conn, error) {
	conn, err := s.connect(ctx, where)
	if err == nil {
		_, err = conn.PgConn().Exec(ctx, unhindered).ReadAll()
	}
	return conn, err
}

// crew connects to a database that is built aside, which nobody else knows, as often as
// the server can spare connections. It is empty where that lets nobody in. It goes with
// the session.
func (s *session) crew(ctx context.Context, where backup.Target, file string, spare int) crew {
	var c crew
	for range min(max(2, min(mostHands, runtime.NumCPU())), spare) {
		conn, err := s.unhindered(ctx, where)
		own := s.readers
		if err == nil && len(c) > 0 {
			if own, err = openReaders(file); err == nil {
				s.further = append(s.further, own)
			}
		}
		if err != nil {
			break
		}
		c = append(c, hand{conn, own})
	}
	return c
}

// share lets the crew do all tasks, those at the front first. It returns when all that
// was begun has ended; an error stops the rest.
func (c crew) share(ctx context.Context, tasks []task) error {
	queue := make(chan task, len(tasks))
	for _, t := range tasks {
		queue <- t
	}
	close(queue)
	all, ctx := errgroup.WithContext(ctx)
	for i := range c[:min(len(c), len(tasks))] {
		all.Go(func() (err error) {
			defer recovered(&err)
			for t := range queue {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := t(ctx, &c[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return all.Wait()
}

// inTurn does one after the other.
func inTurn(ctx context.Context, parts ...func(context.Context) error) error {
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// atOnce does them at the same time, and waits for all.
func atOnce(ctx context.Context, parts ...func(context.Context) error) error {
	all, ctx := errgroup.WithContext(ctx)
	for _, part := range parts {
		all.Go(func() (err error) {
			defer recovered(&err)
			return part(ctx)
		})
	}
	return all.Wait()
}
