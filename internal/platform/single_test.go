package platform

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestTheFirstHearsWhatLaterOnesSayAndTheyAreNotFirst(t *testing.T) {
	dir := t.TempDir()
	lock, socket := filepath.Join(dir, "window.lock"), filepath.Join(dir, "window.sock")
	heard := make(chan string, 4)
	hear := func(m []byte) { heard <- string(m) }
	end, first := Single(lock, socket, []byte("mine"), hear)
	if !first {
		t.Fatal("the first is not first")
	}
	for _, message := range []string{"", "/tmp/a name\nin two lines \xff.dump"} {
		if _, first := Single(lock, socket, []byte(message), hear); first {
			t.Fatalf("after %q there are two", message)
		}
		if got := <-heard; got != message {
			t.Errorf("heard %q and not %q", got, message)
		}
	}
	end()
	end, first = Single(lock, socket, nil, hear)
	if !first {
		t.Error("the next is not first after the end")
	}
	end()
	if len(heard) != 0 {
		t.Errorf("it heard itself: %q", <-heard)
	}
}

func TestOneThatCanNotBeReachedKeepsNobodyFromOpening(t *testing.T) {
	dir := t.TempDir()
	lock := filepath.Join(dir, "window.lock")
	tooLong := filepath.Join(dir, strings.Repeat("x", 200))
	end, first := Single(lock, tooLong, nil, nil)
	defer end()
	if !first {
		t.Fatal("no socket, no window")
	}
	if _, first := Single(lock, tooLong, nil, nil); !first {
		t.Error("nobody was reached, and nothing opens")
	}
}
