package postgres

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

var _ backup.Reader = (*Engine)(nil)

// Records lends do all rows of t, of one snapshot, spelled as pg_dump spells them.
func (e *Engine) Records(ctx context.Context, t backup.Target, do func(archive.Records) error) error {
	s, err := open(ctx, t)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	if err := s.begin(ctx, reading); err != nil {
		return s.problem(ctx, err)
	}
	defer s.rollback(ctx)
	r := &records{session: s, own: map[string]string{}, columns: map[string][]string{}, keys: map[string][]string{}, zoned: map[string][]string{}, types: map[string]map[string][2]string{}}
	if err := r.prepare(ctx); err != nil {
		return s.problem(ctx, err)
	}
	var objects int64
	if err := s.QueryRow(ctx, "SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata").Scan(&objects); err != nil {
		return s.problem(ctx, err)
	}
	return do(archive.WithLargeObjects(r, objects, s.largeObjects))
}

// records is archive.Records of a live database.
type records struct {
	session              *session
	tables               []table
	columns, keys, zoned map[string][]string
	own                  map[string]string               // names of columns as the database has them, where that is not how they are shown
	types                map[string]map[string][2]string // by table and column: as declared, and as stored
}

// spelling are the settings under which pg_dump writes values and types. Times with
// a zone come in UTC, and rows in the same order each time.
const spelling = "SET LOCAL synchronize_seqscans = off; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL search_path = ''; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 3; SET LOCAL timezone = 'UTC'"

// columnsInFull are the stored columns of tables, whether each is in the primary
// key, at which place, whether its text depends on the time zone (dates and times,
// and whatever may hold some), and its type as pg_dump writes it, and as its
// values are written.
const columnsInFull = `
SELECT n.nspname || '.' || c.relname, a.attname::text, coalesce(pg_catalog.array_position(i.indkey::int2[], a.attnum), -1), t.typcategory IN ('D', 'A', 'R', 'C'),
	pg_catalog.format_type(a.atttypid, a.atttypmod),
	CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) WHEN 'e' THEN 'text' ELSE pg_catalog.format_type(a.atttypid, a.atttypmod) END
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND GENERATED AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid, a.attnum`

func (r *records) prepare(ctx context.Context) (err error) {
	settings := spelling
	if !r.session.bare() {
		settings += "; SET LOCAL client_encoding = 'UTF8'"
	}
	if err := r.session.script(ctx, settings); err != nil {
		return err
	}
	if r.tables, err = r.session.tables(ctx); err != nil {
		return err
	}
	stored := "true"
	if r.session.version.major >= 12 {
		stored = "a.attgenerated = ''"
	}
	rows, err := r.session.Query(ctx, strings.Replace(columnsInFull, "GENERATED", stored, 1))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var table, column, declared, stored string
		var place int
		var zoned bool
		if err := rows.Scan(&table, &column, &place, &zoned, &declared, &stored); err != nil {
			return err
		}
		own := column
		if table, column = archive.Legible(table), archive.Legible(column); column != own {
			r.own[column] = own
		}
		if r.types[table] == nil {
			r.types[table] = map[string][2]string{}
		}
		r.types[table][column] = [2]string{declared, stored}
		r.columns[table] = append(r.columns[table], column)
		if place >= 0 {
			r.keys[table] = append(r.keys[table], column)
		}
		if zoned {
			r.zoned[table] = append(r.zoned[table], column)
		}
	}
	return rows.Err()
}

func (r *records) Columns(table string) []string { return r.columns[table] }
func (r *records) Key(table string) []string     { return r.keys[table] }
func (r *records) Zoned(table string) []string   { return r.zoned[table] }

func (r *records) Type(table, column string) string   { return r.types[table][column][0] }
func (r *records) Stored(table, column string) string { return r.types[table][column][1] }
func (*records) Show(value []byte) string             { return archive.ShowCopy(value) }

func (r *records) Read(ctx context.Context, name string, columns []string, limit int64, yield func([][]byte) error) error {
	i := slices.IndexFunc(r.tables, func(t table) bool { return t.Name() == name })
	if i < 0 {
		return errs.New(errs.NotFound, "postgres.no_table", errs.Args{"table": name})
	}
	quoted := make([]string, len(columns))
	for i, column := range columns {
		quoted[i] = quote(cmp.Or(r.own[column], column))
	}
	t := r.tables[i]
	lines := &yielding{CopyLines: archive.CopyLines{Row: yield}}
	sql := "COPY (SELECT " + strings.Join(quoted, ", ") + " FROM ONLY " + quote(t.schema, t.name) + " " + t.condition
	if limit > 0 {
		sql += " LIMIT " + strconv.FormatInt(limit, 10)
	}
	sql += ") TO STDOUT"
	if _, err := r.session.PgConn().CopyTo(ctx, lines, sql); err != nil {
		if lines.err != nil {
			return lines.err
		}
		return r.session.problem(ctx, err)
	}
	return nil
}

// yielding keeps the error with which the reader of the rows ended.
type yielding struct {
	archive.CopyLines
	err error
}

func (y *yielding) Write(p []byte) (n int, err error) {
	if n, err = y.CopyLines.Write(p); err != nil {
		y.err = err
	}
	return n, err
}
