package auth

import (
	"strings"
	"testing"
)

func TestAHashFitsItsPasswordOnly(t *testing.T) {
	a, b := today.hash(password), today.hash(password)
	if a == b {
		t.Error("two hashes of a password share their salt")
	}
	if !strings.HasPrefix(a, "$argon2id$v=19$m=65536,t=3,p=2$") {
		t.Errorf("the hash is %q", a)
	}
	if ok, costs, err := compare(a, password); !ok || costs != today || err != nil {
		t.Errorf("the password: %v, %v, %v", ok, costs, err)
	}
	if ok, _, err := compare(a, password+" "); ok || err != nil {
		t.Errorf("another one: %v, %v", ok, err)
	}
}

// From the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1.
func TestHashesOfOtherProgramsAreRead(t *testing.T) {
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, costs, err := compare(hash, "password"); !ok || costs.passes != 2 || err != nil {
		t.Errorf("got %v, %v, %v", ok, costs, err)
	}
}

func TestADamagedHashIsAnErrorAndTakesNoMemory(t *testing.T) {
	good := today.nobody()
	for _, hash := range []string{
		"", "x", password, "$argon2i$" + good[10:], strings.Replace(good, "v=19", "v=18", 1), strings.Replace(good, "m=65536", "m=99999999", 1),
		strings.Replace(good, "t=3", "t=0", 1), strings.Replace(good, "p=2", "p=0", 1), strings.Replace(good, "p=2", "p=999", 1),
		good[:len(good)-30], good + "$", strings.Replace(good, "AAAA", "!!!!", 1),
	} {
		if ok, _, err := compare(hash, password); ok || err == nil {
			t.Errorf("%q: %v, %v", hash, ok, err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	hash := today.hash(password)
	for b.Loop() {
		if ok, _, err := compare(hash, password); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
