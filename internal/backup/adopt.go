package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// Adopt puts right what a crash left of backups that were being published into a
// folder since then: a manifest whose file never came is removed; a backup that
// is whole, as each is from the moment it has its name, and that the catalogue does
// not know yet is entered. Twice is harmless.
func (a *Archiver) Adopt(ctx context.Context, folder string, since time.Time) error {
	manifests, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return err
	}
	for _, path := range manifests {
		if info, err := os.Lstat(path); err != nil || info.ModTime().Before(since.Add(-time.Second)) {
			continue
		}
		if err := a.adopt(ctx, path[:len(path)-len(".json")]); err != nil {
			return err
		}
	}
	return nil
}

func (a *Archiver) adopt(ctx context.Context, file string) error {
	m, err := archive.ReadManifest(file)
	if err != nil || m == nil || m.ID == "" {
		return nil //nolint:nilerr // no manifest of ours: it stays as it is
	}
	_, err = a.Catalog.Get(ctx, m.ID)
	if errs.CodeOf(err) != errs.NotFound {
		return err
	}
	info, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return archive.FileError(os.Remove(archive.ManifestPath(file)), file)
	}
	if err != nil || info.Size() != m.Bytes {
		return archive.FileError(err, file)
	}
	return a.Catalog.Put(ctx, Entry{Manifest: *m, File: file, State: Good, CheckedAt: m.CreatedAt})
}
