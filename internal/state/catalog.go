package state

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Catalog remembers backups.
type Catalog struct{ db *DB }

var _ backup.Catalog = Catalog{}

// Catalog of this state.
func (db *DB) Catalog() Catalog { return Catalog{db} }

// Put adds e or replaces the entry with its Manifest.ID.
func (c Catalog) Put(ctx context.Context, e backup.Entry) error {
	return c.put(ctx, c.db.sql, e)
}

// Change changes the entry as it is at that moment, in one transaction.
func (c Catalog) Change(ctx context.Context, id string, do func(*backup.Entry) error) (e backup.Entry, err error) {
	err = c.db.in(ctx, "change backup "+id, func(tx *sql.Tx) error {
		row, err := scanEntry(tx.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM backups WHERE id = ?", id))
		if errors.Is(err, sql.ErrNoRows) {
			return errs.New(errs.NotFound, "backup.unknown", errs.Args{"id": id})
		}
		if err != nil {
			return err
		}
		if e, err = row.entry(); err != nil {
			return err
		}
		if err := do(&e); err != nil {
			return err
		}
		return c.put(ctx, tx, e)
	})
	return e, err
}

func (c Catalog) put(ctx context.Context, into interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}, e backup.Entry) error {
	const what = "put backup into the catalogue"
	slim := e.Manifest
	slim.Tables = nil
	manifest, err := encode(&slim)
	if err != nil {
		return c.db.fail(what, err)
	}
	reason, err := encode(failureOf(e.Failure))
	if err != nil {
		return c.db.fail(what, err)
	}
	facts, err := encode(e.Profile)
	if err != nil {
		return c.db.fail(what, err)
	}
	practice, err := encode(rehearsalOf(e.Rehearsal))
	if err != nil {
		return c.db.fail(what, err)
	}
	_, err = into.ExecContext(ctx, `
		INSERT OR REPLACE INTO backups (id, identity, state, created_at, checked_at, file, manifest, tables, failure, profile, rehearsal, pinned, same_at, aside_at, unmoved)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Manifest.ID, e.Manifest.Source.Identity, e.State, nanos(e.Manifest.CreatedAt), nanos(e.CheckedAt), e.File,
		manifest, packTables(e.Manifest.Tables), reason, facts, practice, e.Pinned, nanos(e.SameAt), nanos(e.AsideAt), e.Unmoved)
	return c.db.fail(what, err)
}

const (
	entryColumns = "state, checked_at, file, manifest, failure, tables, profile, rehearsal, pinned, same_at, aside_at, unmoved"
	briefColumns = "state, checked_at, file, manifest, failure, x'', '', rehearsal, pinned, same_at, aside_at, unmoved"
)

// Get returns the entry, or errs.NotFound "backup.unknown".
func (c Catalog) Get(ctx context.Context, id string) (backup.Entry, error) {
	row, err := scanEntry(c.db.sql.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM backups WHERE id = ? AND aside_at = 0", id))
	if errors.Is(err, sql.ErrNoRows) {
		return backup.Entry{}, errs.New(errs.NotFound, "backup.unknown", errs.Args{"id": id})
	}
	if err != nil {
		return backup.Entry{}, c.db.fail("read backup "+id, err)
	}
	e, err := row.entry()
	return e, c.db.fail("read backup "+id, err)
}

// List returns entries, newest first; an empty slice where there are none.
func (c Catalog) List(ctx context.Context, f backup.Filter) ([]backup.Entry, error) {
	where := []string{"aside_at = 0"}
	if f.Aside {
		where[0] = "aside_at <> 0"
	}
	var args []any
	if f.Identity != "" {
		where, args = append(where, "identity = ?"), append(args, f.Identity)
	}
	if f.File != "" {
		where, args = append(where, "file = ?"), append(args, f.File)
	}
	if f.Sound {
		where, args = append(where, "state IN (?, ?)"), append(args, backup.Good, backup.Proven)
	}
	if f.State != "" {
		where, args = append(where, "state = ?"), append(args, f.State)
	}
	tail := " WHERE " + strings.Join(where, " AND ") + " ORDER BY created_at DESC, id DESC"
	if f.Limit > 0 {
		tail, args = tail+" LIMIT ?", append(args, f.Limit)
	}
	if f.Brief {
		all, err := c.brief(ctx, tail, args, f == backup.Filter{Brief: true})
		return all, c.db.fail("list backups", err)
	}
	var list entries
	err := c.db.each(ctx, "SELECT "+entryColumns+" FROM backups"+tail, args, func(s scanner) error {
		row, err := scanEntry(s)
		list.add(row)
		return err
	})
	if err != nil {
		list.busy.Wait()
		return []backup.Entry{}, c.db.fail("list backups", err)
	}
	all, err := list.all()
	return all, c.db.fail("list backups", err)
}

// Delete forgets the entry.
func (c Catalog) Delete(ctx context.Context, id string) error {
	_, err := c.db.sql.ExecContext(ctx, "DELETE FROM backups WHERE id = ?", id)
	return c.db.fail("delete backup "+id, err)
}
