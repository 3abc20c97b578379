package platform

import (
	"fmt"
	"os"
	"strings"

	"cofre/internal/errs"
)

// Autostart is a program that the system starts when the session of this user begins.
type Autostart struct {
	Program string // absolute
	Args    []string
	Home    string // COFRE_HOME, "" for the system's places; on Windows the session has it
}

// loginName is what the system calls it.
const loginName = "cofre"

// entry is the text of a desktop entry for the folder autostart (Desktop Entry
// Specification, Desktop Application Autostart Specification).
func (a Autostart) entry() string {
	words := []string{}
	if a.Home != "" {
		words = append(words, "env", execWord("COFRE_HOME="+a.Home))
	}
	for _, w := range append([]string{a.Program}, a.Args...) {
		words = append(words, execWord(w))
	}
	return "[Desktop Entry]\nType=Application\nName=Cofre\nComment=Runs what is due of its schedules\nExec=" + strings.Join(words, " ") + "\nTerminal=false\nStartupNotify=false\n"
}

// execWord quotes one argument of Exec=: the argument for itself, and all of it as a
// value of the file.
func execWord(s string) string {
	quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", "$", `\$`, "%", "%%").Replace(s) + `"`
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(quoted)
}

// agent is the text of a LaunchAgent that starts it once, in the session with windows.
func (a Autostart) agent() string {
	var b strings.Builder
	b.WriteString(plistHead + "\t<key>Label</key>\n\t<string>" + loginName + "</string>\n\t<key>ProgramArguments</key>\n\t<array>\n")
	for _, word := range append([]string{a.Program}, a.Args...) {
		fmt.Fprintf(&b, "\t\t<string>%s</string>\n", escaped(word))
	}
	b.WriteString("\t</array>\n")
	if a.Home != "" {
		fmt.Fprintf(&b, "\t<key>EnvironmentVariables</key>\n\t<dict>\n\t\t<key>COFRE_HOME</key>\n\t\t<string>%s</string>\n\t</dict>\n", escaped(a.Home))
	}
	b.WriteString("\t<key>LimitLoadToSessionType</key>\n\t<string>Aqua</string>\n\t<key>RunAtLoad</key>\n\t<true/>\n</dict>\n</plist>\n")
	return b.String()
}

// command is the value for the Run key.
func (a Autostart) command() string {
	words := []string{`"` + a.Program + `"`} // no path has a quotation mark there
	for _, w := range a.Args {
		words = append(words, windowsWord(w))
	}
	return strings.Join(words, " ")
}

// loginFile writes text where the system looks at the begin of a session, or takes it
// away where text is "". Twice is harmless.
func loginFile(path, text string) error {
	if text != "" {
		return writeTimer(path, []byte(text))
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return errs.New(errs.Unavailable, "platform.timer_write", errs.Args{"path": path}).Because(err)
	}
	return nil
}
