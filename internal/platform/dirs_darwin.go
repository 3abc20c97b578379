package platform

import (
	"os"
	"path/filepath"
)

func systemDir(p purpose) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", noHome(err)
	}
	below := map[purpose]string{data: "Application Support", state: "Logs", config: "Application Support", cache: "Caches"}[p]
	return filepath.Join(home, "Library", below, app), nil
}

// ChosenDirs are the variables by which this user has chosen the system's folders: none.
func ChosenDirs() []string { return nil }
