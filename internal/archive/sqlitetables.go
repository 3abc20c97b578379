package archive

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLiteQuerier is a connection, a transaction or a pool of an SQLite database.
type SQLiteQuerier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// SQLiteTables names the tables of the main database in which an application
// keeps rows, sorted: ordinary and virtual tables, but neither SQLite's own nor
// the ones in which a virtual table keeps its content.
func SQLiteTables(ctx context.Context, db SQLiteQuerier) ([]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT l.name, l.type, coalesce(m.sql, '') FROM pragma_table_list AS l
		LEFT JOIN main.sqlite_schema AS m ON m.type = 'table' AND m.name = l.name
		WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	hidden := map[string]bool{}
	for rows.Next() {
		var name, kind, create string
		if err := rows.Scan(&name, &kind, &create); err != nil {
			return nil, err
		}
		names = append(names, name)
		if kind == "virtual" {
			for _, part := range shadows(create) {
				hidden[name+part] = true
			}
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(names, func(name string) bool { return hidden[name] }), rows.Err()
}

// shadows are the endings of the tables behind a virtual table whose module is
// not built in, so that SQLite itself can't know them.
func shadows(create string) []string {
	fields := strings.FieldsFunc(strings.ToLower(create), func(r rune) bool { return r == ' ' || r == '(' || r == '\n' || r == '\t' })
	if i := slices.Index(fields, "using"); i >= 0 && i+1 < len(fields) && (fields[i+1] == "fts3" || fields[i+1] == "fts4") {
		return []string{"_content", "_segments", "_segdir", "_docsize", "_stat"}
	}
	return nil
}

// CountSQLite counts the rows of a table; -1 for a virtual table whose module is
// not built in. SQLite counts on the smallest index that has all rows.
func CountSQLite(ctx context.Context, db SQLiteQuerier, table string) (int64, error) {
	var n int64
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM main."+quoteSQLite(table)).Scan(&n)
	if e := (*sqlite.Error)(nil); errors.As(err, &e) && e.Code() == sqlite3.SQLITE_ERROR && strings.Contains(e.Error(), "no such module") {
		return -1, nil
	}
	return n, err
}

func quoteSQLite(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// count counts every table, on all connections at once; quick only names them.
func (f *sqliteFile) count(ctx context.Context, quick bool) ([]Table, error) {
	names, err := SQLiteTables(ctx, f.DB)
	if err != nil {
		return nil, sqliteError(err, f.path)
	}
	tables := make([]Table, len(names))
	err = parallel(ctx, sqliteConnections, len(names), func(ctx context.Context, i int) error {
		tables[i] = Table{Name: names[i], Rows: -1}
		if quick {
			return nil
		}
		var err error
		tables[i].Rows, err = CountSQLite(ctx, f.DB, names[i])
		return sqliteError(err, f.path)
	}, nil)
	if err != nil {
		return nil, err
	}
	return tables, nil
}
