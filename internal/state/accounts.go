package state

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"cofre/internal/auth"
	"cofre/internal/errs"
)

// Accounts are the administrators and their failed attempts. It is the store of
// package auth, which says what each method promises.
type Accounts struct{ db *DB }

// Accounts of this state.
func (db *DB) Accounts() Accounts { return Accounts{db} }

const accountColumns = "name, hash, recovery, created_at"

func readAccount(row scanner) (a auth.Account, err error) {
	var at int64
	err = row.Scan(&a.Name, &a.Hash, &a.Recovery, &at)
	a.CreatedAt = instant(at)
	return a, err
}

// Accounts returns all administrators, in order.
func (a Accounts) Accounts(ctx context.Context) ([]auth.Account, error) {
	all := []auth.Account{}
	err := a.db.each(ctx, "SELECT "+accountColumns+" FROM accounts ORDER BY folded", nil, func(row scanner) error {
		account, err := readAccount(row)
		all = append(all, account)
		return err
	})
	return all, a.db.fail("list accounts", err)
}

// Account returns an account, or errs.NotFound "auth.unknown".
func (a Accounts) Account(ctx context.Context, name string) (auth.Account, error) {
	account, err := readAccount(a.db.sql.QueryRowContext(ctx, "SELECT "+accountColumns+" FROM accounts WHERE folded = ?", fold(name)))
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Account{}, unknownAccount(name)
	}
	return account, a.db.fail("read account", err)
}

// AddAccount adds an account; with first, only where there is none.
func (a Accounts) AddAccount(ctx context.Context, account auth.Account, first bool) error {
	return a.db.in(ctx, "add account", func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM accounts").Scan(&n); err != nil {
			return err
		}
		if first && n > 0 {
			return errs.New(errs.Denied, "auth.not_first", nil)
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO accounts (folded, name, hash, recovery, created_at) VALUES (?, ?, ?, ?, ?)",
			fold(account.Name), account.Name, account.Hash, account.Recovery, nanos(a.db.clock()))
		if isTaken(err) {
			return errs.New(errs.Invalid, "auth.name_taken", errs.Args{"name": account.Name})
		}
		return err
	})
}

// RemoveAccount removes an account, but never the last one: errs.Denied "auth.last".
func (a Accounts) RemoveAccount(ctx context.Context, name string) error {
	return a.db.in(ctx, "remove account", func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "DELETE FROM accounts WHERE folded = ?", fold(name))
		if err := found(done, err, unknownAccount(name)); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM accounts").Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Denied, "auth.last", errs.Args{"name": name})
		}
		return nil
	})
}

// SetHash replaces the hash of an account, or returns errs.NotFound "auth.unknown".
func (a Accounts) SetHash(ctx context.Context, name, hash string) error {
	done, err := a.db.sql.ExecContext(ctx, "UPDATE accounts SET hash = ? WHERE folded = ?", hash, fold(name))
	return a.db.fail("set hash", found(done, err, unknownAccount(name)))
}

// SetRecovery replaces the hash of the recovery code of an account, or returns errs.NotFound.
func (a Accounts) SetRecovery(ctx context.Context, name, recovery string) error {
	done, err := a.db.sql.ExecContext(ctx, "UPDATE accounts SET recovery = ? WHERE folded = ?", recovery, fold(name))
	return a.db.fail("set recovery code", found(done, err, unknownAccount(name)))
}

// Reset replaces the hashes of password and recovery code where that of the code is
// used, or returns errs.NotFound.
func (a Accounts) Reset(ctx context.Context, name, used, hash, recovery string) error {
	done, err := a.db.sql.ExecContext(ctx, "UPDATE accounts SET hash = ?, recovery = ? WHERE folded = ? AND recovery = ?", hash, recovery, fold(name), used)
	return a.db.fail("reset password", found(done, err, unknownAccount(name)))
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

// MoveFailures says that the last attempt of key was at.
func (a Accounts) MoveFailures(ctx context.Context, key string, at time.Time) error {
	_, err := a.db.sql.ExecContext(ctx, "UPDATE attempts SET last_at = ? WHERE key = ?", nanos(at), key)
	return a.db.fail("move attempts", err)
}

// ClearFailures forgets the attempts of key.
func (a Accounts) ClearFailures(ctx context.Context, key string) error {
	_, err := a.db.sql.ExecContext(ctx, "DELETE FROM attempts WHERE key = ?", key)
	return a.db.fail("clear attempts", err)
}
