package postgres

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Rows lends a look at the rows of t, all of one snapshot, as archive.OpenRows
// does with those of a backup. It ends when do returns, whose error it returns.
func (e *Engine) Rows(ctx context.Context, t backup.Target, do func(archive.Rows) error) error {
	s, err := open(ctx, t)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	if err := s.begin(ctx, reading); err != nil {
		return s.problem(ctx, err)
	}
	defer s.rollback(ctx)
	v := &view{session: s, columns: map[string][]string{}, own: map[string]string{}}
	if err := v.read(ctx); err != nil {
		return s.problem(ctx, err)
	}
	return do(v)
}

// view is archive.Rows of a live database.
type view struct {
	mu      sync.Mutex // the session does one thing at a time
	session *session
	tables  []table
	columns map[string][]string
	own     map[string]string // names of columns as the database has them, where that is not how they are shown
}

func (v *view) read(ctx context.Context) error {
	tables, err := v.session.tables(ctx)
	if err != nil {
		return err
	}
	v.tables = tables
	rows, err := v.session.Query(ctx, `SELECT n.nspname || '.' || c.relname, a.attname::text
		FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
		ORDER BY c.oid, a.attnum`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return err
		}
		own := column
		if table, column = archive.Legible(table), archive.Legible(column); column != own {
			v.own[column] = own
		}
		v.columns[table] = append(v.columns[table], column)
	}
	return rows.Err()
}

func (v *view) Tables() []string {
	names := make([]string, len(v.tables))
	for i, t := range v.tables {
		names[i] = t.Name()
	}
	return names
}

func (v *view) Columns(table string) []string { return v.columns[table] }

// longest is where values are cut, as in archive.Rows.
const longest = 4096

func (v *view) Rows(ctx context.Context, name string, columns []string, limit int, yield func([]string) error) error {
	i := slices.IndexFunc(v.tables, func(t table) bool { return t.Name() == name })
	if i < 0 {
		return errs.New(errs.NotFound, "postgres.no_table", errs.Args{"table": name})
	}
	shown := make([]string, len(columns))
	for i, column := range columns {
		shown[i] = "pg_catalog.left(pg_catalog.format('%s', " + quote(cmp.Or(v.own[column], column)) + "), " + strconv.Itoa(longest) + ")" // t and f, not true and false
	}
	t := v.tables[i]
	sql := "SELECT " + strings.Join(shown, ", ") + " FROM ONLY " + quote(t.schema, t.name) + " " + t.condition + " LIMIT " + strconv.Itoa(limit)
	v.mu.Lock()
	results, err := v.session.PgConn().Exec(ctx, sql).ReadAll()
	v.mu.Unlock()
	if err != nil {
		return v.session.problem(ctx, err)
	}
	values := make([]string, len(columns))
	for _, row := range results[0].Rows {
		for i, value := range row {
			values[i] = strings.ToValidUTF8(string(value[:min(len(value), longest)]), "")
		}
		if err := yield(values); err != nil {
			return err
		}
	}
	return nil
}
