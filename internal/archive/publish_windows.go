package archive

import (
	"os"

	"golang.org/x/sys/windows"
)

// moveTo renames without overwriting, which os.Rename would do.
func moveTo(from, to string) error {
	a, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	b, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return err
	}
	if err := windows.MoveFileEx(a, b, windows.MOVEFILE_WRITE_THROUGH); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// syncFolder does nothing: Windows can't sync a folder, and the rename above
// returns when it is on the disk.
func syncFolder(string) error { return nil }
