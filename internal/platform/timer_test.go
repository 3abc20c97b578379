package platform

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// hard has what each of the schedulers takes for something else.
var hard = Timer{Program: `/opt/Cofre & "co"/100% $HOME/cofre`, Args: []string{"--quiet", "--home", `C:\my $data\`, "schedule", "run"}}

func TestTheTimersAreWrittenAsTheirSchedulersReadThem(t *testing.T) {
	service, timer := hard.units()
	for name, c := range map[string]struct{ got, want string }{
		"service": {service, "[Unit]\nDescription=Cofre: what is due of its schedules\n\n[Service]\nType=oneshot\n" +
			`ExecStart="/opt/Cofre & \"co\"/100%% $HOME/cofre" "--quiet" "--home" "C:\\my $$data\\" "schedule" "run"` + "\nNice=10\n"},
		"timer": {timer, "[Unit]\nDescription=Cofre: looks every five minutes what is due\n\n[Timer]\nOnCalendar=*:0/5\nPersistent=true\nAccuracySec=15s\n\n[Install]\nWantedBy=timers.target\n"},
		"agent": {hard.agent(), golden(t, "agent.plist")},
		"task":  {hard.task(), golden(t, "task.xml")},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, c.got, c.want)
		}
	}
}

func golden(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheAgentAndTheTaskAreWellFormed(t *testing.T) {
	for _, text := range []string{hard.agent(), strings.Replace(hard.task(), "UTF-16", "UTF-8", 1)} {
		var all struct {
			Text string `xml:",innerxml"`
		}
		if err := xml.Unmarshal([]byte(text), &all); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
	if b := utf16Text("é\n"); string(b) != "\xff\xfe\xe9\x00\r\x00\n\x00" {
		t.Errorf("% x", b)
	}
}

func TestWordsForWindowsAreTakenApartAsTheyWere(t *testing.T) {
	for word, want := range map[string]string{`plain`: `plain`, ``: `""`, `a b`: `"a b"`, `C:\my data\`: `"C:\my data\\"`, `say "hi"`: `"say \"hi\""`, `a\"b c`: `"a\\\"b c"`} {
		if got := windowsWord(word); got != want {
			t.Errorf("%s: %s, not %s", word, got, want)
		}
	}
}

func TestSystemdAcceptsTheUnits(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze here")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, `co fre 100% $HOME`)
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	service, timer := Timer{Program: program, Args: hard.Args}.units()
	for name, text := range map[string]string{unitName + ".service": service, unitName + ".timer": timer} {
		if err := writeTimer(filepath.Join(dir, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("XDG_RUNTIME_DIR", dir) // it asks for one, and only looks at it
	said, err := exec.Command(analyze, "--user", "verify", filepath.Join(dir, unitName+".timer"), filepath.Join(dir, unitName+".service")).CombinedOutput()
	if err != nil || strings.Contains(string(said), unitName) {
		t.Errorf("%v: %s", err, said)
	}
}
