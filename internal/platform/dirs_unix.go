//go:build !windows && !darwin

package platform

import (
	"os"
	"path/filepath"
)

// ChosenDirs are the variables, NAME=value, by which this user has chosen the system's
// folders: what the system starts may not have them.
func ChosenDirs() (set []string) {
	for _, name := range []string{"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		if dir := os.Getenv(name); filepath.IsAbs(dir) {
			set = append(set, name+"="+dir)
		}
	}
	return set
}

// systemDir follows the XDG Base Directory Specification, which says to ignore
// a relative path in these variables.
func systemDir(p purpose) (string, error) {
	variable := map[purpose]string{data: "XDG_DATA_HOME", state: "XDG_STATE_HOME", config: "XDG_CONFIG_HOME", cache: "XDG_CACHE_HOME"}[p]
	if dir := os.Getenv(variable); filepath.IsAbs(dir) {
		return filepath.Join(dir, app), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", noHome(err)
	}
	below := map[purpose]string{data: ".local/share", state: ".local/state", config: ".config", cache: ".cache"}[p]
	return filepath.Join(home, below, app), nil
}
