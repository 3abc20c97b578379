package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// place returns the absolute path of the file that a backup will become. The
// repository's folder is made when it is missing; a folder that a person named
// has to be there.
func (a *Archiver) place(t Target, o BackupOptions, at time.Time) (string, error) {
	dir := o.Dest
	switch {
	case dir == "":
		dir = a.Repository()
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", archive.FileError(err, dir)
		}
	case !isFolder(dir):
		path, err := filepath.Abs(dir)
		if err != nil {
			return "", archive.FileError(err, dir)
		}
		if !isFolder(filepath.Dir(path)) {
			return "", errs.New(errs.NotFound, "backup.folder", errs.Args{"folder": filepath.Dir(path)})
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return "", errs.New(errs.Invalid, "backup.exists", errs.Args{"file": path})
		}
		return path, nil
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", archive.FileError(err, dir)
	}
	return free(dir, FileName(t, o, at)), nil
}

// FileName is the name that a backup made at that time gets, as the contract
// says: NAME_20261121_101530.sqlite3, pre_restore_… for a safety backup. The
// time is local.
func FileName(t Target, o BackupOptions, at time.Time) string {
	stem, ext := safeName(t.Name), ".dump"
	if t.Kind == SQLite {
		ext = ".sqlite3"
	}
	if o.Purpose == Safety {
		stem = "pre_restore"
	}
	switch o.layer(t.Kind) {
	case archive.Gzip:
		ext += ".gz"
	case archive.Zstd:
		ext += ".zst"
	}
	return stem + "_" + at.Local().Format("20060102_150405") + ext
}

// free returns dir/name, or the first dir/stem_N.ext that is not there. Two
// backups in one second are rare; the publishing itself never overwrites.
func free(dir, name string) string {
	stem, ext, _ := strings.Cut(name, ".")
	for n := 1; ; n++ {
		path := filepath.Join(dir, name)
		if n > 1 {
			path = filepath.Join(dir, fmt.Sprintf("%s_%d.%s", stem, n, ext))
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Lstat(archive.ManifestPath(path)); errors.Is(err, fs.ErrNotExist) {
				return path
			}
		}
	}
}

// safeName makes the name of a database fit for a file on every system: letters,
// digits, '-' and '_', without its extension, at most 60 runes.
func safeName(name string) string {
	name = strings.TrimSuffix(name, filepath.Ext(name))
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, name)
	if runes := []rune(name); len(runes) > 60 {
		name = string(runes[:60])
	}
	if name == "" {
		return "backup"
	}
	return name
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
