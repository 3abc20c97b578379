//go:build !windows && !darwin

package platform

import (
	"os/exec"
	"path/filepath"
)

// fileManager opens the folder: xdg-open would open a file with its application.
func fileManager(path string, folder bool) *exec.Cmd {
	if !folder {
		path = filepath.Dir(path)
	}
	return exec.Command("xdg-open", path)
}
