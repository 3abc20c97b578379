package sqlite

import (
	"context"
	"errors"

	"modernc.org/sqlite"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// Check reads the live database whole, as a backup is read: integrity_check and
// foreign_key_check, on several connections. Damage is errs.Corrupt. Rows whose
// foreign key leads nowhere are none: an application may live with them, and what
// a backup has of them is restored as it is.
func (e *Engine) Check(ctx context.Context, t backup.Target, p backup.Progress) error {
	p = onward(p)
	return e.look(ctx, t, func(live *view) error {
		live.Close() // the check takes as many connections as it is good for
		return patiently(ctx, t, func() error {
			_, err := archive.CheckSQLite(ctx, live.pool, t.Path, archive.Full, func(done, total int64) {
				p(backup.Update{Done: done, Total: total, Unit: "rows"})
			})
			var lock *sqlite.Error
			if errors.As(err, &lock) && locked(lock) {
				return lock // says nothing of the database: it is checked again when it is free
			}
			return err
		})
	})
}

// orphans counts the rows whose foreign key leads nowhere.
func (c *connection) orphans(ctx context.Context) (n int64, err error) {
	err = c.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&n)
	return n, err
}
