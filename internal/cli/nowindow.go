package cli

import (
	"fmt"
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
	fmt.Fprintln(os.Stderr, text.For(language(nil)).T(key, nil))
	return exitCodes[errs.Invalid]
}
