package platform

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"cofre/internal/errs"
)

// FreeSpace returns the bytes that this user can still write on the disk that
// path is, or would be, on, and the size of that disk. Path need not exist: its
// nearest folder that does is asked.
func FreeSpace(path string) (free, total int64, err error) {
	dir, err := filepath.Abs(path)
	if err != nil {
		return 0, 0, errs.New(errs.Unavailable, "platform.space", errs.Args{"path": path}).Because(err)
	}
	for {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	free, total, err = diskSpace(dir)
	if err != nil {
		return 0, 0, errs.New(errs.Unavailable, "platform.space", errs.Args{"path": path}).Because(err)
	}
	return free, total, nil
}
