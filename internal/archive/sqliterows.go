package archive

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// sqliteRows looks at rows of an SQLite database.
type sqliteRows struct {
	db      SQLiteQuerier
	path    string // for errors
	tables  []string
	columns map[string][]string
}

// LookAtSQLite looks at rows through a connection to a database, live or not, that
// stays open as long as it is used. Path names it in errors.
func LookAtSQLite(ctx context.Context, db SQLiteQuerier, path string) (Rows, error) {
	r := &sqliteRows{db: db, path: path, columns: map[string][]string{}}
	if err := r.load(ctx); err != nil {
		return nil, sqliteError(err, path)
	}
	return r, nil
}

func (r *sqliteRows) load(ctx context.Context) (err error) {
	if r.tables, err = SQLiteTables(ctx, r.db); err != nil {
		return err
	}
	for _, table := range r.tables {
		columns, err := r.columnsOf(ctx, table)
		if err != nil && !ownToApplication(err) {
			return err
		}
		r.columns[table] = columns
	}
	return nil
}

func (r *sqliteRows) columnsOf(ctx context.Context, table string) (columns []string, err error) {
	rows, err := r.db.QueryContext(ctx, "SELECT name FROM pragma_table_info(?, 'main')", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		columns = append(columns, name)
	}
	return columns, rows.Err()
}

func (r *sqliteRows) Tables() []string              { return r.tables }
func (r *sqliteRows) Columns(table string) []string { return r.columns[table] }

func (r *sqliteRows) Rows(ctx context.Context, table string, columns []string, limit int, yield func(values []string) error) error {
	selected := make([]string, len(columns))
	for i, c := range columns {
		if !slices.Contains(r.columns[table], c) {
			return noColumn(table, c)
		}
		// As text, or the driver would turn what is declared a date into one.
		selected[i] = fmt.Sprintf("coalesce(CAST(substr(%s, 1, %d) AS TEXT), '')", quoteSQLite(c), maxCell)
	}
	rows, err := r.db.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM main.%s LIMIT ?", strings.Join(selected, ", "), quoteSQLite(table)), limit)
	if err != nil {
		return sqliteError(err, r.path)
	}
	defer rows.Close()
	values := make([]string, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return sqliteError(err, r.path)
		}
		for i, v := range values {
			values[i] = cell(v)
		}
		if err := yield(values); err != nil {
			return err
		}
	}
	return sqliteError(rows.Err(), r.path)
}

// cell is a value as it is shown.
func cell(v string) string {
	return strings.ToValidUTF8(v[:min(len(v), maxCell)], "\uFFFD")
}
