package archive

import (
	"os"
	"syscall"
)

// moveTo renames without overwriting: MoveFile, unlike os.Rename, fails where the
// new name exists.
func moveTo(from, to string) error {
	a, err := syscall.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	b, err := syscall.UTF16PtrFromString(to)
	if err != nil {
		return err
	}
	if err := syscall.MoveFile(a, b); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// syncFolder does nothing: Windows can't sync a folder, NTFS journals its names.
func syncFolder(string) error { return nil }
