package migrate

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/errs"
)

// history are the tables in which frameworks note the migrations that were
// applied to a schema, with the columns that name one.
var history = map[string][]string{
	"django_migrations":     {"app", "name"},
	"schema_migrations":     {"version"}, // Rails, golang-migrate
	"ar_internal_metadata":  {"key"},     // Rails
	"migrations":            {"migration"},
	"alembic_version":       {"version_num"},
	"goose_db_version":      {"version_id"},
	"flyway_schema_history": {"version"},
	"knex_migrations":       {"name"},
	"SequelizeMeta":         {"name"},
	"_prisma_migrations":    {"migration_name"},
	"__EFMigrationsHistory": {"MigrationId"},
}

// keepsHistory says whether a table is the history of the target's schema and
// differs from the file's. Since the schema stays as it is, so must its history:
// with the file's, the application would apply migrations twice, or not at all.
// Where both name the same migrations, the file's rows are carried like any.
func (w *work) keepsHistory(ctx context.Context, conn *pgx.Conn, reader *source.Conn, m *matcher, t *table) (bool, error) {
	if w.made != nil {
		return false, nil
	}
	names := history[t.from.Name]
	var here []int
	for _, name := range names {
		i := t.from.Column(name)
		if i < 0 || t.to.Column(name) == nil {
			return false, nil
		}
		here = append(here, i)
	}
	if len(here) == 0 {
		return false, nil
	}
	rows, err := conn.Query(ctx, "SELECT concat_ws(' ', "+quoted(names)+") FROM "+t.to.SQL())
	if err != nil {
		return false, fail(err)
	}
	applied, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return false, fail(err)
	}
	scan, err := reader.Scan(t.from, here)
	if err != nil {
		return false, err
	}
	defer scan.Close()
	var inFile []string
	err = scan.Each(ctx, source.Whole, func(r *source.Row) error {
		var parts []string
		for i := range r.Values {
			if v := &r.Values[i]; v.Class == source.Text {
				parts = append(parts, string(v.Bytes))
			} else if v.Class != source.Null {
				parts = append(parts, v.String())
			}
		}
		inFile = append(inFile, strings.Join(parts, " "))
		return nil
	})
	if err != nil {
		return false, err
	}
	onlyFile, onlyTarget := missing(inFile, applied), missing(applied, inFile)
	if len(applied) == 0 || onlyFile+onlyTarget == 0 {
		return false, nil
	}
	m.findings = append(m.findings, Finding{Table: t.from.Name, Code: HistoryKept, Level: backup.Warning, Rows: t.rows, Action: Leave,
		Args: errs.Args{"only_file": onlyFile, "only_target": onlyTarget}})
	return true, nil
}

// missing counts what a has and b has not.
func missing(a, b []string) int {
	n := 0
	for _, s := range a {
		if !slices.Contains(b, s) {
			n++
		}
	}
	return n
}

func quoted(names []string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = pgx.Identifier{n}.Sanitize()
	}
	return strings.Join(list, ", ")
}
