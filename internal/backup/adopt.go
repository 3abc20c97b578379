package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// Adopt puts right what a crash left of the backups that the job of r was publishing
// into a folder: a manifest of its database whose file never came is removed, while
// that of another may be about to get its file; a backup that is whole, as each is
// from the moment it has its name, and that the catalogue does not know yet is
// entered. A folder that can't be read holds none. Twice is harmless.
func (a *Archiver) Adopt(ctx context.Context, folder string, r Record) error {
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		file, ok := strings.CutSuffix(filepath.Join(folder, e.Name()), ".json")
		if !ok {
			continue
		}
		if info, err := e.Info(); err != nil || info.ModTime().Before(r.StartedAt.Add(-time.Second)) {
			continue
		}
		if err := a.adopt(ctx, file, r.Identity); err != nil {
			return err
		}
	}
	return nil
}

func (a *Archiver) adopt(ctx context.Context, file, identity string) error {
	m, err := archive.ReadManifest(file)
	if err != nil || m == nil || m.ID == "" {
		return nil //nolint:nilerr // no manifest of ours: it stays as it is
	}
	_, err = a.Catalog.Get(ctx, m.ID)
	if errs.CodeOf(err) != errs.NotFound {
		return err
	}
	if aside, err := a.isAside(ctx, m.ID); aside || err != nil {
		return err
	}
	info, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		if m.Source.Identity != identity {
			return nil
		}
		return archive.FileError(os.Remove(archive.ManifestPath(file)), file)
	}
	if err != nil || info.Size() != m.Bytes {
		return archive.FileError(err, file)
	}
	return a.Catalog.Put(ctx, Entry{Manifest: *m, File: file, State: Good}) // not read here
}
