package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheSystemsSchedulerIsToldToRunWhatIsDue(t *testing.T) {
	home, config, bin := t.TempDir(), t.TempDir(), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	for _, name := range []string{"systemctl", "loginctl"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	cofre(t, home, "schedule", "uninstall").want(t, 10)
	if said := cofre(t, home, "schedule", "install").want(t, 0).out; !strings.Contains(said, "enable-linger") {
		t.Errorf("no advice: %s", said)
	}
	unit, err := os.ReadFile(filepath.Join(config, "systemd", "user", "cofre-schedule.service"))
	program, _ := os.Executable()
	if want := `ExecStart="` + program + `" "--quiet" "--home" "` + home + `" "schedule" "run"`; err != nil || !strings.Contains(string(unit), want) {
		t.Errorf("%v: %s", err, unit)
	}
	cofre(t, home, "schedule", "uninstall", "--json").want(t, 0)
}
