package state_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cofre/internal/auth"
	"cofre/internal/errs"
	"cofre/internal/state"
)

var _ auth.Store = state.Accounts{}

var ctx = context.Background()

func accounts(t *testing.T, path string) state.Accounts {
	t.Helper()
	db, err := state.Open(ctx, path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db.Accounts()
}

func reason(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

func TestAccountsAreKeptByNameWithoutRegardToCase(t *testing.T) {
	a := accounts(t, filepath.Join(t.TempDir(), "state.db"))
	if err := a.AddAccount(ctx, "Íris", "hash 1", true); err != nil {
		t.Fatal(err)
	}
	if err := a.AddAccount(ctx, "Eve", "x", true); errs.CodeOf(err) != errs.Denied || reason(err) != "auth.not_first" {
		t.Errorf("a second first one: %v", err)
	}
	if err := a.AddAccount(ctx, "íris", "x", false); errs.CodeOf(err) != errs.Invalid || reason(err) != "auth.name_taken" {
		t.Errorf("the same name: %v", err)
	}
	if err := a.AddAccount(ctx, "Ana", "hash 2", false); err != nil {
		t.Fatal(err)
	}
	if names, err := a.Accounts(ctx); err != nil || !slices.Equal(names, []string{"Ana", "Íris"}) {
		t.Errorf("Accounts = %v, %v", names, err)
	}
	if err := a.SetHash(ctx, "ÍRIS", "hash 3"); err != nil {
		t.Fatal(err)
	}
	if name, hash, err := a.Account(ctx, "íris"); err != nil || name != "Íris" || hash != "hash 3" {
		t.Errorf("Account = %q, %q, %v", name, hash, err)
	}
	if _, _, err := a.Account(ctx, "Eve"); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("Account of nobody: %v", err)
	}
	if err := a.SetHash(ctx, "Eve", "x"); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("SetHash of nobody: %v", err)
	}
}

func TestFailedAttemptsOutliveTheProcessAndAreForgottenAfterADay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	a := accounts(t, path)
	at := time.Date(2026, 11, 21, 10, 0, 0, 5, time.UTC)
	for i := range 3 {
		if err := a.AddFailure(ctx, "k", at.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	b := accounts(t, path)
	if n, last, err := b.Failures(ctx, "k"); err != nil || n != 3 || !last.Equal(at.Add(2*time.Second)) {
		t.Errorf("Failures = %d, %v, %v", n, last, err)
	}
	if err := b.AddFailure(ctx, "other", at.Add(25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n, _, err := a.Failures(ctx, "k"); err != nil || n != 0 {
		t.Errorf("after a day: %d, %v", n, err)
	}
	for range 2 {
		if err := a.ClearFailures(ctx, "other"); err != nil {
			t.Fatal(err)
		}
	}
	if n, last, err := b.Failures(ctx, "other"); err != nil || n != 0 || !last.IsZero() {
		t.Errorf("after they were cleared: %d, %v, %v", n, last, err)
	}
}

func TestAnAdministratorIsThrottledAcrossARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	now := time.Now()
	clock := func() time.Time { return now }
	first := auth.New(accounts(t, path), clock)
	if err := first.Create(ctx, "", "Ana", "correct horse"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := first.Verify(ctx, "ana", "wrong horse"); reason(err) != "auth.wrong" {
			t.Fatal(err)
		}
	}
	second := auth.New(accounts(t, path), clock)
	if _, err := second.Verify(ctx, "ana", "correct horse"); reason(err) != "auth.throttled" {
		t.Errorf("after a restart: %v", err)
	}
	now = now.Add(2 * time.Second)
	if name, err := second.Verify(ctx, "ana", "correct horse"); err != nil || name != "Ana" {
		t.Errorf("after the wait: %q, %v", name, err)
	}
}
