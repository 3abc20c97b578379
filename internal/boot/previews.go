package boot

import (
	"context"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/engine/sqlite"
	"cofre/internal/profile"
)

// factsOfFile reads whose a backup file is.
func factsOfFile(ctx context.Context, file string, c backup.Contents) (*profile.Facts, error) {
	rows, done, err := archive.OpenRows(ctx, file)
	if err != nil {
		return nil, err
	}
	defer done()
	return profile.Detect(ctx, rows, counts(c))
}

// factsOfLive reads whose a live database is.
func factsOfLive(ctx context.Context, t backup.Target, c backup.Contents) (*profile.Facts, error) {
	open := func() (profile.Source, func(), error) { return postgresEngine.OpenRows(ctx, t) }
	if t.Kind == backup.SQLite {
		open = func() (profile.Source, func(), error) { return sqlite.OpenRows(ctx, t) }
	}
	rows, done, err := open()
	if err != nil {
		return nil, err
	}
	defer done()
	return profile.Detect(ctx, rows, counts(c))
}

func counts(c backup.Contents) map[string]int64 {
	m := make(map[string]int64, len(c.Tables))
	for _, t := range c.Tables {
		m[t.Name] = t.Rows
	}
	return m
}
