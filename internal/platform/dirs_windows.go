package platform

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// systemDir keeps backups out of the roaming profile, which is copied over the
// network at each login.
func systemDir(p purpose) (string, error) {
	folder := windows.FOLDERID_LocalAppData
	if p == config {
		folder = windows.FOLDERID_RoamingAppData
	}
	base, err := windows.KnownFolderPath(folder, 0)
	if err != nil {
		return "", noHome(err)
	}
	below := map[purpose]string{state: "log", cache: "cache"}[p]
	return filepath.Join(base, app, below), nil
}

// ChosenDirs are the variables by which this user has chosen the system's folders: none.
func ChosenDirs() []string { return nil }
