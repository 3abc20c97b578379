package postgres

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// BuildAside fills the new database with several connections where the archive and
// the server allow it, else as a restore in one transaction would.
//
// Whose rights: the database is made, its extensions, schemas and the definitions
// that only a superuser may make are made, with those of the connecting role; all
// else as the role that the live objects belong to. Statements that no backup of
// one database needs are refused before they run, here as in Restore; but SQL that
// an archive hides in a function or an expression could take the connecting role's
// rights back. Who restores a file of strangers connects as the owner of the
// database, not as a superuser.
func (e *Engine) BuildAside(ctx context.Context, t backup.Target, file string, names backup.Names, p backup.Progress) (built backup.Built, err error) {
	built.Contents, err = e.aside(ctx, t, names, p, func(ctx context.Context, live *session, b *building) error {
		b.file, b.same = file, e.same(ctx, file, live)
		return nil
	}, func(ctx context.Context, b *building) (backup.Contents, error) {
		c, err := b.build(ctx)
		built.Counted = b.counted
		return c, err
	})
	return built, err
}

// aside makes a database beside t's: look sees t's before, build makes the other. What
// build leaves is dropped when it fails.
func (e *Engine) aside(ctx context.Context, t backup.Target, names backup.Names, p backup.Progress,
	look func(context.Context, *session, *building) error, build func(context.Context, *building) (backup.Contents, error)) (backup.Contents, error) {
	none := backup.Contents{}
	live, err := open(ctx, t)
	if err != nil {
		return none, err
	}
	defer live.close(ctx)
	if live.replica {
		return none, errs.New(errs.Denied, "postgres.replica", errs.Args{"database": live.database})
	}
	b := &building{engine: e, target: t, live: live.database, name: names.Aside, progress: p}
	if b.furniture, err = live.furniture(ctx); err != nil {
		return none, live.problem(ctx, err)
	}
	if err := look(ctx, live, b); err != nil {
		return none, live.problem(ctx, err)
	}
	live.close(ctx)
	if b.door, err = e.door(ctx, t); err != nil {
		return none, err
	}
	defer b.door.close(ctx)
	if err := b.door.rename(ctx, label(b.name)); err != nil {
		return none, b.door.problem(ctx, err)
	}
	c, err := build(ctx, b)
	if err == nil {
		return c, nil
	}
	b.door.close(ctx)
	if b.taken {
		return none, err
	}
	return none, errors.Join(err, b.clear(ctx))
}

// building is the making of one side database.
type building struct {
	*furniture
	engine   *Engine
	target   backup.Target
	live     string // the target's database
	name     string // of the new one
	file     string
	same     bool // the archive is of the live database
	progress backup.Progress
	door     *door
	taken    bool // the name belongs to another database

	filled      []*fill // tables, by load
	connections int     // that may be used at once
	counted     int     // tables with rows that were not compared, but for how many they are; large objects that may not be read are one
}

// clear drops what was built, also after ctx is done, through a connection of its
// own: the last one may be what has failed.
func (b *building) clear(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearLimit)
	defer cancel()
	d, err := b.engine.door(ctx, b.target)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	if err := d.endBuilders(ctx, b.name); err != nil {
		return d.problem(ctx, err)
	}
	return d.problem(ctx, d.drop(ctx, b.name))
}

// build tries the quick way first. What it can't do for reasons of rights or of
// the server, the slow one may: it has more than one answer to a refusal.
func (b *building) build(ctx context.Context) (backup.Contents, error) {
	if q := b.quick(ctx); q != nil {
		defer q.close()
		c, err := b.fill(ctx, q.fill, b.measure)
		var refused *exec.ExitError
		if err == nil || ctx.Err() != nil || !errors.As(err, &refused) && !q.refused {
			return c, err
		}
		if err := b.door.drop(ctx, b.name); err != nil {
			return c, b.door.problem(ctx, err)
		}
	}
	return b.fill(ctx, b.replay, b.measure)
}

// fill makes the database, lets into fill it, and lets then look at what is there.
func (b *building) fill(ctx context.Context, into func(context.Context, *session) error, then func(context.Context, *session) (backup.Contents, error)) (backup.Contents, error) {
	none := backup.Contents{}
	if err := b.create(ctx); err != nil {
		return none, b.door.problem(ctx, err)
	}
	s, err := open(ctx, b.engine.Beside(b.target, b.name))
	if err != nil {
		return none, err
	}
	defer s.close(ctx)
	s.database = b.live // what errors and contents are about
	if err := s.rename(ctx, label(b.name)); err != nil {
		return none, s.problem(ctx, err)
	}
	b.filled = nil
	if err := into(ctx, s); err != nil {
		return none, s.problem(ctx, err)
	}
	c, err := then(ctx, s)
	return c, s.problem(ctx, err)
}

// create makes the database and marks it. Nobody but its owner may enter it yet.
// Until the swap, whose commit makes all durable, commits need not wait for the disk.
func (b *building) create(ctx context.Context) error {
	d := b.door
	if err := d.script(ctx, "CREATE DATABASE "+quote(b.name)+" "+b.furniture.create); err != nil {
		b.taken = state(err) == "42P04"
		if b.taken {
			return errs.New(errs.Busy, backup.ReasonTaken, errs.Args{"database": b.name}).Because(err)
		}
		return err
	}
	remark := builtMark + b.live + ", " + time.Now().UTC().Format(time.RFC3339)
	return d.inTransaction(ctx, func() error {
		if err := d.script(ctx, "COMMENT ON DATABASE "+quote(b.name)+" IS "+literal(remark)+";\n"+
			"REVOKE CONNECT, TEMPORARY ON DATABASE "+quote(b.name)+" FROM PUBLIC"); err != nil {
			return err
		}
		if err := d.carrySettings(ctx, b.live, b.name, whileBuilding); err != nil {
			return err
		}
		return d.script(ctx, "ALTER DATABASE "+quote(b.name)+" SET synchronous_commit = off")
	})
}

// whileBuilding says whether a setting of the live database counts for the making
// of its successor: those that values are read by do, those that would end or
// forbid the work don't.
func whileBuilding(name string) bool {
	return !strings.HasPrefix(name, "default_transaction_") && !strings.HasSuffix(name, "_timeout") && name != "role" && name != "session_replication_role"
}

// replay fills the database from the file by one session.
func (b *building) replay(ctx context.Context, s *session) error {
	src, err := b.engine.sql(ctx, s, b.file, b.same)
	if err != nil {
		return err
	}
	return b.play(ctx, s, src)
}

// play fills the database by one session in one transaction, and closes the source.
func (b *building) play(ctx context.Context, s *session, src *source) error {
	defer src.close()
	err := s.inTransaction(ctx, func() error {
		kept, err := s.furnish(ctx, b.furniture)
		if err != nil {
			return err
		}
		player, err := s.load(ctx, src, b.role, kept, b.progress)
		if err != nil {
			return err
		}
		if err := s.access(ctx, b.furniture); err != nil {
			return err
		}
		return player.arm(ctx)
	})
	if err == nil {
		return nil
	}
	return src.explain(ctx, err)
}

// measure compares what was built with the archive and counts the rest, and lets the
// planner know it, at the same time.
func (b *building) measure(ctx context.Context, s *session) (backup.Contents, error) {
	analyzed := make(chan error, 1)
	go func() { analyzed <- b.analyze(ctx) }()
	var c backup.Contents
	compared, err := b.compareSent(ctx, s)
	if err == nil {
		compared, err = s.compared(ctx, b.file, compared)
	}
	if err == nil {
		c, err = s.counted(ctx, compared)
	}
	c.ObjectsDenied, b.counted = objectsDenied(compared), 0
	if c.ObjectsDenied {
		b.counted++
	}
	for _, table := range c.Tables {
		if _, ok := compared[table.Name]; !ok && table.Rows > 0 {
			b.counted++
		}
	}
	return c, errors.Join(err, <-analyzed)
}

// compared is compare in a transaction of its own, which leaves nothing.
func (s *session) compared(ctx context.Context, file string, known map[string]int64) (counted map[string]int64, err error) {
	if err := s.begin(ctx, writing); err != nil {
		return nil, err
	}
	defer s.rollback(ctx)
	return s.compare(ctx, file, known)
}

func (s *session) counted(ctx context.Context, known map[string]int64) (backup.Contents, error) {
	if err := s.begin(ctx, reading); err != nil {
		return backup.Contents{}, err
	}
	defer s.rollback(ctx)
	c, tables, err := s.describe(ctx)
	if err == nil {
		c.Tables, err = uncounted(tables, known, func(tables []table) ([]backup.Table, error) { return s.countTogether(ctx, tables) })
	}
	return c, err
}

func (b *building) analyze(ctx context.Context) error {
	s, err := open(ctx, b.engine.Beside(b.target, b.name))
	if err != nil {
		return err
	}
	defer s.close(ctx)
	return s.problem(ctx, s.inTransaction(ctx, func() error { return s.script(ctx, "ANALYZE") }))
}
