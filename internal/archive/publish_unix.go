//go:build unix

package archive

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// moveTo renames without overwriting: a second name is made for the file, which
// fails where that name exists, and the first one is taken away.
func moveTo(from, to string) error {
	err := os.Link(from, to)
	switch {
	case err == nil:
		return os.Remove(from)
	case errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.EXDEV):
		return err
	}
	return reserveAndMove(from, to)
}

// syncFolder brings the names in a folder to the disk. Some file systems can't;
// theirs is the best that can be had.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
