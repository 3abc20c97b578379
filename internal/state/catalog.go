package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/profile"
)

// Catalog remembers backups.
type Catalog struct{ db *DB }

var _ backup.Catalog = Catalog{}

// Catalog of this state.
func (db *DB) Catalog() Catalog { return Catalog{db} }

// Put adds e or replaces the entry with its Manifest.ID.
func (c Catalog) Put(ctx context.Context, e backup.Entry) error {
	const what = "put backup into the catalogue"
	manifest, err := encode(&e.Manifest)
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
	_, err = c.db.sql.ExecContext(ctx, `
		INSERT OR REPLACE INTO backups (id, identity, state, created_at, checked_at, file, manifest, failure, profile)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Manifest.ID, e.Manifest.Source.Identity, e.State, nanos(e.Manifest.CreatedAt), nanos(e.CheckedAt), e.File, manifest, reason, facts)
	return c.db.fail(what, err)
}

const entryColumns = "SELECT state, checked_at, file, manifest, failure, profile FROM backups"

// Get returns the entry, or errs.NotFound "backup.unknown".
func (c Catalog) Get(ctx context.Context, id string) (backup.Entry, error) {
	e, err := readEntry(c.db.sql.QueryRowContext(ctx, entryColumns+" WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return e, errs.New(errs.NotFound, "backup.unknown", errs.Args{"id": id})
	}
	return e, c.db.fail("read backup "+id, err)
}

// List returns entries, newest first; an empty slice where there are none.
func (c Catalog) List(ctx context.Context, f backup.Filter) ([]backup.Entry, error) {
	var where []string
	var args []any
	if f.Identity != "" {
		where, args = append(where, "identity = ?"), append(args, f.Identity)
	}
	if f.State != "" {
		where, args = append(where, "state = ?"), append(args, f.State)
	}
	query := entryColumns
	if where != nil {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	query += " ORDER BY created_at DESC, id DESC"
	if f.Limit > 0 {
		query, args = query+" LIMIT ?", append(args, f.Limit)
	}
	entries := []backup.Entry{}
	err := c.db.each(ctx, query, args, func(row scanner) error {
		e, err := readEntry(row)
		entries = append(entries, e)
		return err
	})
	return entries, c.db.fail("list backups", err)
}

// Delete forgets the entry.
func (c Catalog) Delete(ctx context.Context, id string) error {
	_, err := c.db.sql.ExecContext(ctx, "DELETE FROM backups WHERE id = ?", id)
	return c.db.fail("delete backup "+id, err)
}

func readEntry(row scanner) (e backup.Entry, err error) {
	var checked int64
	var manifest, reason, facts string
	if err := row.Scan(&e.State, &checked, &e.File, &manifest, &reason, &facts); err != nil {
		return e, err
	}
	e.CheckedAt = instant(checked)
	m, err := decode[archive.Manifest](manifest)
	if err != nil {
		return e, fmt.Errorf("manifest: %w", err)
	}
	e.Manifest = *m
	f, err := decode[failure](reason)
	if err != nil {
		return e, fmt.Errorf("failure: %w", err)
	}
	e.Failure = f.error()
	e.Profile, err = decode[profile.Facts](facts)
	return e, err
}
