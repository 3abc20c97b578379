package text

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// preferred asks the person's defaults where the environment says nothing: a
// program that is started from the Dock has no LANG.
func preferred() []string {
	if tags := fromEnvironment(); tags != nil {
		return tags
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/usr/bin/defaults", "read", "-g", "AppleLanguages").Output()
	if err != nil {
		return nil
	}
	return quoted(string(out))
}

// quoted returns the strings of a property list in its old notation, ("pt-BR", en).
func quoted(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune("()\", \n\t", r) })
}
