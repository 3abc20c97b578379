package platform

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// diskSpace counts the user's quota where there is one.
func diskSpace(path string) (free, total int64, err error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		path = filepath.Dir(path) // the call takes folders only
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, 0, err
	}
	var available, size, all uint64
	if err := windows.GetDiskFreeSpaceEx(name, &available, &size, &all); err != nil {
		return 0, 0, err
	}
	return int64(available), int64(size), nil
}
