package sample

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sort"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// sketch is a database that has not been written yet.
type sketch struct {
	app    string
	schema string // tables
	finish string // indexes, views, triggers: made after the rows, which is faster
	tables []table
}

// table makes the rows of a table, one after the other in the order of their
// numbers, which begin at 0.
type table struct {
	name string
	rows int64
	row  func(n int64) row
}

// row holds the values of all columns: int, int64, bool, cents, float64, string, []byte or nil.
type row []any

// cents is an amount of money. Rows count in whole cents, because floating-point
// arithmetic is not the same on every machine.
type cents int64

// stride is how many rows pass between two looks at the context.
const stride = 4096

// load fills the empty file path. Nobody reads the file before it is whole, so
// that it needs no journal.
func (s sketch) load(ctx context.Context, path string, progress func(done, total int64)) ([]Table, error) {
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	defer conn.Close()

	const whole = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16384; BEGIN;"
	if _, err := conn.ExecContext(ctx, whole+s.schema); err != nil {
		return nil, fmt.Errorf("create tables: %w", err)
	}
	tables := make([]Table, 0, len(s.tables))
	report := s.meter(progress)
	for _, t := range s.tables {
		err := conn.Raw(func(c any) error { return t.insert(ctx, c.(driver.ConnPrepareContext), report) })
		if err != nil {
			return nil, fmt.Errorf("fill %s: %w", t.name, err)
		}
		tables = append(tables, Table{Name: t.name, Rows: t.rows})
	}
	if _, err := conn.ExecContext(ctx, s.finish+"COMMIT;"); err != nil {
		return nil, fmt.Errorf("create indexes: %w", err)
	}
	if err := conn.Close(); err != nil {
		return nil, fmt.Errorf("close: %w", err)
	}
	sort.Slice(tables, func(a, b int) bool { return tables[a].Name < tables[b].Name })
	return tables, db.Close()
}

// meter returns what counts rows that were written.
func (s sketch) meter(progress func(done, total int64)) func(rows int64) {
	if progress == nil {
		return func(int64) {}
	}
	var done, total int64
	for _, t := range s.tables {
		total += t.rows
	}
	return func(rows int64) {
		done += rows
		progress(done, total)
	}
}

// insert goes past database/sql: a third of the time for a million rows.
func (t table) insert(ctx context.Context, conn driver.ConnPrepareContext, wrote func(int64)) (err error) {
	if t.rows == 0 {
		return nil
	}
	first := t.row(0)
	statement, err := conn.PrepareContext(ctx, "INSERT INTO \""+t.name+"\" VALUES (?"+strings.Repeat(", ?", len(first)-1)+")")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, statement.Close()) }()
	arguments := make([]driver.NamedValue, len(first))
	for n, values := int64(0), first; ; values = t.row(n) {
		for i, v := range values {
			arguments[i] = driver.NamedValue{Ordinal: i + 1, Value: stored(v)}
		}
		// With ctx itself the driver would start a goroutine for every row.
		if _, err := statement.(driver.StmtExecContext).ExecContext(context.Background(), arguments); err != nil {
			return err
		}
		n++
		if n%stride == 0 || n == t.rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			wrote((n-1)%stride + 1)
		}
		if n == t.rows {
			return nil
		}
	}
}

func stored(v any) driver.Value {
	switch v := v.(type) {
	case int:
		return int64(v)
	case cents:
		return float64(v) / 100 // one rounding, the same everywhere
	default:
		return v
	}
}
