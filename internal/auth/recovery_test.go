package auth

import (
	"strings"
	"testing"

	"cofre/internal/errs"
)

// coded is an office whose Ana has just got a recovery code.
func coded(t *testing.T) (*Administrators, *memory, string) {
	t.Helper()
	a, store, _ := office(t)
	code, err := a.NewRecoveryCode(ctx, "Ana")
	if err != nil {
		t.Fatal(err)
	}
	return a, store, code
}

func TestARecoveryCodeSetsANewPasswordOnceAndMakesAnotherOne(t *testing.T) {
	a, store, code := coded(t)
	if len(code) != 29 || strings.ContainsAny(code, "ILOU") {
		t.Errorf("the code is %q", code)
	}
	if strings.Contains(store.accounts["ana"].Recovery, code) {
		t.Error("the code is kept as it is")
	}
	for range 5 {
		a.Verify(ctx, "ana", "wrong horse")
	}
	name, next, err := a.Recover(ctx, " ANA ", code, "new password")
	if err != nil || name != "Ana" || next == code || len(next) != len(code) {
		t.Fatalf("Recover = %q, %q, %v", name, next, err)
	}
	if _, err := a.Verify(ctx, "ana", "new password"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if _, err := a.Verify(ctx, "ana", password); reason(err) != "auth.wrong" {
		t.Errorf("the old password: %v", err)
	}
	if _, _, err := a.Recover(ctx, "ana", code, "another password"); errs.CodeOf(err) != errs.Denied || reason(err) != "auth.code_wrong" {
		t.Errorf("the used code: %v", err)
	}
	if _, _, err := a.Recover(ctx, "ana", next, "another password"); err != nil {
		t.Errorf("the code after it: %v", err)
	}
}

func TestARecoveryCodeMayBeTypedAsPeopleDo(t *testing.T) {
	a, _, code := coded(t)
	typed := strings.NewReplacer("-", " ", "0", "o", "1", "l").Replace(strings.ToLower(code)) + "\n"
	if _, _, err := a.Recover(ctx, "ana", typed, "new password"); err != nil {
		t.Errorf("%q: %v", typed, err)
	}
}

func TestWithoutTheCodeNothingIsResetAndNobodyIsToldWhy(t *testing.T) {
	a, store, _ := coded(t)
	if _, err := a.Create(ctx, "Ana", "Bia", password); err != nil {
		t.Fatal(err)
	}
	store.SetRecovery(ctx, "Bia", "") // from before there were codes
	before := store.accounts["ana"]
	zeros := strings.Repeat("0", 25)
	var told []string
	for name, code := range map[string]string{"Ana": "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", "Bia": "", "Eve": zeros} {
		_, _, err := a.Recover(ctx, name, code, "new password")
		if reason(err) != "auth.code_wrong" {
			t.Errorf("%s: %v", name, err)
			continue
		}
		told = append(told, err.Error())
	}
	if len(told) != 3 || told[0] != told[1] || told[1] != told[2] {
		t.Errorf("they can be told apart: %q", told)
	}
	if store.accounts["ana"] != before {
		t.Error("something was changed")
	}
	if _, _, err := a.Recover(ctx, "Ana", zeros, "short"); reason(err) != "auth.password_short" {
		t.Errorf("a password that the rules refuse: %v", err)
	}
}

func TestGuessesAtACodeWaitAndHoldUpNoLogin(t *testing.T) {
	a, _, code := coded(t)
	for range freeAttempts {
		a.Recover(ctx, "ana", "no code", "new password")
	}
	if _, _, err := a.Recover(ctx, "ana", code, "new password"); reason(err) != "auth.throttled" {
		t.Errorf("after %d guesses: %v", freeAttempts, err)
	}
	if _, err := a.Verify(ctx, "ana", password); err != nil {
		t.Errorf("guessing at the code locked the login: %v", err)
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	a, _, _ := office(t)
	if _, err := a.Remove(ctx, "ana"); errs.CodeOf(err) != errs.Denied || reason(err) != "auth.last" {
		t.Errorf("the only one: %v", err)
	}
	if _, err := a.Create(ctx, "Ana", "Bia", password); err != nil {
		t.Fatal(err)
	}
	if name, err := a.Remove(ctx, " BIA "); err != nil || name != "Bia" {
		t.Errorf("Remove = %q, %v", name, err)
	}
	if _, err := a.Remove(ctx, "bia"); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("twice: %v", err)
	}
}

func TestALockedSessionIsNobodysUntilItsPersonIsBack(t *testing.T) {
	var s Session
	s.Lock()
	if s.Locked() != "" {
		t.Error("nobody's session is locked")
	}
	s.Start("Ana", "1")
	s.Lock()
	if user, ok := s.Current(); ok || user != "" || s.Locked() != "Ana" {
		t.Errorf("locked: %q %v, by %q", user, ok, s.Locked())
	}
	s.Start("Ana", "2")
	if user, ok := s.Current(); !ok || user != "Ana" || s.Locked() != "" || s.Stamp() != "2" {
		t.Errorf("back: %q %v, by %q", user, ok, s.Locked())
	}
}
