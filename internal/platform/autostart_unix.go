//go:build !windows && !darwin

package platform

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// StartsWithSession says whether this user's session starts Cofre. An entry that
// somebody has switched off elsewhere (Hidden=true) does not.
func StartsWithSession(context.Context) (bool, error) {
	path, err := loginEntry()
	if err != nil {
		return false, err
	}
	text, err := os.ReadFile(path)
	return err == nil && !strings.Contains(string(text), "\nHidden=true"), nil
}

// StartWithSession has the session start it, or no longer. Twice is harmless, and takes
// the new words.
func StartWithSession(_ context.Context, a Autostart, on bool) error {
	path, err := loginEntry()
	if err != nil {
		return err
	}
	if !on {
		return loginFile(path, "")
	}
	return loginFile(path, a.entry())
}

func loginEntry() (string, error) {
	own, err := ConfigDir() // of Cofre: the folder autostart lies beside it
	return filepath.Join(filepath.Dir(own), "autostart", loginName+".desktop"), err
}
