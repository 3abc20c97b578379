package platform

import (
	"context"
	"os"
	"path/filepath"
)

// StartsWithSession says whether this user's session starts Cofre.
func StartsWithSession(context.Context) (bool, error) {
	path, err := loginAgent()
	if err != nil {
		return false, err
	}
	_, err = os.Stat(path)
	return err == nil, nil
}

// StartWithSession has the session start it, or no longer; launchd reads the file at the
// next login. Twice is harmless, and takes the new words.
func StartWithSession(_ context.Context, a Autostart, on bool) error {
	path, err := loginAgent()
	if err != nil {
		return err
	}
	if !on {
		return loginFile(path, "")
	}
	return loginFile(path, a.agent())
}

func loginAgent() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", noHome(err)
	}
	return filepath.Join(home, "Library", "LaunchAgents", loginName+".plist"), nil
}
