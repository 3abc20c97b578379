package service

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// mayReplace refuses what a copy saved at path must never replace, by itself or by
// the manifest beside it: Cofre's own files, a database that Cofre knows with the
// files that belong to it, a backup of the catalogue, and a file that only happens
// to have the manifest's name.
func (d *Desk) mayReplace(ctx context.Context, path string) error {
	known, err := d.known(ctx)
	if err != nil {
		return err
	}
	for _, file := range []string{path, archive.ManifestPath(path)} {
		if d.Service.own(file) {
			return errs.New(errs.Invalid, "save.own", errs.Args{"file": file})
		}
		same := func(other string) bool { return sameFile(file, other) }
		if slices.ContainsFunc(known, same) {
			return errs.New(errs.Invalid, "save.in_use", errs.Args{"file": file})
		}
	}
	manifest := archive.ManifestPath(path)
	info, err := os.Lstat(manifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return archive.FileError(err, manifest)
	}
	if m, err := archive.ReadManifest(path); err != nil || m == nil || m.ID == "" || !info.Mode().IsRegular() {
		return errs.New(errs.Invalid, "save.no_manifest", errs.Args{"file": manifest})
	}
	return nil
}

// known lists the files of the saved databases and of the catalogue.
func (d *Desk) known(ctx context.Context) ([]string, error) {
	var files []string
	all, err := d.Connected.All(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.Path != "" {
			files = append(files, c.Path, c.Path+"-wal", c.Path+"-shm", c.Path+"-journal")
		}
	}
	entries, err := d.Service.Archiver.Catalog.List(ctx, backup.Filter{Brief: true})
	for _, e := range entries {
		if e.File != "" {
			files = append(files, e.File, archive.ManifestPath(e.File))
		}
	}
	return files, err
}

// own says whether file lies in a folder that is Cofre's.
func (s *Service) own(file string) bool {
	dir, err := filepath.EvalSymlinks(filepath.Dir(file))
	if err != nil {
		return false // no folder, no file: the copy says so
	}
	for {
		if slices.ContainsFunc(s.Own, func(folder string) bool { return sameFile(dir, folder) }) {
			return true
		}
		above := filepath.Dir(dir)
		if above == dir {
			return false
		}
		dir = above
	}
}

// sameFile compares by name, so that a file that is about to be made counts, and
// by what the system says, which knows links and the case of names.
func sameFile(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
