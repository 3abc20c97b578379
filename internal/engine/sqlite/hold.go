package sqlite

import (
	"context"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// held is the connection of a restore, from before the safety backup. It holds no
// lock, because SQLite lends none that a restore could take over: others write on,
// and the restore sees, once it has locked the database, that they have.
type held struct {
	engine  *Engine
	target  backup.Target
	to      *connection
	version uint32 // of the database, as this connection knows it

	kept *keeping // of a broken database instead, which nothing may mend before it was kept
}

// Hold notes the state of the database.
func (e *Engine) Hold(ctx context.Context, t backup.Target) (backup.Held, error) {
	live, err := locate(t.Path)
	if err != nil {
		return nil, err
	}
	to, err := openToReplace(ctx, live, false)
	if err != nil {
		return nil, problem(err, live)
	}
	h := &held{engine: e, target: t, to: to}
	err = patiently(ctx, t, func() error { return to.exec(ctx, "PRAGMA data_version") }) // looks, without reading the schema
	if err == nil {
		h.version, err = to.version()
	}
	if err != nil {
		to.close()
		return nil, problem(err, live)
	}
	return h, nil
}

// Restore is Engine.Restore by this connection.
func (h *held) Restore(ctx context.Context, file string, p backup.Progress) (backup.Contents, error) {
	return h.engine.replaceAll(ctx, h.target, file, h, p)
}

// Release ends the connection.
func (h *held) Release() { h.to.close() }

// connection is the one that was held, else a new one.
func (h *held) connection(ctx context.Context, live string, damaged bool) (*connection, error) {
	if h != nil && h.kept == nil {
		return h.to, nil
	}
	return openToReplace(ctx, live, damaged)
}

// unwritten says whether another program has written since; now is the version,
// read under the lock.
func (h *held) unwritten(now uint32) error {
	if h == nil || h.kept == nil && now == h.version || h.kept != nil && h.kept.current() {
		return nil
	}
	return errs.New(errs.Busy, backup.ReasonWritten, errs.Args{"target": h.target.Name})
}

// version changes when the connection sees that another one has written, and when
// it commits itself. An emptied log counts as written.
func (c *connection) version() (v uint32, err error) {
	err = c.raw(func(n native) (err error) {
		v, err = n.FileControlDataVersion("main")
		return err
	})
	return v, err
}
