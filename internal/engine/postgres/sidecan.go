package postgres

import (
	"context"
	"slices"
	"strings"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// CanSwap asks for every right that building aside and swapping take, and for all
// that belongs to the database itself and could not be carried over: it would
// rather say no than lose a setting. The first finding is the reason; where the
// answer is yes, a check tells the room that the server needs.
func (e *Engine) CanSwap(ctx context.Context, t backup.Target, a backup.Archive) (bool, []backup.Check, error) {
	s, err := open(ctx, t)
	if err != nil {
		return false, nil, err
	}
	defer s.close(ctx)
	if err := s.begin(ctx, reading); err != nil {
		return false, nil, s.problem(ctx, err)
	}
	defer s.rollback(ctx)
	p := planning{session: s, archive: a}
	looks := []func(context.Context) error{p.place, p.standing, p.ties, p.baggage, p.company}
	if a.Contents.Kind == backup.SQLite { // a migration, for which all of the database is copied but its rows
		looks = append(looks, p.copyable)
	}
	for _, look := range looks {
		if err := look(ctx); err != nil {
			return false, nil, s.problem(ctx, err)
		}
		if len(p.checks) > 0 {
			return false, p.checks, nil
		}
	}
	reached, err := p.reachable(ctx, e)
	if err != nil || !reached {
		return false, p.checks, err
	}
	var bytes int64
	err = s.QueryRow(ctx, "SELECT pg_catalog.pg_database_size(pg_catalog.current_database())").Scan(&bytes)
	if err == nil {
		err = p.room(ctx, e, max(bytes, a.Contents.Bytes))
	}
	return err == nil, p.checks, s.problem(ctx, err)
}

func (p *planning) info(code string, args errs.Args) { p.add(backup.Info, code, args) }

// found adds a check where a query has an answer; the answer is an argument.
func (p *planning) found(ctx context.Context, code, name, sql string, args ...any) error {
	list, err := p.text(ctx, sql, args...)
	if err == nil && len(list) > 0 {
		p.info(code, errs.Args{name: strings.Join(list, ", "), "database": p.database, "user": p.where.user})
	}
	return err
}

// place refuses databases and connections that nothing can be renamed in.
func (p *planning) place(context.Context) error {
	switch {
	case p.replica:
		p.info("postgres.replica", errs.Args{"database": p.database})
	case p.database == "template0", slices.Contains(doors, p.database):
		p.info("postgres.side_system", errs.Args{"database": p.database})
	}
	return nil
}

// standing asks for the connecting role's rights.
func (p *planning) standing(ctx context.Context) error {
	var creates, owns, template, pooled bool
	var owner string
	var pid uint32
	act := "MEMBER"
	if p.version.major >= 16 {
		act = "SET"
	}
	err := p.QueryRow(ctx, `
		SELECT r.rolcreatedb OR r.rolsuper, pg_catalog.pg_has_role(session_user, d.datdba, 'USAGE') AND pg_catalog.pg_has_role(session_user, d.datdba, $1),
			pg_catalog.pg_get_userbyid(d.datdba)::text, d.datistemplate, pg_catalog.pg_backend_pid()
		FROM pg_catalog.pg_roles r, pg_catalog.pg_database d
		WHERE r.rolname = session_user AND d.datname = pg_catalog.current_database()`, act).Scan(&creates, &owns, &owner, &template, &pid)
	if err != nil {
		return err
	}
	pooled = pid != p.PgConn().PID() // a pooler makes up its own
	args := errs.Args{"database": p.database, "user": p.where.user, "owner": owner}
	switch {
	case pooled:
		p.info("postgres.side_pooler", args)
	case template:
		p.info("postgres.side_system", args)
	case !owns:
		p.info("postgres.side_owner", args)
	case !creates:
		p.info("postgres.no_createdb", args)
	}
	return nil
}

// ties are what other servers and transactions hold a database ($1) by. A renamed
// database takes them along.
var ties = [][3]string{
	{"postgres.side_slots", "slots", "SELECT slot_name::text FROM pg_catalog.pg_replication_slots WHERE database = $1"},
	{"postgres.side_subscriptions", "subscriptions", "SELECT subname::text FROM pg_catalog.pg_subscription WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = $1)"},
	{"postgres.side_prepared", "transactions", "SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = $1"},
}

func (p *planning) ties(ctx context.Context) error {
	for _, tie := range ties {
		if err := p.found(ctx, tie[0], tie[1], tie[2], p.database); err != nil {
			return err
		}
	}
	return nil
}

// untied refuses a database that was tied since it was planned.
func (d *door) untied(ctx context.Context) error {
	for _, tie := range ties {
		found, err := d.text(ctx, tie[2], d.live)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return errs.New(errs.Stale, "postgres.side_tied", errs.Args{"database": d.live, "ties": strings.Join(found, ", ")})
		}
	}
	return nil
}

// baggage is what has to come along and the connecting role may be unable to carry.
// A superuser can carry everything.
func (p *planning) baggage(ctx context.Context) error {
	if p.super {
		return nil
	}
	trusted, settable, publicSchema := "false", "false", ""
	if p.version.major >= 13 {
		trusted = "v.trusted"
	}
	if p.version.major >= 15 {
		settable = "pg_catalog.has_parameter_privilege(c.name, 'SET')"
	} else {
		// Before 15 the schema belongs to the cluster's first role, and every new database
		// lets everybody in. Grants on top of that give nothing more.
		publicSchema = `SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname = 'public'
			AND (nspowner <> 10 OR (SELECT pg_catalog.count(*) FROM pg_catalog.aclexplode(nspacl) WHERE grantee = 0) < 2)`
	}
	const settings = `pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase AND d.datname = pg_catalog.current_database()`
	roles := "pg_catalog.pg_has_role(session_user, s.setrole, 'USAGE') AND s.setrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user)"
	for _, piece := range [][3]string{
		{"postgres.side_tablespace", "tablespace", `SELECT spcname::text FROM pg_catalog.pg_tablespace s JOIN pg_catalog.pg_database d ON d.dattablespace = s.oid
			WHERE d.datname = pg_catalog.current_database() AND spcname <> 'pg_default' AND NOT pg_catalog.has_tablespace_privilege(s.oid, 'CREATE')`},
		{"postgres.side_extension", "extensions", `SELECT x.extname::text FROM pg_catalog.pg_extension x
			LEFT JOIN pg_catalog.pg_available_extension_versions v ON v.name = x.extname AND v.version = x.extversion
			WHERE x.oid >= 16384 AND coalesce(v.superuser AND NOT ` + trusted + `, true) ORDER BY 1`},
		{"postgres.side_settings", "settings", `SELECT DISTINCT c.name FROM ` + settings + `, LATERAL (SELECT pg_catalog.split_part(pg_catalog.unnest(s.setconfig), '=', 1) AS name) c
			LEFT JOIN pg_catalog.pg_settings g ON pg_catalog.lower(g.name) = pg_catalog.lower(c.name)
			WHERE coalesce(g.context, 'unknown') IN ('superuser', 'superuser-backend', 'unknown') AND NOT ` + settable + ` ORDER BY 1`},
		{"postgres.side_role_settings", "roles", `SELECT DISTINCT s.setrole::regrole::text FROM ` + settings + ` WHERE s.setrole <> 0 AND NOT (` + roles + `) ORDER BY 1`},
		{"postgres.side_defaults", "roles", `SELECT DISTINCT defaclrole::regrole::text FROM pg_catalog.pg_default_acl
			WHERE NOT pg_catalog.pg_has_role(session_user, defaclrole, 'USAGE') ORDER BY 1`},
		{"postgres.side_public", "schema", publicSchema},
	} {
		if piece[2] == "" {
			continue
		}
		if err := p.found(ctx, piece[0], piece[1], piece[2]); err != nil {
			return err
		}
	}
	return nil
}

// leaving is how long a session that has said good-bye may still be on the server.
const leaving = time.Second

// company are sessions that the connecting role could not end. One that is just
// ending is none.
func (p *planning) company(ctx context.Context) error {
	if p.super {
		return nil
	}
	for limit := time.Now().Add(leaving); ; {
		if err := p.outranking(ctx); err != nil || len(p.checks) == 0 || time.Now().After(limit) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(blink):
		}
		p.checks = nil
		if err := p.script(ctx, "SELECT pg_catalog.pg_stat_clear_snapshot()"); err != nil { // else a transaction sees what it saw
			return err
		}
	}
}

func (p *planning) outranking(ctx context.Context) error {
	return p.found(ctx, "postgres.side_sessions", "users", `
		SELECT DISTINCT a.usename::text FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
		WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
			AND (r.rolsuper OR NOT pg_catalog.pg_has_role(session_user, r.oid, 'USAGE') AND NOT pg_catalog.pg_has_role(session_user, 'pg_signal_backend', 'USAGE'))
		ORDER BY 1`)
}

// reachable looks for a door to the same server: behind a name there may be several.
func (p *planning) reachable(ctx context.Context, e *Engine) (bool, error) {
	began := "SELECT pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time())::bigint || ' ' || oid FROM pg_catalog.pg_database WHERE datname = $1"
	here, err := p.text(ctx, began, p.database)
	if err != nil {
		return false, p.problem(ctx, err)
	}
	d, err := e.door(ctx, p.target)
	if err == nil {
		defer d.close(ctx)
		var there []string
		if there, err = d.text(ctx, began, p.database); err == nil && slices.Equal(here, there) {
			return true, nil
		}
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	p.info("postgres.side_door", errs.Args{"databases": strings.Join(doors, ", "), "user": p.where.user})
	return false, nil
}
