package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"cofre/internal/errs"
)

// Verify returns the account's own spelling of name when the password is its
// password. Otherwise errs.Denied "auth.wrong", which takes the same time for a
// name that does not exist, or, before the next attempt is allowed, "auth.throttled"
// with wait_ms; then the password is not looked at.
func (a *Administrators) Verify(ctx context.Context, name, password string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name = strings.TrimSpace(name)
	key := attemptsOf(name)
	if err := a.attempt(ctx, key); err != nil {
		return "", err
	}
	spelling, ok, err := a.check(ctx, name, password)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", wrong()
	}
	return spelling, a.store.ClearFailures(ctx, key)
}

// VerifyAny is Verify for whoever says no name: the password may be any
// administrator's. Its attempts are counted by themselves, so that guessing here
// locks nobody out at the window, and has no more guesses for more accounts.
func (a *Administrators) VerifyAny(ctx context.Context, password string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.attempt(ctx, attemptsOfAny); err != nil {
		return "", err
	}
	all, err := a.store.Accounts(ctx)
	if err != nil {
		return "", err
	}
	for _, account := range all {
		spelling, ok, err := a.check(ctx, account.Name, password)
		if err != nil {
			return "", err
		}
		if ok {
			return spelling, a.store.ClearFailures(ctx, attemptsOfAny)
		}
	}
	return "", wrong()
}

// attempt counts one under key, or is "auth.throttled" where it comes too early.
// It is counted before the password is checked: who ends the process meanwhile
// has used an attempt too. The caller clears the count after a success. A clock that
// was set back begins the wait anew: it is over neither at once nor in a year.
func (a *Administrators) attempt(ctx context.Context, key string) error {
	failures, last, err := a.store.Failures(ctx, key)
	if err != nil {
		return err
	}
	if now := a.clock(); failures > 0 && now.Before(last) {
		if last, err = now, a.store.MoveFailures(ctx, key, now); err != nil {
			return err
		}
	}
	if wait := last.Add(delay(failures)).Sub(a.clock()); failures > 0 && wait > 0 {
		return throttled(min(wait, delay(failures)))
	}
	return a.store.AddFailure(ctx, key, a.clock())
}

// check compares password with the account's, at the same cost where there is no
// such account. A hash of other costs than today's is renewed.
func (a *Administrators) check(ctx context.Context, name, password string) (spelling string, ok bool, err error) {
	account, err := a.store.Account(ctx, name)
	hash := account.Hash
	exists := errs.CodeOf(err) != errs.NotFound
	if !exists {
		hash = a.costs.nobody()
	} else if err != nil {
		return "", false, err
	}
	ok, costs, err := compare(hash, password)
	if err != nil {
		return "", false, errs.New(errs.Corrupt, "auth.hash", errs.Args{"name": name}).Because(err)
	}
	if !ok || !exists {
		return "", false, nil
	}
	if costs != a.costs {
		err = a.store.SetHash(ctx, account.Name, a.costs.hash(password))
	}
	return account.Name, true, err
}

func wrong() error { return errs.New(errs.Denied, "auth.wrong", errs.Args{"free": freeAttempts}) }

// How attempts are slowed down: the first few are free, then each failure doubles
// the wait. A person who errs hardly notices; a program gets about 100 guesses a day.
const (
	freeAttempts = 3
	firstDelay   = 2 * time.Second
	longestDelay = 15 * time.Minute
)

// delay is the wait after so many failures in a row.
func delay(failures int) time.Duration {
	if failures < freeAttempts {
		return 0
	}
	d := firstDelay
	for range failures - freeAttempts {
		if d *= 2; d >= longestDelay {
			return longestDelay
		}
	}
	return d
}

// throttled rounds up to whole seconds: an attempt after the time that was told must count.
func throttled(wait time.Duration) error {
	wait = (wait + time.Second - 1).Truncate(time.Second)
	return errs.New(errs.Denied, "auth.throttled", errs.Args{"wait_ms": wait.Milliseconds()})
}

// attemptsOf is the key under which attempts are counted. It is a hash, because
// people type their password into the field of the name.
func attemptsOf(name string) string { return keyOf("attempts", name) }

// recoveriesOf is the one of attempts with a recovery code.
func recoveriesOf(name string) string { return keyOf("recoveries", name) }

func keyOf(what, name string) string {
	sum := sha256.Sum256([]byte(what + "\x00" + strings.ToLower(name)))
	return hex.EncodeToString(sum[:8])
}

// attemptsOfAny is the key of attempts that name nobody. It is no hash, so no
// name's key can be the same.
const attemptsOfAny = "any"
