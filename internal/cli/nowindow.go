package cli

import (
	"os"

	"cofre/internal/errs"
	"cofre/internal/text"
)

// NoWindow says why no window opens, and what to do instead; it returns the exit
// code. Built tells whether this build has a window at all.
func NoWindow(built bool) int {
	key := "cli.no_window"
	if built {
		key = "cli.no_display"
	}
	os.Stderr.WriteString(text.For(language(nil)).T(key, nil) + "\n")
	return exitCodes[errs.Invalid]
}
