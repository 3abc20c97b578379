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

// place returns the absolute path of the file that a backup will become. Its
// folder has to be there: one that is made where a drive should be would fill
// another disk, and hide the drive's backups from whoever looks for them.
func (a *Archiver) place(t Target, o BackupOptions, at time.Time) (string, error) {
	if o.Dest == "" {
		dir := a.Repository()
		if !isFolder(dir) {
			return "", errs.New(errs.Unavailable, "backup.repository_gone", errs.Args{"folder": dir})
		}
		return free(dir, FileName(t, o, at)), nil
	}
	path, err := filepath.Abs(o.Dest)
	if err != nil {
		return "", archive.FileError(err, o.Dest)
	}
	switch {
	case isFolder(path):
		return free(path, FileName(t, o, at)), nil
	case os.IsPathSeparator(o.Dest[len(o.Dest)-1]):
		return "", errs.New(errs.NotFound, "backup.folder", errs.Args{"folder": path})
	case !isFolder(filepath.Dir(path)):
		return "", errs.New(errs.NotFound, "backup.folder", errs.Args{"folder": filepath.Dir(path)})
	}
	for _, file := range []string{path, archive.ManifestPath(path)} {
		if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
			return "", errs.New(errs.Invalid, "backup.exists", errs.Args{"file": file})
		}
	}
	return path, nil
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
	if o.Lock != nil {
		ext += ".age"
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
