package archive

import (
	"context"
	"database/sql"
)

// CheckSQLite reads all of an SQLite database that db has open, live or not, as
// Verify reads a file, on several connections of db, and reports what Verify does
// but for the hashes. Path names the database in errors. Progress, which may be
// nil, counts rows, those of an index as often as they are compared.
func CheckSQLite(ctx context.Context, db *sql.DB, path string, depth Depth, progress func(done, total int64)) (Report, error) {
	f := &sqliteFile{DB: db, path: path}
	db.SetMaxOpenConns(sqliteConnections)
	var r Report
	var err error
	if r.Contents.Tables, err = f.count(ctx, false); err != nil {
		return r, err
	}
	found, err := f.check(ctx, depth, r.Contents.Tables, func(done, total int64) {
		if progress != nil {
			progress(done, total)
		}
	})
	r.ForeignKeyViolations, r.Unchecked = found.violations, found.unchecked
	return r, err
}
