package sample

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"cofre/internal/errs"
)

// vacant returns path, absolute, after a look that nothing is there and that its
// folder is: better said before a million rows than after them.
func vacant(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", writeError(path, err)
	}
	switch dir, err := os.Stat(filepath.Dir(abs)); {
	case errors.Is(err, fs.ErrNotExist), err == nil && !dir.IsDir():
		return "", errs.New(errs.NotFound, "sample.folder", errs.Args{"folder": filepath.Dir(abs)})
	case err != nil:
		return "", writeError(abs, err)
	}
	switch _, err := os.Lstat(abs); {
	case err == nil:
		return "", exists(abs)
	case !errors.Is(err, fs.ErrNotExist):
		return "", writeError(abs, err)
	}
	return abs, nil
}

// publish gives the finished file part its name, never over another file, and
// returns its size. Part may be gone afterwards or not.
func publish(part, path string) (int64, error) {
	info, err := settle(part)
	if err != nil {
		return 0, writeError(path, err)
	}
	err = os.Link(part, path) // the one call that names a file and never replaces one
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = claim(part, path)
	}
	if errors.Is(err, fs.ErrExist) {
		return 0, exists(path)
	}
	if err != nil {
		return 0, writeError(path, err)
	}
	return info.Size(), syncFolder(filepath.Dir(path))
}

// claim is publish for file systems without hard links, such as FAT: it takes
// the name with an empty file, which the rename then replaces.
func claim(part, path string) error {
	mark, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	mark.Close()
	if err := os.Rename(part, path); err != nil {
		os.Remove(path)
		return err
	}
	return nil
}

// settle brings the file to the disk.
func settle(part string) (fs.FileInfo, error) {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return nil, err
	}
	return f.Stat()
}

func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder can't be opened there, and NTFS keeps names in its journal
	}
	d, err := os.Open(dir)
	if err != nil {
		return writeError(dir, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return writeError(dir, err)
	}
	return nil
}

func exists(path string) error {
	return errs.New(errs.Invalid, "sample.exists", errs.Args{"file": path})
}

func writeError(path string, err error) error {
	code, reason := errs.Unavailable, "sample.write"
	if errors.Is(err, fs.ErrPermission) {
		code, reason = errs.Denied, "sample.denied"
	}
	return errs.New(code, reason, errs.Args{"file": path}).Because(err)
}
