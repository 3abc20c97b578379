// Package auth decides who is an administrator: accounts with argon2id hashes,
// attempts that cost more and more time, and the session of the window. It keeps
// no password and no name that was not created.
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

// Store keeps accounts and attempts. Names are compared without regard to case.
type Store interface {
	// Accounts returns the names of all administrators.
	Accounts(ctx context.Context) ([]string, error)
	// Account returns the account's own spelling of name and its hash; errs.NotFound.
	Account(ctx context.Context, name string) (spelling, hash string, err error)
	// AddAccount adds an account. A name that exists is errs.Invalid "auth.name_taken";
	// with first, any account at all is errs.Denied "auth.not_first".
	AddAccount(ctx context.Context, name, hash string, first bool) error
	// SetHash replaces the hash of an account; errs.NotFound.
	SetHash(ctx context.Context, name, hash string) error

	// Failures returns how many attempts in a row failed for key and when the last was.
	Failures(ctx context.Context, key string) (n int, last time.Time, err error)
	// AddFailure counts one more, at once for all processes.
	AddFailure(ctx context.Context, key string, at time.Time) error
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
	names, err := a.store.Accounts(ctx)
	return len(names) == 0, err
}

// Spelling is how an administrator spells name; "" where there is none of that name.
func (a *Administrators) Spelling(ctx context.Context, name string) (string, error) {
	spelling, _, err := a.store.Account(ctx, strings.TrimSpace(name))
	if errs.CodeOf(err) == errs.NotFound {
		return "", nil
	}
	return spelling, err
}

// Create adds an administrator. By is who is logged in; "" creates the first one
// and is errs.Denied "auth.not_first" where there is one already. Names and
// passwords that the rules refuse are errs.Invalid.
func (a *Administrators) Create(ctx context.Context, by, name, password string) error {
	name = strings.TrimSpace(name)
	if err := checkName(name); err != nil {
		return err
	}
	if err := checkPassword(name, password); err != nil {
		return err
	}
	if by != "" {
		if _, _, err := a.store.Account(ctx, by); err != nil {
			return err
		}
	}
	return a.store.AddAccount(ctx, name, a.hash(password), by == "")
}

// ChangePassword replaces a password after the old one was verified, attempts
// counted as in Verify.
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
