package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cofre/internal/backup"
)

var _ backup.Loser = (*Engine)(nil)

// Lost says whether the file that was of is surely gone from its place. A log or a
// journal that was left there belongs to a file that somebody has moved, and may hold
// rows that were never put into it. A folder on another file system than that of the
// file is the place where a drive is to be mounted.
func (e *Engine) Lost(t backup.Target, of string) bool {
	place, err := placeOf(t.Path)
	if err != nil || len(leftAt(place)) > 0 {
		return false
	}
	folder, err := os.Stat(filepath.Dir(place))
	return err == nil && of != "" && deviceOf(of) == deviceOf(fileIdentity(folder))
}

// deviceOf is the file system in an identity; "" where the identity does not tell.
func deviceOf(identity string) string {
	device, _, found := strings.Cut(identity, ":")
	if !found {
		return ""
	}
	return device
}

// leftAt are the files beside a missing database that may hold some of its rows, by
// their suffixes.
func leftAt(place string) (left []string) {
	for _, suffix := range []string{walSuffix, journalSuffix} {
		if info, err := os.Lstat(place + suffix); err == nil && info.Size() > 0 {
			left = append(left, suffix)
		}
	}
	return left
}

// setAside makes room for a new database at place: what was left of another one would
// be taken for its log and written into it. What may hold rows is kept, as
// NAME__left_20261121_101530.EXT and its suffix. Back takes that back.
func setAside(place string) (back func() error, err error) {
	name := unusedName(place, "__left_", time.Now())
	kept := leftAt(place)
	moved := []string{}
	back = func() (err error) {
		for _, suffix := range moved {
			err = errors.Join(err, os.Rename(name+suffix, place+suffix))
		}
		return err
	}
	for _, suffix := range kept {
		if err := os.Rename(place+suffix, name+suffix); err != nil {
			return nil, errors.Join(err, back())
		}
		moved = append(moved, suffix)
	}
	for _, suffix := range companions { // empty ones, and the index of a log
		if err := os.Remove(place + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, errors.Join(err, back())
		}
	}
	return back, nil
}
