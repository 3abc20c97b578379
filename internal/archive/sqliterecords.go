package archive

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"cofre/internal/errs"
)

// sqliteRecords are the rows of an SQLite database: each value with its own type.
type sqliteRecords struct {
	db   SQLiteQuerier
	path string // for errors
	rows *sqliteRows
	keys map[string][]string
	// types by table and column
	types map[string]map[string]string
}

// RecordsOfSQLite reads rows through a connection to a database, live or not, that
// stays open as long as it is used. Path names it in errors.
func RecordsOfSQLite(ctx context.Context, db SQLiteQuerier, path string) (Records, error) {
	return newSQLiteRecords(ctx, db, path)
}

func newSQLiteRecords(ctx context.Context, db SQLiteQuerier, path string) (*sqliteRecords, error) {
	r := &sqliteRecords{db: db, path: path, rows: &sqliteRows{db: db, path: path, columns: map[string][]string{}}, keys: map[string][]string{}, types: map[string]map[string]string{}}
	if err := r.rows.load(ctx); err != nil {
		return nil, sqliteError(err, path)
	}
	for _, table := range r.rows.tables {
		if err := r.describe(ctx, table); err != nil {
			return nil, sqliteError(err, path)
		}
	}
	return r, nil
}

// describe reads the types of a table's columns, and its key.
func (r *sqliteRecords) describe(ctx context.Context, table string) error {
	rows, err := r.db.QueryContext(ctx, "SELECT name, type, pk FROM pragma_table_info(?, 'main') ORDER BY pk", table)
	if ownToApplication(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer rows.Close()
	r.types[table] = map[string]string{}
	for rows.Next() {
		var name, declared string
		var place int
		if err := rows.Scan(&name, &declared, &place); err != nil {
			return err
		}
		r.types[table][name] = declared
		if place > 0 {
			r.keys[table] = append(r.keys[table], name)
		}
	}
	if err := rows.Err(); !ownToApplication(err) {
		return err
	}
	return nil
}

func (r *sqliteRecords) Tables() []string              { return r.rows.tables }
func (r *sqliteRecords) Columns(table string) []string { return r.rows.Columns(table) }
func (r *sqliteRecords) Key(table string) []string     { return r.keys[table] }
func (*sqliteRecords) Zoned(string) []string           { return nil }

func (r *sqliteRecords) Type(table, column string) string   { return r.types[table][column] }
func (r *sqliteRecords) Stored(table, column string) string { return r.types[table][column] }

func (r *sqliteRecords) Read(ctx context.Context, table string, columns []string, limit int64, yield func([][]byte) error) error {
	if len(r.rows.columns[table]) == 0 { // a virtual table of a module that is not here
		return errs.New(errs.Unavailable, "archive.no_columns", errs.Args{"table": table})
	}
	selected := make([]string, len(columns))
	for i, c := range columns {
		if !slices.Contains(r.rows.columns[table], c) {
			return noColumn(table, c)
		}
		selected[i] = "+" + quoteSQLite(c) // an expression has no declared type, by which the driver would make a date of a text
	}
	query := fmt.Sprintf("SELECT %s FROM main.%s", strings.Join(selected, ", "), quoteSQLite(table))
	if limit > 0 {
		query += " LIMIT " + strconv.FormatInt(limit, 10)
	}
	rows, err := r.db.QueryContext(ctx, query)
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

// The storage classes of SQLite, before a value that Records gives.
const (
	cellInteger = 'i' // and eight bytes
	cellReal    = 'r' // and the eight bytes of a float64
	cellBlob    = 'b'
	cellText    = 't'
)

// appendCell writes a value with its storage class: 1 is not '1' to SQLite.
func appendCell(to []byte, cell any) []byte {
	switch v := cell.(type) {
	case int64:
		return binary.BigEndian.AppendUint64(append(to, cellInteger), uint64(v))
	case float64:
		return binary.BigEndian.AppendUint64(append(to, cellReal), math.Float64bits(v))
	case []byte:
		return append(append(to, cellBlob), v...)
	case string:
		return append(append(to, cellText), v...)
	}
	return fmt.Appendf(append(to, '?'), "%v", cell)
}

// SQLiteValue is a value that Records of an SQLite database gave: an int64, a
// float64, a string, or the bytes of a BLOB, which are only lent.
func SQLiteValue(value []byte) any {
	if len(value) == 0 {
		return ""
	}
	switch rest := value[1:]; value[0] {
	case cellInteger:
		return int64(binary.BigEndian.Uint64(rest))
	case cellReal:
		return math.Float64frombits(binary.BigEndian.Uint64(rest))
	case cellBlob:
		return rest
	default:
		return string(rest)
	}
}

func (*sqliteRecords) Show(value []byte) string { return showSQLite(value) }

func showSQLite(value []byte) string {
	switch v := SQLiteValue(value[:min(len(value), maxCell+1)]).(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []byte:
		return "x'" + hex.EncodeToString(v[:min(len(v), maxCell/2)]) + "'"
	case string:
		return cell(v)
	}
	return ""
}
