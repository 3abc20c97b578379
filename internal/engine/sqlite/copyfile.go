package sqlite

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"

	"cofre/internal/archive"
)

// copyFile copies into a new file that only this user may read. Its errors have
// codes, and name the file that they are about. It is for files on which this
// process holds no lock of SQLite's: closing one drops them all.
func copyFile(ctx context.Context, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return archive.FileError(err, from)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return archive.FileError(err, to)
	}
	for err == nil {
		if err = ctx.Err(); err == nil {
			_, err = io.CopyN(out, in, stepBytes)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return archive.FileError(errors.Join(err, out.Close()), to)
}

// folder makes a folder for copies that are needed on the way.
func (e *Engine) folder(purpose string) (string, error) {
	dir, err := os.MkdirTemp(e.Work, "cofre-"+purpose+"-")
	return dir, archive.FileError(err, cmp.Or(e.Work, os.TempDir()))
}
