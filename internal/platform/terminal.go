package platform

import (
	"os"

	"golang.org/x/term"
)

// IsTerminal says whether a person sits at f: then questions and progress bars make sense.
func IsTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
