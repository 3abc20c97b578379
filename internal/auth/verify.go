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
	failures, last, err := a.store.Failures(ctx, key)
	if err != nil {
		return "", err
	}
	if wait := last.Add(delay(failures)).Sub(a.clock()); failures > 0 && wait > 0 {
		return "", throttled(min(wait, delay(failures)))
	}
	spelling, hash, err := a.store.Account(ctx, name)
	exists := errs.CodeOf(err) != errs.NotFound
	if !exists {
		hash = a.costs.nobody()
	} else if err != nil {
		return "", err
	}
	// Counted before it is checked: who ends the process meanwhile has used an attempt too.
	if err := a.store.AddFailure(ctx, key, a.clock()); err != nil {
		return "", err
	}
	ok, costs, err := compare(hash, password)
	if err != nil {
		return "", errs.New(errs.Corrupt, "auth.hash", errs.Args{"name": name}).Because(err)
	}
	if !ok || !exists {
		return "", errs.New(errs.Denied, "auth.wrong", errs.Args{"free": freeAttempts})
	}
	if costs != a.costs {
		if err := a.store.SetHash(ctx, spelling, a.costs.hash(password)); err != nil {
			return "", err
		}
	}
	return spelling, a.store.ClearFailures(ctx, key)
}

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
func attemptsOf(name string) string {
	sum := sha256.Sum256([]byte("attempts\x00" + strings.ToLower(name)))
	return hex.EncodeToString(sum[:8])
}
