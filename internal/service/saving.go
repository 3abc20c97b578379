package service

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"cofre/internal/archive"
)

// SaveText writes text at path for whoever is logged in, in place of a file that is
// there, but never of one that Cofre needs.
func (d *Desk) SaveText(ctx context.Context, path, text string) error {
	if err := d.admin(); err != nil {
		return err
	}
	if err := d.mayReplace(ctx, path); err != nil {
		return err
	}
	return writeWhole(path, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
}

// writeWhole makes the file at path of what write writes, for its owner alone. It
// appears whole, in place of one that is there.
func writeWhole(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".cofre-new-")
	if err != nil {
		return archive.FileError(err, path)
	}
	defer os.Remove(f.Name()) // gone already when all went well
	if err = errors.Join(write(f), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	return archive.FileError(err, path)
}
