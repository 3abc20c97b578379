package sqlite

import (
	"context"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

var _ backup.Reader = (*Engine)(nil)

// Records lends do all rows of one state of the live database, for a comparison.
func (e *Engine) Records(ctx context.Context, t backup.Target, do func(archive.Records) error) error {
	return e.look(ctx, t, func(live *view) error {
		if err := live.snapshot(ctx); err != nil {
			return err
		}
		records, err := archive.RecordsOfSQLite(ctx, live.connection, t.Path)
		if err != nil {
			return err
		}
		return do(records)
	})
}
