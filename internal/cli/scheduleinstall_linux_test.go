package cli

import (
	"io"
	"os"
	"os/exec"
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

func TestTheSystemsSchedulerFindsTheFoldersThatThisUserHasChosen(t *testing.T) {
	config, data, bin := t.TempDir(), filepath.Join(t.TempDir(), "my 100% data"), t.TempDir()
	for name, value := range map[string]string{"COFRE_HOME": "", "HOME": t.TempDir(), "XDG_CONFIG_HOME": config, "XDG_DATA_HOME": data, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": "relative", "PATH": bin + ":" + os.Getenv("PATH")} {
		t.Setenv(name, value)
	}
	for _, name := range []string{"systemctl", "loginctl"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if code := Run(t.Context(), []string{"schedule", "install"}, Secrets{}, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
		t.Fatalf("exit %d", code)
	}
	unit, err := os.ReadFile(filepath.Join(config, "systemd", "user", "cofre-schedule.service"))
	if err != nil || !strings.Contains(string(unit), `Environment="XDG_DATA_HOME=`+strings.ReplaceAll(data, "%", "%%")+`"`) || strings.Contains(string(unit), "XDG_CACHE_HOME") {
		t.Errorf("it would run on another state.db: %v\n%s", err, unit)
	}
}

// TestNoOtherProgramIsGivenSecrets reads the environment of a program that Cofre starts.
func TestNoOtherProgramIsGivenSecrets(t *testing.T) {
	bin, seen := t.TempDir(), filepath.Join(t.TempDir(), "seen")
	for _, name := range []string{"systemctl", "loginctl"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\nenv >>'"+seen+"'\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(os.Args[0], "as-cofre", "--home", t.TempDir(), "schedule", "install")
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "XDG_CONFIG_HOME="+t.TempDir(), "COFRE_PASSPHRASE="+secretWords, "COFRE_ADMIN_PASSWORD="+secretWords,
		"COFRE_NEW_PASSWORD="+secretWords, "COFRE_RECOVERY_CODE="+secretWords)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if env, err := os.ReadFile(seen); err != nil || !strings.Contains(string(env), "PATH=") || strings.Contains(string(env), secretWords) {
		t.Errorf("it is given %d times %q, %v", strings.Count(string(env), secretWords), secretWords, err)
	}
}
