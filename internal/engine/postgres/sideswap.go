package postgres

import (
	"cmp"
	"context"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Swap closes t, ends its sessions and, in one transaction, renames both databases
// and marks the old one. From the closing to the commit new connections are
// refused; what can be prepared has been done before. The kept database stays open
// to the roles that could use it, under its new name.
//
// Names.Aside may also be an old database that was kept: that is an undo.
//
// When the answer to the commit is lost, Swap looks what came of it. An error that
// leaves t closed, because the server can't be reached any more, says so
// (postgres.side_closed): Settle opens it.
func (e *Engine) Swap(ctx context.Context, t backup.Target, names backup.Names) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), swapDeadline)
	defer cancel()
	d, err := e.door(ctx, t)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	if err := d.rename(ctx, label(names.Aside)); err != nil {
		return d.problem(ctx, err)
	}
	live, exchange, err := d.ready(ctx, names)
	if err != nil {
		return d.problem(ctx, err)
	}
	if err = d.swap(ctx, live, exchange); err == nil {
		return nil
	}
	taken := state(err) == "42P04" // since ready has looked
	err = d.problem(ctx, err)
	d.close(ctx) // it may be gone, or in the middle of something
	side, lost := e.look(ctx, t, names)
	switch {
	case lost != nil:
		return errs.New(errs.Unavailable, "postgres.side_closed", errs.Args{"database": d.live}).Because(err)
	case taken:
		return errs.New(errs.Busy, backup.ReasonTaken, errs.Args{"database": names.Before}).Because(err)
	case side == backup.NewSide:
		return nil
	}
	return err
}

// ready does all that can be done while people are in.
func (d *door) ready(ctx context.Context, names backup.Names) (live *sideDatabase, exchange string, err error) {
	if err := d.ours(ctx, names.Aside); err != nil {
		return nil, "", err
	}
	if taken, err := d.find(ctx, names.Before); err != nil || taken != nil {
		return nil, "", cmp.Or(err, error(errs.New(errs.Busy, backup.ReasonTaken, errs.Args{"database": names.Before})))
	}
	if err := d.untied(ctx); err != nil {
		return nil, "", err
	}
	if live, err = d.find(ctx, d.live); err != nil {
		return nil, "", err
	}
	if live == nil {
		return nil, "", errs.New(errs.NotFound, "postgres.no_database", errs.Args{"database": d.live, "host": d.where.host})
	}
	if err := d.inTransaction(ctx, func() error { return d.carry(ctx, d.live, names.Aside) }); err != nil {
		return nil, "", err
	}
	exchange, err = d.exchange(ctx, names, live)
	return live, exchange, err
}

// swap closes the live database, and opens its name again with the other content.
func (d *door) swap(ctx context.Context, live *sideDatabase, exchange string) error {
	if err := d.run(ctx, "ALTER DATABASE %I ALLOW_CONNECTIONS false", d.live); err != nil {
		return err
	}
	limit := time.Now().Add(swapLimit)
	for {
		if err := d.endSessions(ctx, live.oid, d.live, limit); err != nil {
			return err
		}
		err := d.inTransaction(ctx, func() error { return d.script(ctx, exchange) })
		if state(err) != "55006" || time.Now().After(limit) { // 55006: somebody is still, or again, in there
			return err
		}
	}
}

// exchange is what makes the swap. It is written before the database is closed.
func (d *door) exchange(ctx context.Context, names backup.Names, live *sideDatabase) (string, error) {
	comment := "NULL"
	if live.remark != "" {
		comment = literal(live.remark)
	}
	var now string
	err := d.QueryRow(ctx, `SELECT pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`).Scan(&now)
	return "ALTER DATABASE " + quote(d.live) + " RENAME TO " + quote(names.Before) + ";\n" +
		"ALTER DATABASE " + quote(names.Aside) + " RENAME TO " + quote(d.live) + ";\n" +
		"COMMENT ON DATABASE " + quote(d.live) + " IS " + comment + ";\n" +
		"COMMENT ON DATABASE " + quote(names.Before) + " IS " + literal(keptMark+d.live+" until "+now) + ";\n" +
		"ALTER DATABASE " + quote(names.Before) + " ALLOW_CONNECTIONS true", err
}

// inTransaction commits what do does, or takes it back.
func (s *session) inTransaction(ctx context.Context, do func() error) error {
	if err := s.begin(ctx, writing); err != nil {
		return err
	}
	defer s.rollback(ctx)
	if err := do(); err != nil {
		return err
	}
	return s.commit(ctx)
}

// blink is how soon the server is asked again whether sessions have ended: it
// tells nobody when one does.
const blink = 10 * time.Millisecond

// endSessions ends the sessions of one database and waits for it. Autovacuum's
// workers are left to the server, which ends them itself. One that may not be ended may
// be about to leave.
func (s *session) endSessions(ctx context.Context, oid uint32, name string, limit time.Time) error {
	const others = " FROM pg_catalog.pg_stat_activity WHERE datid = $1 AND usesysid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()"
	patience := time.Now().Add(leaving)
	for {
		if _, err := s.Exec(ctx, "SELECT pg_catalog.pg_terminate_backend(pid)"+others, oid); err != nil && (state(err) != "42501" || time.Now().After(patience)) {
			return err
		}
		var left int
		if err := s.QueryRow(ctx, "SELECT pg_catalog.count(*)"+others, oid).Scan(&left); err != nil || left == 0 {
			return err
		}
		if time.Now().After(limit) {
			return errs.New(errs.Busy, "postgres.side_stay", errs.Args{"database": name, "sessions": left})
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(blink):
		}
	}
}
