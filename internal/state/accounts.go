package state

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"cofre/internal/errs"
)

// Accounts are the administrators and their failed attempts. It is the store of
// package auth, which says what each method promises.
type Accounts struct{ db *DB }

// Accounts of this state.
func (db *DB) Accounts() Accounts { return Accounts{db} }

// Accounts returns the names of all administrators, in order.
func (a Accounts) Accounts(ctx context.Context) ([]string, error) {
	names := []string{}
	err := a.db.each(ctx, "SELECT name FROM accounts ORDER BY folded", nil, func(row scanner) error {
		var name string
		err := row.Scan(&name)
		names = append(names, name)
		return err
	})
	return names, a.db.fail("list accounts", err)
}

// Account returns the spelling and the hash of an account, or errs.NotFound "auth.unknown".
func (a Accounts) Account(ctx context.Context, name string) (spelling, hash string, err error) {
	err = a.db.sql.QueryRowContext(ctx, "SELECT name, hash FROM accounts WHERE folded = ?", fold(name)).Scan(&spelling, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", unknownAccount(name)
	}
	return spelling, hash, a.db.fail("read account", err)
}

// AddAccount adds an account; with first, only where there is none.
func (a Accounts) AddAccount(ctx context.Context, name, hash string, first bool) error {
	return a.db.in(ctx, "add account", func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM accounts").Scan(&n); err != nil {
			return err
		}
		if first && n > 0 {
			return errs.New(errs.Denied, "auth.not_first", nil)
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO accounts (folded, name, hash, created_at) VALUES (?, ?, ?, ?)",
			fold(name), name, hash, nanos(a.db.clock()))
		if isTaken(err) {
			return errs.New(errs.Invalid, "auth.name_taken", errs.Args{"name": name})
		}
		return err
	})
}

// SetHash replaces the hash of an account, or returns errs.NotFound "auth.unknown".
func (a Accounts) SetHash(ctx context.Context, name, hash string) error {
	done, err := a.db.sql.ExecContext(ctx, "UPDATE accounts SET hash = ? WHERE folded = ?", hash, fold(name))
	return a.db.fail("set hash", found(done, err, unknownAccount(name)))
}

func unknownAccount(name string) *errs.Error {
	return errs.New(errs.NotFound, "auth.unknown", errs.Args{"name": name})
}

// Failures returns how many attempts in a row failed for key, and when the last was.
func (a Accounts) Failures(ctx context.Context, key string) (n int, last time.Time, err error) {
	var at int64
	err = a.db.sql.QueryRowContext(ctx, "SELECT failures, last_at FROM attempts WHERE key = ?", key).Scan(&n, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	return n, instant(at), a.db.fail("read attempts", err)
}

// attemptsKept is how long failed attempts are remembered after the last one.
const attemptsKept = 24 * time.Hour

// AddFailure counts one more attempt for key, and forgets those of all keys that
// are old, so that typed nonsense does not pile up.
func (a Accounts) AddFailure(ctx context.Context, key string, at time.Time) error {
	return a.db.in(ctx, "count attempt", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM attempts WHERE last_at < ?", nanos(at.Add(-attemptsKept))); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO attempts (key, failures, last_at) VALUES (?, 1, ?)
			ON CONFLICT (key) DO UPDATE SET failures = failures + 1, last_at = excluded.last_at`, key, nanos(at))
		return err
	})
}

// ClearFailures forgets the attempts of key.
func (a Accounts) ClearFailures(ctx context.Context, key string) error {
	_, err := a.db.sql.ExecContext(ctx, "DELETE FROM attempts WHERE key = ?", key)
	return a.db.fail("clear attempts", err)
}
