package postgres

import (
	"context"
	"slices"
	"strings"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

var _ backup.Rehearser = (*Engine)(nil)

// CanBuild asks for the rights and the files that BuildAside takes. What would be in
// the way of a swap alone (sessions, slots, settings of others) is not asked for. A
// server that is older than the one that was dumped may lack what the backup uses, and
// practice must not fill the disk of people at work.
func (e *Engine) CanBuild(ctx context.Context, t backup.Target, held backup.Contents) ([]backup.Check, error) {
	s, err := open(ctx, t)
	if err != nil {
		return nil, err
	}
	defer s.close(ctx)
	if err := s.begin(ctx, reading); err != nil {
		return nil, s.problem(ctx, err)
	}
	defer s.rollback(ctx)
	p := planning{session: s, archive: backup.Archive{Contents: held}}
	if s.replica {
		p.info("postgres.replica", errs.Args{"database": s.database})
		return p.checks, nil
	}
	for _, look := range []func(context.Context) error{p.standing, p.baggage, p.lacking} {
		if err := look(ctx); err != nil || len(p.checks) > 0 {
			return p.checks, s.problem(ctx, err)
		}
	}
	if p.versions(); len(p.checks) > 0 {
		return p.checks, nil
	}
	if _, err := p.reachable(ctx, e); err != nil || len(p.checks) > 0 {
		return p.checks, err
	}
	need := held.Bytes
	if held.Database == s.database {
		err = s.QueryRow(ctx, "SELECT pg_catalog.pg_database_size(pg_catalog.current_database())").Scan(&need)
	}
	if err == nil {
		err = p.room(ctx, e, max(need, held.Bytes))
	}
	roomy := func(c backup.Check) bool { return c.Code != "postgres.side_full" }
	return slices.DeleteFunc(p.checks, roomy), s.problem(ctx, err)
}

// blaming are the reasons that are about what an archive holds, and nothing else.
var blaming = map[string]bool{
	"postgres.differs": true, "postgres.objects_differ": true, "postgres.rows_lost": true, "postgres.script_cut": true, "postgres.unreadable": true,
	"postgres.foreign_statement": true, "postgres.psql_order": true,
	"archive.dump_table": true, "archive.dump_cut": true, "archive.dump_damaged": true,
}

// Blames knows that a server of the version that was dumped, or a newer one, with every
// extension, refuses values or rules only for what is in the backup. A name that it does
// not know may be a role, a collation or a tablespace that is missing here, and what
// another version refuses may be its own change.
func (e *Engine) Blames(err error, held backup.Contents) bool {
	coded := errs.Of(err)
	switch {
	case coded == nil:
		return false
	case blaming[coded.Reason]:
		return true
	case coded.Reason != "postgres.does_not_fit":
		return false
	}
	state, _ := coded.Args["state"].(string)
	server, _ := coded.Args["server"].(string)
	switch {
	case state == "22021", state == "22P05", state == "22P02": // another encoding; a spelling of another locale (money)
		return false
	case strings.HasPrefix(state, "22"), strings.HasPrefix(state, "23"): // values, rules
		return true
	case strings.HasPrefix(state, "42"): // names, syntax
		return state != "42704" && readVersion(server).major == readVersion(held.Version).major
	}
	return false
}
