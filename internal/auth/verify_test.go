package auth

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"cofre/internal/errs"
)

func TestTheRightPasswordIsAcceptedWhateverTheCaseOfTheName(t *testing.T) {
	a, _, _ := office(t)
	for _, name := range []string{"Ana", "ana", " ANA "} {
		if got, err := a.Verify(ctx, name, password); err != nil || got != "Ana" {
			t.Errorf("Verify(%q) = %q, %v", name, got, err)
		}
	}
}

func TestAWrongNameAndAWrongPasswordCannotBeToldApart(t *testing.T) {
	a, _, _ := office(t)
	_, name := a.Verify(ctx, "Eve", password)
	_, pass := a.Verify(ctx, "Ana", "wrong horse")
	if name == nil || pass == nil || name.Error() != pass.Error() || errs.CodeOf(name) != errs.Denied {
		t.Errorf("%v\n%v", name, pass)
	}
	if _, err := a.Verify(ctx, "Ana", ""); reason(err) != "auth.wrong" {
		t.Errorf("an empty password: %v", err)
	}
	if _, err := a.Verify(ctx, "", ""); reason(err) != "auth.wrong" {
		t.Errorf("nothing at all: %v", err)
	}
}

func TestAttemptsWaitLongerAndLonger(t *testing.T) {
	a, _, now := office(t)
	want := []time.Duration{0, 0, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second}
	for i, wait := range want {
		if _, err := a.Verify(ctx, "ana", "wrong horse"); reason(err) != "auth.wrong" {
			t.Fatalf("attempt %d: %v", i+1, err)
		}
		if wait == 0 {
			continue
		}
		_, err := a.Verify(ctx, "ANA", password) // right, and still not looked at
		var e *errs.Error
		if !errors.As(err, &e) || e.Code != errs.Denied || e.Reason != "auth.throttled" || e.Args["wait_ms"] != wait.Milliseconds() {
			t.Errorf("after %d failures: %v, want a wait of %v", i+1, err, wait)
		}
		*now = now.Add(wait - time.Millisecond)
		if _, err := a.Verify(ctx, "ana", password); reason(err) != "auth.throttled" {
			t.Errorf("just before the end of the wait: %v", err)
		}
		*now = now.Add(time.Millisecond)
	}
	if _, err := a.Verify(ctx, "ana", password); err != nil {
		t.Fatalf("the right password after the wait: %v", err)
	}
	if _, err := a.Verify(ctx, "ana", "wrong horse"); reason(err) != "auth.wrong" {
		t.Errorf("success did not clear the failures: %v", err)
	}
	if _, err := a.Verify(ctx, "ana", password); err != nil {
		t.Errorf("success did not clear the failures: %v", err)
	}
}

func TestTheWaitHasAnEnd(t *testing.T) {
	for _, n := range []int{20, 1000, 1 << 40} {
		if d := delay(n); d != longestDelay {
			t.Errorf("after %d failures: %v", n, d)
		}
	}
}

func TestAClockThatIsSetBackNeitherClearsTheWaitNorMakesItLonger(t *testing.T) {
	a, _, now := office(t)
	for range 3 {
		a.Verify(ctx, "ana", "wrong horse")
	}
	*now = now.Add(-365 * 24 * time.Hour)
	_, err := a.Verify(ctx, "ana", password)
	var e *errs.Error
	if !errors.As(err, &e) || e.Args["wait_ms"] != int64(2000) {
		t.Fatalf("got %v", err)
	}
	*now = now.Add(firstDelay - time.Millisecond)
	if _, err := a.Verify(ctx, "ana", password); reason(err) != "auth.throttled" {
		t.Errorf("setting the clock back has cleared the wait: %v", err)
	}
	*now = now.Add(time.Millisecond)
	if _, err := a.Verify(ctx, "ana", password); err != nil {
		t.Errorf("a whole wait after the clock was set back: %v", err)
	}
}

func TestFailuresOfOneNameDoNotHoldUpAnother(t *testing.T) {
	a, _, _ := office(t)
	for range 5 {
		a.Verify(ctx, "eve", "whatever!")
	}
	if _, err := a.Verify(ctx, "eve", "whatever!"); reason(err) != "auth.throttled" {
		t.Errorf("a name that does not exist is not slowed down: %v", err)
	}
	if _, err := a.Verify(ctx, "ana", password); err != nil {
		t.Errorf("Ana waits for Eve: %v", err)
	}
}

func TestParallelAttemptsDoNotOvertakeTheirThrottle(t *testing.T) {
	a, _, _ := office(t)
	var mu sync.Mutex
	looked := 0
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := a.Verify(ctx, "ana", "wrong horse"); reason(err) == "auth.wrong" {
				mu.Lock()
				looked++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if looked != freeAttempts {
		t.Errorf("%d passwords were looked at", looked)
	}
}

func TestNothingThatWasTypedIsKept(t *testing.T) {
	a, store, _ := office(t)
	a.Verify(ctx, "my secret in the wrong field", "wrong horse")
	for key := range store.failures {
		if strings.Contains(key, "secret") || strings.Contains(key, "horse") {
			t.Errorf("attempts are kept under %q", key)
		}
	}
	for _, a := range store.accounts {
		if strings.Contains(a.Hash+a.Recovery, password) {
			t.Errorf("the hashes are %q", a)
		}
	}
}

func TestAHashWithFormerCostsIsMadeAgainAtTheNextLogin(t *testing.T) {
	a, store, _ := office(t)
	before := store.accounts["ana"].Hash
	a.costs.passes = 2
	if _, err := a.Verify(ctx, "ana", password); err != nil {
		t.Fatal(err)
	}
	after := store.accounts["ana"].Hash
	if after == before || !strings.Contains(after, "t=2") {
		t.Errorf("the hash went from %q to %q", before, after)
	}
	if _, err := a.Verify(ctx, "ana", password); err != nil || store.accounts["ana"].Hash != after {
		t.Errorf("and again: %v, %q", err, store.accounts["ana"].Hash)
	}
}

func TestAHashThatCannotBeReadIsNotAWrongPassword(t *testing.T) {
	a, store, _ := office(t)
	store.SetHash(ctx, "ana", "$argon2id$v=19$m=1")
	if _, err := a.Verify(ctx, "ana", password); errs.CodeOf(err) != errs.Corrupt || reason(err) != "auth.hash" {
		t.Errorf("got %v", err)
	}
}

func TestAPasswordWithoutANameMayBeAnybodysAndItsFailuresAreNobodys(t *testing.T) {
	a, store, now := office(t)
	if _, err := a.Create(ctx, "Ana", "Bruno", "another horse"); err != nil {
		t.Fatal(err)
	}
	for secret, want := range map[string]string{password: "Ana", "another horse": "Bruno"} {
		if got, err := a.VerifyAny(ctx, secret); err != nil || got != want {
			t.Errorf("%q is %q's, %v", secret, got, err)
		}
	}
	if len(store.failures) != 0 {
		t.Errorf("a success left failures: %v", store.failures)
	}
	for range freeAttempts {
		if _, err := a.VerifyAny(ctx, "wrong horse"); reason(err) != "auth.wrong" {
			t.Fatal(err)
		}
	}
	if _, err := a.VerifyAny(ctx, password); reason(err) != "auth.throttled" {
		t.Errorf("after %d failures: %v", freeAttempts, err)
	}
	if len(store.failures) != 1 || store.failures[attemptsOfAny] != freeAttempts {
		t.Errorf("%d guesses were counted as %v", freeAttempts, store.failures)
	}
	for name, secret := range map[string]string{"Ana": password, "Bruno": "another horse"} {
		if _, err := a.Verify(ctx, name, secret); err != nil {
			t.Errorf("guessing locked %s out: %v", name, err)
		}
	}
	*now = now.Add(firstDelay)
	if _, err := a.VerifyAny(ctx, password); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}
