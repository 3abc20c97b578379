package archive

import (
	"context"
	"fmt"
)

// maxCell is where the values of Rows are cut: a preview shows no more of them.
const maxCell = 4096

// Rows is a backup file that is opened to look at some of its rows, for a preview.
// Tables are named as in Contents; none of it changes anything. It may be used
// from several goroutines.
type Rows interface {
	// Tables names the tables, sorted.
	Tables() []string
	// Columns names the columns of a table in its own order; none for a table that is
	// not there.
	Columns(table string) []string
	// Rows reads at most limit rows, in the order in which they lie there, and yields
	// the values of columns in the order asked for. NULL is "", a truth value t, f, 1
	// or 0; values are cut after 4,096 bytes. The slice is used again. An error of yield
	// ends the reading and is returned.
	Rows(ctx context.Context, table string, columns []string, limit int, yield func(values []string) error) error
}

// OpenRows opens a backup file for a look at its rows: an SQLite file, an archive of
// pg_dump, or an SQL script, which is read once to know where rows are. Of a layer
// around it, the content is unpacked into a temporary file. End, never nil, closes it.
func OpenRows(ctx context.Context, path, tempDir string) (rows Rows, end func(), err error) {
	return openTables(ctx, path, tempDir, tableReaders[Rows]{
		ofSQLite: LookAtSQLite,
		ofDump:   func(d *Dump) (Rows, error) { return newDumpTables(d), nil },
		ofScript: func(ctx context.Context, path string, kind Kind) (Rows, func(), error) {
			r, end, err := openScript(ctx, path, kind)
			if err != nil {
				return nil, nil, err
			}
			return scriptRows{r}, end, nil
		},
	})
}

// scriptRows are the rows of a script, for a preview.
type scriptRows struct{ *scriptRecords }

func (r scriptRows) Rows(ctx context.Context, table string, columns []string, limit int, yield func(values []string) error) error {
	return glance(ctx, r, table, columns, limit, yield)
}

// glance looks at the first rows of records.
func glance(ctx context.Context, r Records, table string, columns []string, limit int, yield func(values []string) error) error {
	if limit <= 0 {
		return nil
	}
	values := make([]string, len(columns))
	return r.Read(ctx, table, columns, int64(limit), func(row [][]byte) error {
		for i, value := range row {
			if values[i] = ""; value != nil {
				values[i] = r.Show(value)
			}
		}
		return yield(values)
	})
}

// noColumn is the error of asking for what Columns does not name: a defect of the
// caller.
func noColumn(table, column string) error {
	return fmt.Errorf("table %s has no column %s to read", table, column)
}
