package archive

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"cofre/internal/errs"
)

// readSize is the size of one read of a file that is read whole.
const readSize = 1 << 20

// openFile opens an ordinary file for reading. Symbolic links are followed. What
// is no file (a pipe, a device) is refused and never waited for; a folder is
// refused, too.
func openFile(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, FileError(err, path)
	}
	if err := ordinary(path, info); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|nonblocking, 0)
	if err != nil {
		return nil, nil, FileError(err, path)
	}
	// What lies there may have changed between the two calls.
	if info, err = f.Stat(); err == nil {
		err = ordinary(path, info)
	}
	if err != nil {
		f.Close()
		return nil, nil, FileError(err, path)
	}
	return f, info, nil
}

func ordinary(path string, info fs.FileInfo) error {
	args := errs.Args{"file": filepath.Base(path), "path": path}
	switch {
	case info.IsDir():
		return errs.New(errs.Invalid, "archive.is_folder", args)
	case !info.Mode().IsRegular():
		return errs.New(errs.Invalid, "archive.not_a_file", args)
	}
	return nil
}

// meter reads on from r, adds what it reads to a tally, and ends with ctx's error
// when ctx is done.
type meter struct {
	ctx   context.Context
	r     io.Reader
	tally *tally
}

func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p)
	m.tally.add(n)
	return n, err
}

// tally adds up what one or several readers have read of total bytes, and
// reports it from one goroutine at a time.
type tally struct {
	total  int64
	report func(done, total int64) // may be nil

	mu   sync.Mutex
	done int64
}

func (t *tally) add(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done += int64(n)
	if t.report != nil && n > 0 {
		t.report(min(t.done, t.total), t.total) // a file may grow, and large objects are not foreseen
	}
}

func (t *tally) now() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.done
}
