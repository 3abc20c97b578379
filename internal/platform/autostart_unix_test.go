//go:build !windows && !darwin

package platform

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestTheSessionStartsCofreWhileItIsAskedTo(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	path := filepath.Join(config, "autostart", "cofre.desktop")
	check := func(want bool) {
		t.Helper()
		if on, err := StartsWithSession(t.Context()); err != nil || on != want {
			t.Errorf("%v, %v", on, err)
		}
	}
	check(false)
	for range 2 {
		if err := StartWithSession(t.Context(), login, true); err != nil {
			t.Fatal(err)
		}
		check(true)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != login.entry() {
		t.Errorf("%s, %v", text, err)
	}
	if validate, err := exec.LookPath("desktop-file-validate"); err == nil {
		if said, err := exec.Command(validate, path).CombinedOutput(); err != nil {
			t.Errorf("%s", said)
		}
	}
	if err := os.WriteFile(path, append(text, "Hidden=true\n"...), 0o600); err != nil { // as a session's own settings switch it off
		t.Fatal(err)
	}
	check(false)
	for range 2 {
		if err := StartWithSession(t.Context(), login, false); err != nil {
			t.Error(err)
		}
	}
	check(false)
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
