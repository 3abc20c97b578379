package auth

import (
	"context"
	"crypto/rand"
	"strings"

	"cofre/internal/errs"
)

// NewRecoveryCode makes another recovery code for an administrator, whose password has
// been verified, and returns it. The one before it is worth nothing from then on.
func (a *Administrators) NewRecoveryCode(ctx context.Context, name string) (string, error) {
	code := newCode()
	return code, a.store.SetRecovery(ctx, name, a.hash(code))
}

// Recover gives an administrator a new password for the recovery code, and returns
// the account's own spelling with the code that takes the place of the used one. A
// wrong code, and a name that does not exist or has none, are errs.Denied
// "auth.code_wrong" after the same time. Attempts are counted like those of passwords,
// but by themselves: guessing at one locks nobody out at the other.
func (a *Administrators) Recover(ctx context.Context, name, code, fresh string) (spelling, next string, err error) {
	name = strings.TrimSpace(name)
	if err := checkPassword(name, fresh); err != nil {
		return "", "", err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	key := recoveriesOf(name)
	if err := a.attempt(ctx, key); err != nil {
		return "", "", err
	}
	account, err := a.store.Account(ctx, name)
	if err != nil && errs.CodeOf(err) != errs.NotFound {
		return "", "", err
	}
	used := account.Recovery
	hash := used
	if hash == "" {
		hash = a.costs.nobody()
	}
	ok, _, err := compare(hash, readCode(code))
	if err != nil {
		return "", "", errs.New(errs.Corrupt, "auth.hash", errs.Args{"name": account.Name}).Because(err)
	}
	if !ok || used == "" {
		return "", "", codeWrong()
	}
	next = newCode()
	err = a.store.Reset(ctx, account.Name, used, a.costs.hash(fresh), a.costs.hash(next))
	if errs.CodeOf(err) == errs.NotFound { // another process was faster with this code
		return "", "", codeWrong()
	}
	if err != nil {
		return "", "", err
	}
	// Whoever has forgotten a password has tried some: they wait no longer.
	if err := a.store.ClearFailures(ctx, attemptsOf(name)); err != nil {
		return "", "", err
	}
	return account.Name, next, a.store.ClearFailures(ctx, key)
}

func codeWrong() error {
	return errs.New(errs.Denied, "auth.code_wrong", errs.Args{"free": freeAttempts})
}

// The letters and digits of a code are those that nobody takes for others: no I, L, O, U.
const (
	codeLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeGroups  = 5
	codeGroup   = 5
)

// newCode is 125 bits of chance, in groups that can be read aloud.
func newCode() string {
	raw := make([]byte, codeGroups*codeGroup)
	rand.Read(raw) // never fails: the program would end
	var code strings.Builder
	for i, b := range raw {
		if i > 0 && i%codeGroup == 0 {
			code.WriteByte('-')
		}
		code.WriteByte(codeLetters[int(b)%len(codeLetters)]) // 256 is a multiple of 32: all alike
	}
	return code.String()
}

// readCode is a code as newCode writes it, however it was typed: small letters, other
// gaps, and the letters that are taken for digits.
func readCode(typed string) string {
	var code strings.Builder
	n := 0
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '\t', '\n', '\r', '\u00a0', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if n > 0 && n%codeGroup == 0 {
			code.WriteByte('-')
		}
		code.WriteRune(r)
		if n++; n > maxPassword {
			break
		}
	}
	return code.String()
}
