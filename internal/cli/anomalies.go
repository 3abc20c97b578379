package cli

import (
	"fmt"
	"slices"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// anomalies are what makes a backup look wrong beside those before it, in words.
func (s *session) anomalies(m archive.Manifest) []wordedCheck {
	var all []wordedCheck
	for _, c := range backup.AnomalyChecks(m) {
		message, hint := s.words.Check(c.Code, c.Args)
		all = append(all, wordedCheck{Level: c.Level, Code: c.Code, Message: message, Hint: hint, Args: c.Args})
	}
	return all
}

// sayAnomalies prints them below a backup that was made.
func (s *session) sayAnomalies(m archive.Manifest) {
	if s.quiet {
		return
	}
	for _, a := range s.anomalies(m) {
		sign := map[backup.Level]string{backup.Warning: "!", backup.Info: "·"}[a.Level]
		fmt.Fprintf(s.out, "%s %s\n", sign, clean(a.Message))
		if a.Level == backup.Warning && a.Hint != "" {
			fmt.Fprintf(s.out, "  → %s\n", clean(a.Hint))
		}
	}
	if slices.ContainsFunc(m.Anomalies, backup.Lost) {
		s.say("cli.backup_pinned", nil)
	}
}

// remark is what a list says of a backup besides its state: that it is pinned, that it
// looks wrong.
func (s *session) remark(e backup.Entry) (said string) {
	if e.Pinned {
		said += ", " + s.words.T("cli.pinned", nil)
	}
	lost := 0
	for _, a := range e.Manifest.Anomalies {
		if backup.Lost(a) {
			lost++
		}
	}
	if lost > 0 {
		said += ", " + s.words.T("cli.anomalies", map[string]any{"n": lost})
	}
	return said
}
