package boot

import (
	"context"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/profile"
	"cofre/internal/service"
)

// looker is an engine that lends a look at the rows of a live database.
type looker interface {
	Rows(ctx context.Context, t backup.Target, do func(archive.Rows) error) error
}

// previews reads whose a backup or a database is, as far as that is known.
// Temporary files go to work.
func previews(known profile.Set, engines map[backup.Kind]backup.Engine, work string) service.Previews {
	return service.Previews{
		File: func(ctx context.Context, file string, c backup.Contents) (*profile.Facts, error) {
			rows, done, err := archive.OpenRows(ctx, file, work)
			defer done()
			if err != nil {
				return nil, err
			}
			return known.Detect(ctx, rows, counts(c))
		},
		Live: func(ctx context.Context, t backup.Target, c backup.Contents) (facts *profile.Facts, err error) {
			engine, ok := engines[t.Kind].(looker)
			if !ok {
				return nil, nil
			}
			err = engine.Rows(ctx, t, func(rows archive.Rows) error {
				facts, err = known.Detect(ctx, rows, counts(c))
				return err
			})
			return facts, err
		},
	}
}

func counts(c backup.Contents) map[string]int64 {
	m := make(map[string]int64, len(c.Tables))
	for _, t := range c.Tables {
		m[t.Name] = t.Rows
	}
	return m
}
