package state_test

import (
	"context"
	"errors"
	"path/filepath"
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
	if err := a.AddAccount(ctx, auth.Account{Name: "Íris", Hash: "hash 1", Recovery: "code 1"}, true); err != nil {
		t.Fatal(err)
	}
	if err := a.AddAccount(ctx, auth.Account{Name: "Eve", Hash: "x"}, true); errs.CodeOf(err) != errs.Denied || reason(err) != "auth.not_first" {
		t.Errorf("a second first one: %v", err)
	}
	if err := a.AddAccount(ctx, auth.Account{Name: "íris", Hash: "x"}, false); errs.CodeOf(err) != errs.Invalid || reason(err) != "auth.name_taken" {
		t.Errorf("the same name: %v", err)
	}
	if err := a.AddAccount(ctx, auth.Account{Name: "Ana", Hash: "hash 2"}, false); err != nil {
		t.Fatal(err)
	}
	if all, err := a.Accounts(ctx); err != nil || len(all) != 2 || all[0].Name != "Ana" || all[1].Name != "Íris" || all[1].CreatedAt.IsZero() {
		t.Errorf("Accounts = %v, %v", all, err)
	}
	if err := a.SetHash(ctx, "ÍRIS", "hash 3"); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Account(ctx, "íris"); err != nil || got.Name != "Íris" || got.Hash != "hash 3" || got.Recovery != "code 1" {
		t.Errorf("Account = %+v, %v", got, err)
	}
	if err := a.Reset(ctx, "íris", "another code", "x", "x"); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("Reset with a code that is used: %v", err)
	}
	if err := a.Reset(ctx, "íris", "code 1", "hash 4", "code 2"); err != nil {
		t.Error(err)
	}
	if got, err := a.Account(ctx, "Íris"); err != nil || got.Hash != "hash 4" || got.Recovery != "code 2" {
		t.Errorf("after Reset: %+v, %v", got, err)
	}
	if _, err := a.Account(ctx, "Eve"); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("Account of nobody: %v", err)
	}
	if err := a.SetHash(ctx, "Eve", "x"); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("SetHash of nobody: %v", err)
	}
	if err := a.RemoveAccount(ctx, "ÍRIS"); err != nil {
		t.Error(err)
	}
	if err := a.RemoveAccount(ctx, "ana"); errs.CodeOf(err) != errs.Denied || reason(err) != "auth.last" {
		t.Errorf("the last one: %v", err)
	}
	if err := a.RemoveAccount(ctx, "eve"); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("RemoveAccount of nobody: %v", err)
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
	if err := a.MoveFailures(ctx, "other", at); err != nil {
		t.Fatal(err)
	}
	if n, last, err := b.Failures(ctx, "other"); err != nil || n != 1 || !last.Equal(at) {
		t.Errorf("moved: %d, %v, %v", n, last, err)
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
	if _, err := first.Create(ctx, "", "Ana", "correct horse"); err != nil {
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
