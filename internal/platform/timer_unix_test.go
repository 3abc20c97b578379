//go:build !windows && !darwin

package platform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/errs"
)

// pretend puts programs of these names before all others; each writes down how it was
// called, and does what script says.
func pretend(t *testing.T, script string, names ...string) (calls func() string) {
	t.Helper()
	dir := t.TempDir()
	log := filepath.Join(dir, "calls")
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho \"${0##*/} $*\" >> '"+log+"'\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func() string { text, _ := os.ReadFile(log); return string(text) }
}

var easy = Timer{Program: "/opt/co fre/100% $HOME/cofre", Args: hard.Args}

func TestAProgramThatSystemdCanNotStartIsRefused(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	calls := pretend(t, "", "systemctl")
	if _, err := InstallTimer(t.Context(), hard); errs.Of(err).Reason != "platform.timer_program" || calls() != "" {
		t.Errorf("%v, %s", err, calls())
	}
}

func TestATimerIsInstalledAndTakenAwayAgain(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	calls := pretend(t, "echo no", "systemctl", "loginctl")
	if _, err := UninstallTimer(t.Context()); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("none is there: %v", err)
	}
	for range 2 {
		done, err := InstallTimer(t.Context(), easy)
		if err != nil || len(done.Files) != 2 || !done.Linger {
			t.Fatalf("%+v, %v", done, err)
		}
		for _, f := range done.Files {
			if _, err := os.Stat(f); err != nil || !strings.HasPrefix(f, filepath.Join(config, "systemd", "user")) {
				t.Errorf("%s: %v", f, err)
			}
		}
	}
	gone, err := UninstallTimer(t.Context())
	if err != nil || len(gone) != 2 {
		t.Fatalf("%v, %v", gone, err)
	}
	if left, _ := os.ReadDir(filepath.Join(config, "systemd", "user")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	install := "systemctl --user daemon-reload\nsystemctl --user enable --now cofre-schedule.timer\nloginctl show-user --property=Linger --value\n"
	if got, want := calls(), install+install+"systemctl --user disable --now cofre-schedule.timer\nsystemctl --user daemon-reload\n"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestWithoutSystemdNothingIsLeft(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	pretend(t, "echo 'Failed to connect to bus' >&2; exit 1", "systemctl")
	_, err := InstallTimer(t.Context(), easy)
	if e := errs.Of(err); e == nil || e.Code != errs.Unavailable || !strings.Contains(e.Detail, "bus") {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(config, "systemd", "user")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
