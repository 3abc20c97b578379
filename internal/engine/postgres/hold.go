package postgres

import (
	"context"
	"strings"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// held is the transaction of a restore, from its beginning.
type held struct {
	engine  *Engine
	session *session
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
	h := &held{e, s}
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

// lock lets others read, and dump, but not write.
func (h *held) lock(ctx context.Context) error {
	tables, err := h.session.tables(ctx)
	if err != nil || len(tables) == 0 {
		return err
	}
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = "ONLY " + quote(t.schema, t.name)
	}
	return h.session.script(ctx, "LOCK TABLE "+strings.Join(names, ", ")+" IN EXCLUSIVE MODE")
}

// Restore is Engine.Restore in this transaction.
func (h *held) Restore(ctx context.Context, file string, p backup.Progress) (backup.Contents, error) {
	s := h.session
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

// Release rolls back what is not committed, and ends the session.
func (h *held) Release() {
	h.session.rollback(context.Background())
	h.session.close(context.Background())
}
