package postgres

import (
	"context"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// CopyAside lets pg_dump write all of t but the rows of tables, runs that in the new
// database as a restore would, and compares the two object by object: where one could
// not be carried over just as it is, the copy is dropped and the error names it.
func (e *Engine) CopyAside(ctx context.Context, t backup.Target, names backup.Names, with []string, p backup.Progress) (unchanged func(context.Context) error, err error) {
	r := replica{}
	_, err = e.aside(ctx, t, names, p, func(ctx context.Context, live *session, b *building) error {
		r.building, r.where = b, live.where
		return r.look(ctx, live, with)
	}, func(ctx context.Context, _ *building) (backup.Contents, error) {
		return r.fill(ctx, r.outline, r.alike)
	})
	return func(ctx context.Context) error { return e.unchanged(ctx, t, r, with) }, err
}

// unchanged looks at the live database again.
func (e *Engine) unchanged(ctx context.Context, t backup.Target, was replica, with []string) error {
	live, err := open(ctx, t)
	if err != nil {
		return err
	}
	defer live.close(ctx)
	var now replica
	if err := now.describe(ctx, live, with); err != nil {
		return live.problem(ctx, err)
	}
	for _, both := range [][2][]string{{was.original, now.original}, {was.rows, now.rows}} {
		if !slices.Equal(both[0], both[1]) {
			return errs.New(errs.Stale, "restore.stale", errs.Args{"what": unlike(both[0], both[1])})
		}
	}
	return nil
}

// replica is a side database that is made like the live one.
type replica struct {
	*building
	where    address // of the live one
	tool     tool
	without  []string // options for what is left out
	original []string // likeness of the live one
	rows     []string // of the tables that are copied whole
}

func (r *replica) look(ctx context.Context, live *session, with []string) (err error) {
	if r.tool, err = r.engine.tools.dump(ctx, r.target.ToolsDir, live.version); err != nil {
		return err
	}
	return r.describe(ctx, live, with)
}

func (r *replica) describe(ctx context.Context, live *session, with []string) (err error) {
	if err := live.begin(ctx, reading); err != nil {
		return err
	}
	defer live.rollback(ctx)
	if r.without, err = live.withoutRows(ctx, with); err != nil {
		return err
	}
	if r.original, err = live.likeness(ctx); err != nil {
		return err
	}
	tables, err := live.text(ctx, "SELECT pg_catalog.quote_ident(nspname) || '.' || pg_catalog.quote_ident(relname) FROM ("+writable+") t WHERE relname = ANY ($1::text[]) ORDER BY 1", with)
	for _, table := range tables {
		var rows []string
		if err == nil {
			rows, err = live.text(ctx, "SELECT pg_catalog.concat_ws(' ', "+literal(table)+", t::text) FROM "+table+" t ORDER BY 1")
		}
		r.rows = append(r.rows, rows...)
	}
	return err
}

// longestOptions is how long all options may be together: on Windows a command line
// ends at 32 KB.
const longestOptions = 20 << 10

// withoutRows are pg_dump's options that leave rows out, those of the largest tables
// first. Where they get too long the rest comes along: only time is lost.
func (s *session) withoutRows(ctx context.Context, with []string) (options []string, err error) {
	rows, err := s.Query(ctx, "SELECT nspname, relname FROM ("+writable+") t WHERE relname <> ALL ($1::text[]) ORDER BY pg_catalog.pg_relation_size(oid) DESC", with)
	if err != nil {
		return nil, err
	}
	size := 0
	var schema, name string
	_, err = pgx.ForEachRow(rows, []any{&schema, &name}, func() error {
		option := "--exclude-table-data=" + quote(schema, name)
		if size += len(option) + 3; size < longestOptions {
			options = append(options, option)
		}
		return nil
	})
	return options, err
}

// outline fills the database with what pg_dump says of the live one.
func (r *replica) outline(ctx context.Context, s *session) error {
	src := &source{name: r.live, access: true, failed: func(said string) error {
		return errs.New(errs.Unavailable, "postgres.dump", errs.Args{"tool": "pg_dump " + r.tool.version.String(), "database": r.live}).With(said)
	}}
	if err := s.lead(ctx); err != nil {
		return err
	}
	r.where.tunnel = s.where.tunnel // the live session's may have ended
	args := append(slices.Clone(r.without), "--format=plain", "--encoding=UTF8", "--no-password",
		"--lock-wait-timeout="+strconv.FormatInt(r.target.Wait().Milliseconds(), 10), "--dbname="+r.where.conninfo(r.tool.version.major, label(r.name)))
	env := surroundings()
	if r.where.password != "" {
		env = append(env, "PGPASSWORD="+r.where.password)
	}
	if err := src.run(ctx, r.tool, env, args); err != nil {
		return err
	}
	return r.play(ctx, s, src)
}

// alike compares what was made with the live database.
func (r *replica) alike(ctx context.Context, s *session) (backup.Contents, error) {
	if err := s.begin(ctx, reading); err != nil {
		return backup.Contents{}, err
	}
	defer s.rollback(ctx)
	made, err := s.likeness(ctx)
	if err == nil && !slices.Equal(made, r.original) {
		err = errs.New(errs.Incompatible, "postgres.side_unlike", errs.Args{"database": r.live, "object": unlike(r.original, made)})
	}
	return backup.Contents{}, err
}

// unlike is the first line that only one of two sorted likenesses has.
func unlike(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return min(a[i], b[i])
		}
	}
	if len(a) > len(b) {
		return a[len(b)]
	}
	return b[len(a)]
}
