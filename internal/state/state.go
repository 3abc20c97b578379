// Package state is state.db, Cofre's own SQLite database: the catalogue, the
// journal of jobs, connections, settings and accounts. It is never the protected
// database, so it survives every restore. Each call is one transaction and on
// disk when it returns; several processes may use the file at once. It holds no
// password, only hashes of them.
package state

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"cofre/internal/errs"
)

// DB is an open state.db. Its methods return views of it, which may be used
// from several goroutines.
type DB struct {
	sql    *sql.DB
	path   string
	clock  func() time.Time
	briefs briefs
}

// Open opens the file at path, which only this user can read, or makes it; its
// folder must exist. Tables are brought up to this program's version. A file that
// a newer Cofre wrote is errs.Unavailable "state.newer" and stays as it is, a
// damaged one is errs.Corrupt "state.damaged".
func Open(ctx context.Context, path string, clock func() time.Time) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, errs.New(errs.Unavailable, "state.open", errs.Args{"path": path}).Because(err)
	}
	if err := private(path); err != nil {
		return nil, errs.New(errs.Unavailable, "state.open", errs.Args{"path": path}).Because(err)
	}
	pool, err := sql.Open("sqlite", source(path))
	if err != nil {
		return nil, errs.New(errs.Unavailable, "state.open", errs.Args{"path": path}).Because(err)
	}
	// One connection: this process then never waits for its own locks, and what it
	// keeps here is small.
	pool.SetMaxOpenConns(1)
	db := &DB{sql: pool, path: path, clock: clock}
	if err := db.migrate(ctx); err != nil {
		_ = pool.Close()
		return nil, err
	}
	return db, nil
}

// Close ends the use of the file.
func (db *DB) Close() error { return db.fail("close state", db.sql.Close()) }

// private makes the file, or takes the rights of others away from it. SQLite
// gives its -wal and -shm files the same rights.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return f.Chmod(0o600)
	}
	return nil
}

// source is the driver's name of the file. Synchronous FULL makes each commit
// durable also in WAL mode; fullfsync does so on macOS.
func source(path string) string {
	slashed := filepath.ToSlash(path)
	if runtime.GOOS == "windows" {
		slashed = "/" + slashed
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "synchronous(FULL)", "fullfsync(1)", "foreign_keys(1)", "trusted_schema(0)"}}
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: q.Encode()}).String()
}

// in runs f in one transaction, which ends with f's error or is durable.
func (db *DB) in(ctx context.Context, what string, f func(*sql.Tx) error) error {
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return db.fail(what, err)
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback()
		return db.fail(what, err)
	}
	return db.fail(what, tx.Commit())
}

// snapshot runs f in a transaction that only reads, and keeps nobody from writing.
func (db *DB) snapshot(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	return f(tx)
}
