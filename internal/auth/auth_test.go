package auth

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cofre/internal/errs"
)

// memory is a Store that forgets.
type memory struct {
	mu       sync.Mutex
	accounts map[string]Account // by folded name
	failures map[string]int
	last     map[string]time.Time
}

func newMemory() *memory {
	return &memory{accounts: map[string]Account{}, failures: map[string]int{}, last: map[string]time.Time{}}
}

func (m *memory) Accounts(context.Context) ([]Account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.accounts)), nil
}

func (m *memory) Account(_ context.Context, name string) (Account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.accounts[strings.ToLower(name)]
	if !ok {
		return a, errs.New(errs.NotFound, "auth.unknown", errs.Args{"name": name})
	}
	return a, nil
}

func (m *memory) AddAccount(_ context.Context, a Account, first bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if first && len(m.accounts) > 0 {
		return errs.New(errs.Denied, "auth.not_first", nil)
	}
	m.accounts[strings.ToLower(a.Name)] = a
	return nil
}

func (m *memory) RemoveAccount(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.accounts) == 1 {
		return errs.New(errs.Denied, "auth.last", nil)
	}
	delete(m.accounts, strings.ToLower(name))
	return nil
}

func (m *memory) SetHash(_ context.Context, name, hash string) error {
	return m.change(name, func(a *Account) { a.Hash = hash })
}

func (m *memory) SetRecovery(_ context.Context, name, recovery string) error {
	return m.change(name, func(a *Account) { a.Recovery = recovery })
}

func (m *memory) Reset(ctx context.Context, name, used, hash, recovery string) error {
	if a, err := m.Account(ctx, name); err != nil || a.Recovery != used {
		return errs.New(errs.NotFound, "auth.unknown", nil)
	}
	return m.change(name, func(a *Account) { a.Hash, a.Recovery = hash, recovery })
}

func (m *memory) change(name string, how func(*Account)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.accounts[strings.ToLower(name)]
	how(&a)
	m.accounts[strings.ToLower(name)] = a
	return nil
}

func (m *memory) MoveFailures(_ context.Context, key string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last[key] = at
	return nil
}

func (m *memory) Failures(_ context.Context, key string) (int, time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.failures[key], m.last[key], nil
}

func (m *memory) AddFailure(_ context.Context, key string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failures[key]++
	m.last[key] = at
	return nil
}

func (m *memory) ClearFailures(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.failures, key)
	delete(m.last, key)
	return nil
}

// cheap returns administrators whose hashes cost next to nothing, for tests that
// are not about the cost.
func cheap(store Store, clock func() time.Time) *Administrators {
	a := New(store, clock)
	a.costs = params{memory: 8, passes: 1, lanes: 1}
	return a
}

var ctx = context.Background()

func reason(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

const password = "correct horse"

func office(t *testing.T) (*Administrators, *memory, *time.Time) {
	t.Helper()
	store, now := newMemory(), time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	a := cheap(store, func() time.Time { return now })
	if _, err := a.Create(ctx, "", " Ana ", password); err != nil {
		t.Fatal(err)
	}
	return a, store, &now
}

func TestTheFirstAdministratorIsCreatedOnceAndTheOthersByOne(t *testing.T) {
	a := cheap(newMemory(), time.Now)
	if needed, err := a.Needed(ctx); err != nil || !needed {
		t.Errorf("Needed at the start: %v, %v", needed, err)
	}
	if _, err := a.Create(ctx, "", "Ana", password); err != nil {
		t.Fatal(err)
	}
	if needed, err := a.Needed(ctx); err != nil || needed {
		t.Errorf("Needed afterwards: %v, %v", needed, err)
	}
	if _, err := a.Create(ctx, "", "Eve", password); errs.CodeOf(err) != errs.Denied || reason(err) != "auth.not_first" {
		t.Errorf("a second first one: %v", err)
	}
	if _, err := a.Create(ctx, "Eve", "Eve", password); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("by somebody who is nobody: %v", err)
	}
	if _, err := a.Create(ctx, "ana", "Bia", password); err != nil {
		t.Errorf("by an administrator: %v", err)
	}
	if name, err := a.Verify(ctx, "BIA", password); err != nil || name != "Bia" {
		t.Errorf("Verify = %q, %v", name, err)
	}
}

func TestNamesAndPasswordsFollowTheRules(t *testing.T) {
	tests := []struct{ name, password, reason string }{
		{"", password, "auth.name"},
		{" \t", password, "auth.name"},
		{"a\nb", password, "auth.name"},
		{"a\x00b", password, "auth.name"},
		{"a\xffb", password, "auth.name"},
		{strings.Repeat("ã", 65), password, "auth.name"},
		{strings.Repeat("ã", 64), password, ""},
		{"Ana Lúcia", password, ""},
		{"Ana", "1234567", "auth.password_short"},
		{"Ana", "çççç", "auth.password_short"},
		{"Ana", "ãéîõüçñ8", ""},
		{"Ana", strings.Repeat("x", 1025), "auth.password_long"},
		{"Administrator", "administrator", "auth.password_name"},
		{"Administrator", " Administrator ", "auth.password_name"},
	}
	for _, x := range tests {
		_, err := cheap(newMemory(), time.Now).Create(ctx, "", x.name, x.password)
		if reason(err) != x.reason || (err == nil) != (x.reason == "") {
			t.Errorf("%q with %q: %v, want %q", x.name, x.password, err, x.reason)
		}
		if err != nil && strings.Contains(err.Error(), x.password) {
			t.Errorf("the error repeats the password: %v", err)
		}
	}
}

func TestAPasswordIsChangedWithTheOldOne(t *testing.T) {
	a, _, _ := office(t)
	if err := a.ChangePassword(ctx, "ana", "wrong horse", "new password"); reason(err) != "auth.wrong" {
		t.Errorf("with a wrong old one: %v", err)
	}
	if err := a.ChangePassword(ctx, "ana", password, "short"); reason(err) != "auth.password_short" {
		t.Errorf("with a short new one: %v", err)
	}
	if err := a.ChangePassword(ctx, "ana", password, "new password"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Verify(ctx, "ana", password); reason(err) != "auth.wrong" {
		t.Errorf("the old one still works: %v", err)
	}
	if _, err := a.Verify(ctx, "ana", "new password"); err != nil {
		t.Errorf("the new one: %v", err)
	}
}

func TestASessionIsOneAndEnds(t *testing.T) {
	var s Session
	if user, ok := s.Current(); ok {
		t.Errorf("%q is logged in from the start", user)
	}
	s.Start("Ana", "")
	s.Start("Bia", "")
	if user, ok := s.Current(); !ok || user != "Bia" {
		t.Errorf("Current = %q, %v", user, ok)
	}
	s.End()
	s.End()
	if _, ok := s.Current(); ok {
		t.Error("the session goes on after its end")
	}
}
