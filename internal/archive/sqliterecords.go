package archive

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// sqliteRecords are the rows of an SQLite database: each value with its own type.
type sqliteRecords struct {
	db   SQLiteQuerier
	path string // for errors
	rows *sqliteRows
	keys map[string][]string
}

// RecordsOfSQLite reads rows through a connection to a database, live or not, that
// stays open as long as it is used. Path names it in errors.
func RecordsOfSQLite(ctx context.Context, db SQLiteQuerier, path string) (Records, error) {
	r := &sqliteRecords{db: db, path: path, rows: &sqliteRows{db: db, path: path, columns: map[string][]string{}}, keys: map[string][]string{}}
	if err := r.rows.load(ctx); err != nil {
		return nil, sqliteError(err, path)
	}
	for _, table := range r.rows.tables {
		if err := r.readKey(ctx, table); err != nil {
			return nil, sqliteError(err, path)
		}
	}
	return r, nil
}

func (r *sqliteRecords) readKey(ctx context.Context, table string) error {
	rows, err := r.db.QueryContext(ctx, "SELECT name FROM pragma_table_info(?, 'main') WHERE pk > 0 ORDER BY pk", table)
	if ownToApplication(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		r.keys[table] = append(r.keys[table], name)
	}
	if err := rows.Err(); !ownToApplication(err) {
		return err
	}
	return nil
}

func (r *sqliteRecords) Columns(table string) []string { return r.rows.Columns(table) }
func (r *sqliteRecords) Key(table string) []string     { return r.keys[table] }
func (*sqliteRecords) Zoned(string) []string           { return nil }

func (r *sqliteRecords) Read(ctx context.Context, table string, columns []string, yield func([][]byte) error) error {
	selected := make([]string, len(columns))
	for i, c := range columns {
		if !slices.Contains(r.rows.columns[table], c) {
			return noColumn(table, c)
		}
		selected[i] = "+" + quoteSQLite(c) // an expression has no declared type, by which the driver would make a date of a text
	}
	rows, err := r.db.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM main.%s", strings.Join(selected, ", "), quoteSQLite(table)))
	if err != nil {
		return sqliteError(err, r.path)
	}
	defer rows.Close()
	cells, into, values := make([]any, len(columns)), make([]any, len(columns)), make([][]byte, len(columns))
	buffers := make([][]byte, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return sqliteError(err, r.path)
		}
		for i, cell := range cells {
			if cell == nil {
				values[i] = nil
				continue
			}
			buffers[i] = appendCell(buffers[i][:0], cell)
			values[i] = buffers[i]
		}
		if err := yield(values); err != nil {
			return err
		}
	}
	return sqliteError(rows.Err(), r.path)
}

// appendCell writes a value with its storage class: 1 is not '1' to SQLite.
func appendCell(to []byte, cell any) []byte {
	switch v := cell.(type) {
	case int64:
		return binary.BigEndian.AppendUint64(append(to, 'i'), uint64(v))
	case float64:
		return binary.BigEndian.AppendUint64(append(to, 'r'), math.Float64bits(v))
	case []byte:
		return append(append(to, 'b'), v...)
	case string:
		return append(append(to, 't'), v...)
	}
	return fmt.Appendf(append(to, '?'), "%v", cell)
}
