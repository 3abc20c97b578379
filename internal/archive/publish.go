package archive

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Publish gives the finished file from its name to, in the same folder or at
// least on the same file system. The content is on the disk before the name is
// there, and the name is on the disk when Publish returns. A name that exists is
// never overwritten, not even when it appears at the same moment: errs.Invalid
// "archive.exists". The published file is readable by its owner only. On an error
// from is still there.
func Publish(from, to string) error {
	if err := settle(from); err != nil {
		return FileError(err, from)
	}
	if err := moveTo(from, to); err != nil {
		return FileError(err, to)
	}
	return FileError(syncFolder(filepath.Dir(to)), to)
}

// settle brings the content of the file to the disk and takes others' rights away,
// where the file system knows rights: FAT refuses to.
func settle(path string) error {
	if err := os.Chmod(path, 0o600); err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0) // Windows syncs only what may be written
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// reserveAndMove moves without overwriting where the file system knows neither
// hard links nor an exclusive rename (FAT, some network folders): it makes the
// name first, which only one can do, and then renames over what it has made.
func reserveAndMove(from, to string) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		os.Remove(to)
		return err
	}
	return nil
}

// replaceFile writes data as path, whole or not at all, over what was there.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), partialPattern)
	if err != nil {
		return FileError(err, path)
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return FileError(err, path)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return FileError(err, path)
	}
	return FileError(syncFolder(filepath.Dir(path)), path)
}

// exists says whether the name is taken, by whatever it is.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
