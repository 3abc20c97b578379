package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// held is the transaction of a restore, from its beginning.
type held struct {
	engine  *Engine
	session *session
	locked  map[uint32]bool // tables, by OID; nil where nothing was held
}

// Hold begins the transaction of a restore and locks all tables against writing.
// Whoever writes just then is waited for as long as t allows, then errs.Busy says
// who it is.
func (e *Engine) Hold(ctx context.Context, t backup.Target) (backup.Held, error) {
	h, err := e.enter(ctx, t)
	if err != nil {
		return nil, err
	}
	if err := h.lock(ctx); err != nil {
		defer h.Release()
		return nil, h.session.lockedByAny(ctx, h.session.problem(ctx, err))
	}
	return h, nil
}

// enter begins the transaction.
func (e *Engine) enter(ctx context.Context, t backup.Target) (*held, error) {
	s, err := open(ctx, t)
	if err != nil {
		return nil, err
	}
	h := &held{engine: e, session: s}
	if s.replica {
		err = errs.New(errs.Denied, "postgres.replica", errs.Args{"database": s.database})
	} else if err = s.begin(ctx, writing); err == nil {
		err = s.alone(ctx)
	}
	if err != nil {
		defer h.Release()
		return nil, s.problem(ctx, err)
	}
	return h, nil
}

// writable are the tables that programs write to and a restore replaces: not those
// of extensions, which stay.
const writable = `
SELECT c.oid, n.nspname::text, c.relname::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 2, 3`

// lock lets others read, and dump, but not write.
func (h *held) lock(ctx context.Context) error {
	h.locked = map[uint32]bool{}
	var names []string
	err := h.tables(ctx, func(oid uint32, name string) {
		h.locked[oid] = true
		names = append(names, "ONLY "+name)
	})
	if err != nil || len(names) == 0 {
		return err
	}
	return h.session.script(ctx, "LOCK TABLE "+strings.Join(names, ", ")+" IN EXCLUSIVE MODE")
}

func (h *held) tables(ctx context.Context, each func(oid uint32, name string)) error {
	rows, err := h.session.Query(ctx, writable)
	if err != nil {
		return err
	}
	var oid uint32
	var schema, name string
	_, err = pgx.ForEachRow(rows, []any{&oid, &schema, &name}, func() error {
		each(oid, quote(schema, name))
		return nil
	})
	return err
}

// unwritten looks for tables that were made since: no lock keeps those away.
func (h *held) unwritten(ctx context.Context) error {
	if h.locked == nil {
		return nil
	}
	made := false
	err := h.tables(ctx, func(oid uint32, _ string) { made = made || !h.locked[oid] })
	if err == nil && made {
		err = errs.New(errs.Busy, backup.ReasonWritten, errs.Args{"target": h.session.target.Name})
	}
	return err
}

// Restore is Engine.Restore in this transaction.
func (h *held) Restore(ctx context.Context, file string, p backup.Progress) (backup.Contents, error) {
	s := h.session
	if err := h.unwritten(ctx); err != nil {
		return backup.Contents{}, s.problem(ctx, err)
	}
	src, err := h.engine.sql(ctx, s, file, h.engine.same(ctx, file, s))
	if err != nil {
		return backup.Contents{}, err
	}
	defer src.close()
	c, err := s.replace(ctx, src, p)
	if err == nil {
		err = s.commit(ctx)
	}
	if err != nil {
		return backup.Contents{}, s.lockedByAny(ctx, s.problem(ctx, src.explain(ctx, err)))
	}
	return c, nil
}

// Fill lends the connection in this transaction to who fills the database in another
// way than from an archive, and makes what was done final. As in a new session, names
// are looked up where the role or the database says.
func (h *held) Fill(ctx context.Context, fill func(*pgx.Conn) error) error {
	s := h.session
	err := h.unwritten(ctx)
	if err == nil {
		err = s.script(ctx, lent)
	}
	if err == nil {
		err = fill(s.Conn)
	}
	if err == nil {
		err = s.commit(ctx)
	}
	return s.lockedByAny(ctx, s.problem(ctx, err))
}

const lent = "SET LOCAL search_path TO DEFAULT; SET LOCAL client_encoding = 'UTF8'"

// Turn makes final what was done so far, for other connections to see, and begins a
// new transaction that holds no lock. It is for a database that is built aside: what it
// has made final is taken back only with the database.
func (h *held) Turn(ctx context.Context) error {
	if err := h.session.script(ctx, "COMMIT"); err != nil {
		return err
	}
	if err := h.session.begin(ctx, writing); err != nil {
		return err
	}
	return h.session.script(ctx, lent)
}

// Spare is how many connections to the server may be made beside the present ones. It
// asks by conn, which is in no transaction: a failure would end the one that is held.
func (h *held) Spare(ctx context.Context, conn *pgx.Conn) (int, error) { return spare(ctx, conn) }

// Where is the database that is held.
func (h *held) Where() backup.Target { return h.session.target }

// Release rolls back what is not committed, and ends the session.
func (h *held) Release() {
	h.session.rollback(context.Background())
	h.session.close(context.Background())
}
