package boot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/errs"
	"cofre/internal/service"
)

func TestTheWindowHasTheSystemRunSchedulesAndStartCofre(t *testing.T) {
	config, bin := t.TempDir(), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("COFRE_HOME", "/home/ana/my data")
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	for name, does := range map[string]string{"systemctl": "exit 0", "loginctl": "echo no"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+does+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s, _, _ := scheduled(t)
	d := s.Desk
	if v, err := d.Timer(t.Context()); err != nil || v.On {
		t.Errorf("%+v, %v", v, err)
	}
	if v, err := d.SetTimer(t.Context(), true); err != nil || !v.On || !v.NeedsLinger || len(v.Files) != 2 {
		t.Errorf("%+v, %v", v, err)
	}
	if on, err := d.SetAutostart(t.Context(), true); err != nil || !on {
		t.Errorf("%v, %v", on, err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"autostart/cofre.desktop":             `Exec=env "COFRE_HOME=/home/ana/my data" "` + program + `" "--minimised"`,
		"systemd/user/cofre-schedule.service": `"schedule" "run"`,
	} {
		if text, err := os.ReadFile(filepath.Join(config, file)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %s, %v", file, text, err)
		}
	}
	if on, err := d.SetAutostart(t.Context(), false); err != nil || on {
		t.Errorf("%v, %v", on, err)
	}
	if v, err := d.SetTimer(t.Context(), false); err != nil || v.On {
		t.Errorf("%+v, %v", v, err)
	}
	trail, err := d.Trail(t.Context(), service.TrailInput{What: "settings"})
	names := ""
	for _, e := range trail.Entries {
		names += strings.Join(e.Names, " ") + " "
	}
	if err != nil || names != "timer autostart autostart timer " {
		t.Errorf("%q, %v", names, err)
	}
	d.Leave()
	if _, err := d.SetAutostart(t.Context(), true); errs.CodeOf(err) != errs.Denied {
		t.Errorf("nobody is signed in: %v", err)
	}
}
