package postgres

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// table is a table whose rows are part of a dump.
type table struct {
	schema, name string
	pages        int64  // of 8 KB, as the planner believes
	condition    string // of an extension's table: WHERE …, the rows that are dumped
}

// Name is the table's name in backup.Contents.
func (t table) Name() string { return archive.Legible(t.schema + "." + t.name) }

// dumpedTables lists exactly the tables that pg_dump writes a TABLE DATA entry
// for: ordinary tables and partitions that hold rows, of all schemas that are not
// the system's; not those that belong to an extension, but for the ones that it
// marked as configuration (pg_extension_config_dump), and of these the rows that
// it named. On a replica unlogged tables have no content, and pg_dump leaves them out.
const dumpedTables = `
SELECT n.nspname::text, c.relname::text, c.relpages::bigint, coalesce(config.condition, '')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend member ON member.classid = 'pg_catalog.pg_class'::regclass AND member.objid = c.oid
	AND member.objsubid = 0 AND member.deptype = 'e'
LEFT JOIN LATERAL (
	SELECT x.extcondition[i] AS condition
	FROM pg_catalog.pg_extension x, LATERAL pg_catalog.generate_subscripts(x.extconfig, 1) i
	WHERE x.oid = member.refobjid AND x.extconfig[i] = c.oid
) config ON true
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND (c.relpersistence <> 'u' OR NOT pg_catalog.pg_is_in_recovery())
	AND (member.objid IS NULL OR config.condition IS NOT NULL)`

func (s *session) tables(ctx context.Context) ([]table, error) {
	rows, err := s.Query(ctx, dumpedTables)
	if err != nil {
		return nil, err
	}
	tables, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (table, error) {
		var t table
		err := row.Scan(&t.schema, &t.name, &t.pages, &t.condition)
		return t, err
	})
	slices.SortFunc(tables, func(a, b table) int { return strings.Compare(a.Name(), b.Name()) })
	return tables, err
}

// atOnce is how many tables are counted by one message to the server.
const atOnce = 50

// count counts the rows of tables exactly, in the running transaction.
func (s *session) count(ctx context.Context, tables []table) ([]backup.Table, error) {
	counted := make([]backup.Table, 0, len(tables))
	for some := range slices.Chunk(tables, atOnce) {
		var sql strings.Builder
		for _, t := range some {
			sql.WriteString("SELECT pg_catalog.count(*) FROM ONLY " + quote(t.schema, t.name) + " " + t.condition + ";\n")
		}
		results, err := s.PgConn().Exec(ctx, sql.String()).ReadAll()
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		for i, result := range results {
			n, err := strconv.ParseInt(string(result.Rows[0][0]), 10, 64)
			if err != nil {
				return nil, err
			}
			counted = append(counted, backup.Table{Name: some[i].Name(), Rows: n})
		}
	}
	return counted, nil
}

// uncounted counts the tables that are not in counted, and returns all of them.
func uncounted(tables []table, counted map[string]int64, count func([]table) ([]backup.Table, error)) ([]backup.Table, error) {
	var rest []table
	all := make([]backup.Table, 0, len(tables))
	for _, t := range tables {
		if rows, ok := counted[t.Name()]; ok {
			all = append(all, backup.Table{Name: t.Name(), Rows: rows})
		} else {
			rest = append(rest, t)
		}
	}
	more, err := count(rest)
	all = append(all, more...)
	slices.SortFunc(all, func(a, b backup.Table) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

// extensions are those that pg_dump writes: not the ones that every database is born with.
func (s *session) extensions(ctx context.Context) ([]string, error) {
	return s.text(ctx, `SELECT extname::text FROM pg_catalog.pg_extension WHERE oid >= 16384 ORDER BY extname::text COLLATE "C"`)
}

// largest sorts the tables that take longest to the front, so that several
// connections end at about the same time.
func largest(tables []table) []table {
	sorted := slices.Clone(tables)
	slices.SortStableFunc(sorted, func(a, b table) int { return cmp.Compare(b.pages, a.pages) })
	return sorted
}
