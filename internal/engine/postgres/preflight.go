package postgres

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Preflight looks for all that would stop a restore after it has begun, or that
// the person should know: each finding is a check of its own.
func (e *Engine) Preflight(ctx context.Context, t backup.Target, a backup.Archive, file string) ([]backup.Check, error) {
	s, err := open(ctx, t)
	if err != nil {
		return nil, err
	}
	defer s.close(ctx)
	if err := s.begin(ctx, reading); err != nil {
		return nil, s.problem(ctx, err)
	}
	defer s.rollback(ctx)
	p := planning{session: s, archive: a}
	if err := p.readable(ctx, e, file); err != nil {
		return nil, err
	}
	if s.replica {
		p.add(backup.Blocker, "postgres.replica", errs.Args{"database": s.database})
		return p.checks, nil
	}
	p.versions()
	if err := p.named(ctx, file); err != nil {
		return nil, err
	}
	for _, look := range []func(context.Context) error{p.extensions, p.neighbours, p.rights, p.strangers, p.sessions, p.replication, p.locks} {
		if err := look(ctx); err != nil {
			return nil, s.problem(ctx, err)
		}
	}
	return p.checks, nil
}

// planning collects the checks of one restore.
type planning struct {
	*session
	archive backup.Archive
	checks  []backup.Check
}

func (p *planning) add(level backup.Level, code string, args errs.Args) {
	p.checks = append(p.checks, backup.Check{Level: level, Code: code, Args: args})
}

// readable makes a blocker of a file that can't be turned into SQL here: no
// fitting pg_restore, or a plain file with orders that Cofre does not follow.
func (p *planning) readable(ctx context.Context, e *Engine, file string) error {
	if file == "" {
		return nil // in a layer of compression: looked at when it is unpacked
	}
	d, err := look(file)
	if err == nil && d.format != archive.FormatPlain {
		_, err = e.tools.restore(ctx, p.target.ToolsDir, d.version, p.version)
	} else if err == nil {
		err = e.rehearsePlain(ctx, p.session, file)
	}
	var coded *errs.Error
	if err == nil || ctx.Err() != nil || !errors.As(err, &coded) || !strings.HasPrefix(coded.Reason, "postgres.") {
		return err
	}
	if coded.Args == nil {
		coded.Args = errs.Args{}
	}
	coded.Args["file"] = filepath.Base(file)
	p.checks = append(p.checks, backup.Check{Level: backup.Blocker, Code: coded.Reason, Args: coded.Args, Detail: coded.Detail})
	return nil
}

// rehearsePlain reads a plain file as a restore would, without a server.
func (e *Engine) rehearsePlain(ctx context.Context, s *session, file string) error {
	src, err := e.sql(ctx, s, file, false)
	if err != nil {
		return err
	}
	defer src.close()
	return rehearse(ctx, newScript(src))
}

// versions warns of a backup that a newer server wrote: it may use what this one lacks.
func (p *planning) versions() {
	from := readVersion(p.archive.Contents.Version)
	if from.major > p.version.major {
		p.add(backup.Warning, "postgres.newer_server", errs.Args{"from": p.archive.Contents.Version, "to": p.version.String()})
	}
}

// extensions blocks where the server lacks an extension of the backup, and where
// the database has one that the backup lacks and that keeps rows: these would be
// left over.
func (p *planning) extensions(ctx context.Context) error {
	if err := p.lacking(ctx); err != nil {
		return err
	}
	keeping, err := p.text(ctx, `SELECT DISTINCT x.extname::text FROM pg_catalog.pg_extension x
		JOIN pg_catalog.pg_class c ON c.oid = ANY (x.extconfig) AND c.relkind = 'r' ORDER BY 1`)
	if err != nil {
		return err
	}
	keeping = slices.DeleteFunc(keeping, func(name string) bool { return slices.Contains(p.archive.Contents.Extensions, name) })
	if len(keeping) > 0 {
		p.add(backup.Blocker, "postgres.extension_rows", errs.Args{"extensions": strings.Join(keeping, ", ")})
	}
	return nil
}

// lacking blocks where the server has not the files of an extension of the backup.
func (p *planning) lacking(ctx context.Context) error {
	available, err := p.text(ctx, "SELECT name::text FROM pg_catalog.pg_available_extensions")
	if err != nil {
		return err
	}
	var lacking []string
	for _, name := range p.archive.Contents.Extensions {
		if !slices.Contains(available, name) {
			lacking = append(lacking, name)
		}
	}
	if len(lacking) > 0 {
		p.add(backup.Blocker, "postgres.extension", errs.Args{"extensions": strings.Join(lacking, ", ")})
	}
	return nil
}

// rights blocks where the connecting role could not drop what is there, or not
// make what comes.
func (p *planning) rights(ctx context.Context) error {
	others, err := p.text(ctx, `
		SELECT DISTINCT pg_catalog.pg_get_userbyid(o.owner)::text FROM (`+ofPerson+`) o
		JOIN pg_catalog.pg_namespace n ON n.oid = o.home
		WHERE o.own AND o.alters <> 'SCHEMA' AND NOT pg_catalog.pg_has_role(o.owner, 'USAGE') AND NOT pg_catalog.pg_has_role(n.nspowner, 'USAGE') ORDER BY 1`)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		p.add(backup.Blocker, "postgres.not_owner", errs.Args{"owners": strings.Join(others, ", "), "user": p.where.user})
	}
	var create bool
	err = p.QueryRow(ctx, "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AND pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP')").Scan(&create)
	if err == nil && !create {
		p.add(backup.Blocker, "postgres.no_create", errs.Args{"database": p.database, "user": p.where.user})
	}
	return err
}

// strangers warns of objects whose owner the connecting role can't give them back to.
func (p *planning) strangers(ctx context.Context) error {
	var objects int
	var owners []string
	err := p.QueryRow(ctx, `
		SELECT pg_catalog.count(*), coalesce(pg_catalog.array_agg(DISTINCT pg_catalog.pg_get_userbyid(o.owner)::text), '{}') FROM (`+ofPerson+`) o
		JOIN pg_catalog.pg_namespace n ON n.oid = o.home
		WHERE o.own AND o.alters <> 'SCHEMA' AND NOT pg_catalog.pg_has_role(session_user, o.owner, 'MEMBER') AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')`).Scan(&objects, &owners)
	if err == nil && objects > 0 {
		p.add(backup.Warning, "postgres.owners_change", errs.Args{"objects": objects, "owners": strings.Join(owners, ", ")})
	}
	return err
}

// sessions warns of programs that are connected to this database, and lists them in
// the check's detail: they see the old content until the restore is final, and
// their locks may hold it up; a swap ends them. A role that is not theirs sees
// neither their address nor since when they are there.
func (p *planning) sessions(ctx context.Context) error {
	rows, err := p.Query(ctx, `
		SELECT coalesce(nullif(application_name, ''), usename::text, ''), coalesce(usename::text, '?'),
			coalesce(pg_catalog.host(client_addr), CASE WHEN backend_start IS NULL THEN '?' ELSE 'local' END), backend_start
		FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
			AND backend_type = 'client backend' AND application_name !~ '^`+application+`' ORDER BY backend_start, pid`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var names, lines []string
	for rows.Next() {
		var name, user, address string
		var since *time.Time
		if err := rows.Scan(&name, &user, &address, &since); err != nil {
			return err
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		at := "?"
		if since != nil {
			at = since.UTC().Format(time.RFC3339)
		}
		lines = append(lines, strings.Join([]string{name, user, address, at}, "  "))
	}
	if len(lines) > 0 {
		p.add(backup.Warning, "postgres.sessions", errs.Args{"sessions": len(lines), "applications": strings.Join(names, ", "), "database": p.database})
		p.checks[len(p.checks)-1].Detail = strings.Join(lines, "\n")
	}
	return rows.Err()
}

// replication warns of what copies rows elsewhere, or from elsewhere, and would
// have to be set up again.
func (p *planning) replication(ctx context.Context) error {
	var slots, publications, subscriptions int
	err := p.QueryRow(ctx, `
		SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots WHERE database = pg_catalog.current_database()),
			(SELECT pg_catalog.count(*) FROM pg_catalog.pg_publication),
			(SELECT pg_catalog.count(*) FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
				WHERE d.datname = pg_catalog.current_database())`).Scan(&slots, &publications, &subscriptions)
	if err == nil && slots+publications+subscriptions > 0 {
		p.add(backup.Warning, "postgres.replication", errs.Args{"slots": slots, "publications": publications, "subscriptions": subscriptions})
	}
	return err
}

// locks warns where the server's table of locks may be too small: each object that
// is dropped or made in one transaction takes a place in it.
func (p *planning) locks(ctx context.Context) error {
	var places, objects int64
	err := p.QueryRow(ctx, `
		SELECT current_setting('max_locks_per_transaction')::bigint * (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint),
			(SELECT pg_catalog.count(*) FROM pg_catalog.pg_class WHERE oid >= 16384)
			+ (SELECT pg_catalog.count(*) FROM pg_catalog.pg_type WHERE oid >= 16384)
			+ (SELECT pg_catalog.count(*) FROM pg_catalog.pg_constraint WHERE oid >= 16384)
			+ (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attrdef WHERE oid >= 16384)
			+ (SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata)`).Scan(&places, &objects)
	if err == nil && objects > places {
		p.add(backup.Warning, "postgres.lock_table", errs.Args{"objects": objects, "places": places})
	}
	return err
}
