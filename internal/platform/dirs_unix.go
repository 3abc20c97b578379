//go:build !windows && !darwin

package platform

import (
	"os"
	"path/filepath"
)

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
