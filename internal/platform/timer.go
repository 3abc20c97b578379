package platform

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"cofre/internal/errs"
)

// Timer is a program that the system's own scheduler starts every five minutes, with
// the rights of this user, while nobody has to be there.
type Timer struct {
	Program string // absolute
	Args    []string

	// Env are variables, NAME=value, that say where its folders are; systemd alone is told.
	Env []string
}

// Installed is a timer that the system has.
type Installed struct {
	Files []string

	// Linger: the system runs it only while this user is logged in, until somebody calls
	// "loginctl enable-linger".
	Linger bool
}

// The names under which the system knows the timer.
const (
	unitName  = "cofre-schedule"
	agentName = "cofre.schedule"
	taskName  = "Cofre schedules"
)

// units are the texts of a systemd service and its timer. A run that was missed while
// the computer was off is made up for at once; one that still works is not started again.
func (t Timer) units() (service, timer string) {
	words := []string{unitWord(t.Program)}
	for _, a := range t.Args {
		words = append(words, strings.ReplaceAll(unitWord(a), "$", "$$")) // in the program's name it is no variable
	}
	service = "[Unit]\nDescription=Cofre: what is due of its schedules\n\n[Service]\nType=oneshot\n"
	for _, v := range t.Env {
		service += "Environment=" + unitWord(v) + "\n"
	}
	service += "ExecStart=" + strings.Join(words, " ") + "\nNice=10\n"
	timer = "[Unit]\nDescription=Cofre: looks every five minutes what is due\n\n[Timer]\nOnCalendar=*:0/5\nPersistent=true\nAccuracySec=15s\n\n[Install]\nWantedBy=timers.target\n"
	return service, timer
}

// unitWord quotes one argument for ExecStart= (systemd.service(5), systemd.syntax(7)).
func unitWord(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "%", "%%").Replace(s) + `"`
}

// plistHead is how a property list begins.
const plistHead = xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
`

// agent is the text of a LaunchAgent.
func (t Timer) agent() string {
	var b strings.Builder
	b.WriteString(plistHead + `	<key>Label</key>
	<string>` + agentName + `</string>
	<key>ProgramArguments</key>
	<array>
`)
	for _, word := range append([]string{t.Program}, t.Args...) {
		fmt.Fprintf(&b, "\t\t<string>%s</string>\n", escaped(word))
	}
	b.WriteString(`	</array>
	<key>StartInterval</key>
	<integer>300</integer>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Background</string>
</dict>
</plist>
`)
	return b.String()
}

// task is the text of a task for the Task Scheduler.
func (t Timer) task() string {
	words := make([]string, len(t.Args))
	for i, a := range t.Args {
		words[i] = windowsWord(a)
	}
	return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Cofre: looks every five minutes what is due of its schedules</Description>
  </RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <StartBoundary>2026-01-01T00:00:00</StartBoundary>
      <Repetition>
        <Interval>PT5M</Interval>
      </Repetition>
    </TimeTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>` + escaped(t.Program) + `</Command>
      <Arguments>` + escaped(strings.Join(words, " ")) + `</Arguments>
    </Exec>
  </Actions>
</Task>
`
}

// windowsWord quotes one argument as programs on Windows take their command line apart.
func windowsWord(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\"") {
		return s
	}
	var b strings.Builder
	slashes := 0
	for _, r := range s {
		switch r {
		case '\\':
			slashes++
			continue
		case '"':
			b.WriteString(strings.Repeat(`\`, 2*slashes+1))
		default:
			b.WriteString(strings.Repeat(`\`, slashes))
		}
		slashes = 0
		b.WriteRune(r)
	}
	return `"` + b.String() + strings.Repeat(`\`, 2*slashes) + `"`
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

// utf16Text is how the Task Scheduler wants its files.
func utf16Text(s string) []byte {
	b := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(strings.ReplaceAll(s, "\n", "\r\n"))) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return b
}

// writeTimer writes a file of the system's scheduler, whole.
func writeTimer(path string, text []byte) error {
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		if err = os.WriteFile(path+".new", text, 0o600); err == nil {
			err = os.Rename(path+".new", path)
		}
	}
	if err != nil {
		return errs.New(errs.Unavailable, "platform.timer_write", errs.Args{"path": path}).Because(err)
	}
	return nil
}

// scheduler runs a command of the system's scheduler.
func scheduler(cmd *exec.Cmd) error {
	said, err := cmd.CombinedOutput()
	if err != nil {
		return errs.New(errs.Unavailable, "platform.timer", errs.Args{"program": filepath.Base(cmd.Path)}).With(string(said)).Because(err)
	}
	return nil
}

func noTimer() error { return errs.New(errs.NotFound, "platform.no_timer", nil) }
