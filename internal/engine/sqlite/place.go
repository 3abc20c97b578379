package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// The files that SQLite keeps beside a database.
const (
	walSuffix     = "-wal"
	shmSuffix     = "-shm"
	journalSuffix = "-journal"
)

// locate returns the file that path leads to, through symbolic links: there are
// the files beside it, too. A missing one is errs.NotFound; a folder, a pipe or a
// device is errs.Invalid.
func locate(path string) (string, error) {
	args := errs.Args{"path": path, "file": filepath.Base(path)}
	file, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", errs.New(errs.NotFound, "sqlite.missing", args).Because(err)
	}
	if err != nil {
		return "", archive.FileError(err, path)
	}
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return "", archive.FileError(err, path)
	case info.IsDir():
		return "", errs.New(errs.Invalid, "sqlite.is_folder", args)
	case !info.Mode().IsRegular():
		return "", errs.New(errs.Invalid, "sqlite.not_a_file", args)
	}
	return file, nil
}

// stamp tells one state of a file from another without reading it.
type stamp struct {
	there    bool
	bytes    int64
	modified time.Time
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{there: true, bytes: info.Size(), modified: info.ModTime()}
}

// state is a database file and what lies beside it, at one moment.
type state struct{ main, wal, shm, journal stamp }

func stateOf(path string) state {
	return state{stampOf(path), stampOf(path + walSuffix), stampOf(path + shmSuffix), stampOf(path + journalSuffix)}
}

// bytes is what the database takes on the disk, without the files that come and
// go by themselves.
func (s state) bytes() int64 { return s.main.bytes + s.wal.bytes }
