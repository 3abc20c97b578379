// Package auth decides who is an administrator: accounts with argon2id hashes,
// recovery codes, attempts that cost more and more time, and the session of the
// window. It keeps no password, no code and no name that was not created.
package auth

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"cofre/internal/errs"
)

// Account is an administrator as it is stored.
type Account struct {
	Name      string // in the account's own spelling
	Hash      string // of the password
	Recovery  string // hash of the recovery code; "" where there is none
	CreatedAt time.Time
}

// Store keeps accounts and attempts. Names are compared without regard to case.
type Store interface {
	// Accounts returns all administrators, by name.
	Accounts(ctx context.Context) ([]Account, error)
	// Account returns one of them; errs.NotFound.
	Account(ctx context.Context, name string) (Account, error)
	// AddAccount adds an account. A name that exists is errs.Invalid "auth.name_taken";
	// with first, any account at all is errs.Denied "auth.not_first".
	AddAccount(ctx context.Context, a Account, first bool) error
	// RemoveAccount removes one; errs.NotFound, and errs.Denied "auth.last" for the
	// only one, whatever other processes remove at the same time.
	RemoveAccount(ctx context.Context, name string) error
	// SetHash replaces the hash of an account; errs.NotFound.
	SetHash(ctx context.Context, name, hash string) error
	// SetRecovery replaces the hash of its recovery code; errs.NotFound.
	SetRecovery(ctx context.Context, name, recovery string) error
	// Reset replaces both, where the recovery code is still the one whose hash is
	// used: a code works once. Otherwise errs.NotFound.
	Reset(ctx context.Context, name, used, hash, recovery string) error

	// Failures returns how many attempts in a row failed for key and when the last was.
	Failures(ctx context.Context, key string) (n int, last time.Time, err error)
	// AddFailure counts one more, at once for all processes.
	AddFailure(ctx context.Context, key string, at time.Time) error
	// MoveFailures says that the last of them was at. None at all is harmless.
	MoveFailures(ctx context.Context, key string, at time.Time) error
	// ClearFailures forgets them. Twice is harmless.
	ClearFailures(ctx context.Context, key string) error
}

// Administrators are the accounts that may use Cofre. One password is checked
// at a time, since each check takes 64 MB for a moment.
type Administrators struct {
	store Store
	clock func() time.Time
	costs params
	mu    sync.Mutex // one hash at a time; attempts can't overtake their throttle
}

// New returns the administrators of store.
func New(store Store, clock func() time.Time) *Administrators {
	return &Administrators{store: store, clock: clock, costs: today}
}

// Needed says that there is no administrator yet: the first start.
func (a *Administrators) Needed(ctx context.Context) (bool, error) {
	all, err := a.store.Accounts(ctx)
	return len(all) == 0, err
}

// All returns the administrators, by name, without their hashes: of a recovery code
// only whether there is one.
func (a *Administrators) All(ctx context.Context) ([]Account, error) {
	all, err := a.store.Accounts(ctx)
	for i := range all {
		all[i].Hash = ""
		if all[i].Recovery != "" {
			all[i].Recovery = "set"
		}
	}
	return all, err
}

// Spelling is how an administrator spells name; "" where there is none of that name.
func (a *Administrators) Spelling(ctx context.Context, name string) (string, error) {
	account, err := a.store.Account(ctx, strings.TrimSpace(name))
	if errs.CodeOf(err) == errs.NotFound {
		return "", nil
	}
	return account.Name, err
}

// Stamp is another one whenever the account has another password, and "" where it
// is gone: a session that began with another stamp is over.
func (a *Administrators) Stamp(ctx context.Context, name string) (string, error) {
	account, err := a.store.Account(ctx, name)
	if errs.CodeOf(err) == errs.NotFound {
		return "", nil
	}
	return account.Hash, err
}

// Create adds an administrator and returns its recovery code, which nobody can be
// told again. By is who adds it; "" creates the first one and is errs.Denied
// "auth.not_first" where there is one already. Names and passwords that the rules
// refuse are errs.Invalid.
func (a *Administrators) Create(ctx context.Context, by, name, password string) (code string, err error) {
	name = strings.TrimSpace(name)
	if err := checkName(name); err != nil {
		return "", err
	}
	if err := checkPassword(name, password); err != nil {
		return "", err
	}
	if by != "" {
		if _, err := a.store.Account(ctx, by); err != nil {
			return "", err
		}
	}
	code = newCode()
	return code, a.store.AddAccount(ctx, Account{Name: name, Hash: a.hash(password), Recovery: a.hash(code)}, by == "")
}

// Remove removes an administrator and returns how its name was spelled; errs.NotFound,
// and errs.Denied "auth.last" for the only one.
func (a *Administrators) Remove(ctx context.Context, name string) (string, error) {
	account, err := a.store.Account(ctx, strings.TrimSpace(name))
	if err != nil {
		return "", err
	}
	return account.Name, a.store.RemoveAccount(ctx, account.Name)
}

// ChangePassword replaces a password after the old one was verified, attempts
// counted as in Verify. The recovery code stays.
func (a *Administrators) ChangePassword(ctx context.Context, name, old, fresh string) error {
	spelling, err := a.Verify(ctx, name, old)
	if err != nil {
		return err
	}
	if err := checkPassword(spelling, fresh); err != nil {
		return err
	}
	return a.store.SetHash(ctx, spelling, a.hash(fresh))
}

func (a *Administrators) hash(password string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.costs.hash(password)
}

// The rules for names and passwords.
const (
	maxName     = 64
	minPassword = 8
	maxPassword = 1024 // bytes; nobody types more, and hashing it would only cost time
)

func checkName(name string) error {
	visible := func(r rune) bool { return unicode.IsGraphic(r) && r != utf8.RuneError }
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName || strings.ContainsFunc(name, func(r rune) bool { return !visible(r) }) {
		return errs.New(errs.Invalid, "auth.name", errs.Args{"max": maxName})
	}
	return nil
}

func checkPassword(name, password string) error {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return errs.New(errs.Invalid, "auth.password_short", errs.Args{"min": minPassword})
	case len(password) > maxPassword:
		return errs.New(errs.Invalid, "auth.password_long", errs.Args{"max": maxPassword})
	case strings.EqualFold(strings.TrimSpace(password), name):
		return errs.New(errs.Invalid, "auth.password_name", nil)
	}
	return nil
}
