package sqlite

import (
	"context"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// Rows lends do a look at the rows of one state of the live database, for a
// preview. Do may be called again from the start, as the locks of other programs
// require.
func (e *Engine) Rows(ctx context.Context, t backup.Target, do func(archive.Rows) error) error {
	return e.look(ctx, t, func(live *view) error {
		if err := live.snapshot(ctx); err != nil {
			return err
		}
		rows, err := archive.LookAtSQLite(ctx, live.connection, t.Path)
		if err != nil {
			return err
		}
		return do(rows)
	})
}
