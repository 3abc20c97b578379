package postgres

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Settle computes from what exists: a swap has happened exactly when names.Before
// is there. Else t is opened again, and what was built aside is dropped. Sessions
// that the crash left running on the server are ended first, so that nothing
// appears behind its back.
func (e *Engine) Settle(ctx context.Context, t backup.Target, names backup.Names) (backup.Side, error) {
	side, err := e.look(ctx, t, names)
	if err == nil && partOf(databaseOf(t), names.Aside) == newPart {
		err = e.DropAside(ctx, t, names.Aside)
	}
	return side, err
}

// look is Settle without dropping anything. A door that only a side database is
// still open as is good enough for it: while t is closed, one of them is there.
func (e *Engine) look(ctx context.Context, t backup.Target, names backup.Names) (backup.Side, error) {
	d, err := e.door(ctx, t, names.Before, names.Aside)
	if err != nil {
		return backup.OldSide, err
	}
	defer d.close(ctx)
	side, err := d.settle(ctx, names)
	return side, d.problem(ctx, err)
}

// settle ends what is left running, says which side is live, and opens it.
func (d *door) settle(ctx context.Context, names backup.Names) (backup.Side, error) {
	if err := d.endBuilders(ctx, names.Aside); err != nil {
		return backup.OldSide, err
	}
	before, err := d.find(ctx, names.Before)
	if err != nil {
		return backup.OldSide, err
	}
	live, err := d.find(ctx, d.live)
	if err != nil {
		return backup.OldSide, err
	}
	side := backup.OldSide
	if before != nil && strings.HasPrefix(before.remark, keptMark) {
		side = backup.NewSide
	}
	if live == nil {
		return side, errs.New(errs.NotFound, "postgres.no_database", errs.Args{"database": d.live, "host": d.where.host})
	}
	if !live.open {
		err = d.run(ctx, "ALTER DATABASE %I ALLOW_CONNECTIONS true", d.live)
	}
	return side, err
}

// endBuilders ends the sessions that build or swap an aside database, and waits
// until they have finished or taken back what they were at.
func (d *door) endBuilders(ctx context.Context, aside string) error {
	const builders = " FROM pg_catalog.pg_stat_activity WHERE application_name = $1 AND pid <> pg_catalog.pg_backend_pid()"
	limit := time.Now().Add(swapLimit)
	for {
		if _, err := d.Exec(ctx, "SELECT pg_catalog.pg_terminate_backend(pid)"+builders, label(aside)); err != nil {
			return err
		}
		var left int
		if err := d.QueryRow(ctx, "SELECT pg_catalog.count(*)"+builders, label(aside)).Scan(&left); err != nil || left == 0 {
			return err
		}
		if time.Now().After(limit) {
			return errs.New(errs.Busy, "postgres.side_stay", errs.Args{"database": aside, "sessions": left})
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(blink):
		}
	}
}

// DropAside takes a database for Cofre's by its name, which is made of t's, and by
// its comment. One that was built aside and has no comment yet was cut off between
// the two: it is dropped, too. Sessions that a crash left building it are ended first.
func (e *Engine) DropAside(ctx context.Context, t backup.Target, name string) error {
	d, err := e.door(ctx, t)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	err = d.endBuilders(ctx, name)
	if err == nil {
		err = d.drop(ctx, name)
	}
	return d.problem(ctx, err)
}

// ours refuses a database that Cofre did not make for the live one.
func (d *door) ours(ctx context.Context, name string) error {
	found, err := d.find(ctx, name)
	if err != nil {
		return err
	}
	args := errs.Args{"database": name, "of": d.live}
	if found == nil {
		return errs.New(errs.NotFound, "postgres.side_gone", args)
	}
	switch partOf(d.live, name) {
	case newPart:
		if found.remark == "" || strings.HasPrefix(found.remark, builtMark) {
			return nil
		}
	case keptPart:
		if strings.HasPrefix(found.remark, keptMark+d.live+" until ") {
			return nil
		}
	}
	return errs.New(errs.Denied, "postgres.side_foreign", args)
}

// drop removes a side database and ends whoever is in it. Servers before 13 can't
// do both at once.
func (d *door) drop(ctx context.Context, name string) error {
	err := d.ours(ctx, name)
	if errs.CodeOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	found, err := d.find(ctx, name)
	if err != nil || found == nil {
		return err
	}
	if found.open { // a DROP that was cut off has left it closed, and good for nothing but another
		if err := d.run(ctx, "ALTER DATABASE %I ALLOW_CONNECTIONS false", name); err != nil {
			return err
		}
	}
	limit := time.Now().Add(swapLimit)
	for {
		if err := d.endSessions(ctx, found.oid, name, limit); err != nil {
			return err
		}
		err := d.run(ctx, "DROP DATABASE IF EXISTS %I", name)
		if state(err) != "55006" || time.Now().After(limit) {
			return err
		}
	}
}

// Kept asks for the comment that the swap has left, and reads the time from it. In
// the moment of a swap, or after one that was cut off, t lets nobody in: then it asks
// at the door.
func (e *Engine) Kept(ctx context.Context, t backup.Target) ([]backup.Kept, error) {
	s, err := open(ctx, t)
	if reason := errs.Of(err); reason != nil && reason.Reason == "postgres.closed" {
		var d *door
		if d, err = e.door(ctx, t); err == nil {
			s = d.session
		}
	}
	if err != nil {
		return nil, err
	}
	defer s.close(ctx)
	rows, err := s.Query(ctx, `SELECT d.datname::text, pg_catalog.shobj_description(d.oid, 'pg_database'), CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT')
			THEN pg_catalog.pg_database_size(d.oid) ELSE 0 END
		FROM pg_catalog.pg_database d WHERE pg_catalog.strpos(pg_catalog.shobj_description(d.oid, 'pg_database'), $1) = 1`, keptMark+s.database+" until ")
	if err != nil {
		return nil, s.problem(ctx, err)
	}
	defer rows.Close()
	var kept []backup.Kept
	for rows.Next() {
		var k backup.Kept
		var remark string
		if err := rows.Scan(&k.Name, &remark, &k.Bytes); err != nil {
			return nil, s.problem(ctx, err)
		}
		at, err := time.Parse(time.RFC3339Nano, stampPattern.FindString(remark))
		if err != nil || partOf(s.database, k.Name) != keptPart {
			continue
		}
		k.At = at.UnixMilli()
		kept = append(kept, k)
	}
	slices.SortFunc(kept, func(a, b backup.Kept) int { return int(b.At - a.At) })
	return kept, s.problem(ctx, rows.Err())
}

// stampPattern is the time at the end of a kept database's comment.
var stampPattern = regexp.MustCompile(`\S+$`)
