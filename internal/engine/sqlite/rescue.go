package sqlite

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// companions are the files that belong to a database, by their suffixes.
var companions = []string{walSuffix, shmSuffix, journalSuffix}

// Broken says whether err means that the file is no database, or a damaged one.
func (e *Engine) Broken(err error) bool {
	switch coded := errs.Of(err); {
	case err == nil:
		return false
	case coded.Code == errs.Corrupt:
		return true
	default:
		return coded.Reason == "sqlite.not_a_database"
	}
}

// KeepAs is NAME__broken_20261121_101530.EXT beside the file itself, where the
// symbolic links lead.
func (e *Engine) KeepAs(t backup.Target, at time.Time) string {
	path := t.Path
	if live, err := locate(path); err == nil {
		path = live
	}
	return unusedName(path, "__broken_", at)
}

// unusedName is a name beside path, of that time, that no database has.
func unusedName(path, what string, at time.Time) string {
	ext := filepath.Ext(path)
	for stem := strings.TrimSuffix(path, ext); ; at = at.Add(time.Second) {
		name := stem + what + at.Local().Format("20060102_150405") + ext
		if !anyOf(name) {
			return name
		}
	}
}

// anyOf says whether a database of that name, or what belongs to one, is there.
func anyOf(name string) bool {
	for _, suffix := range append([]string{""}, companions...) {
		if _, err := os.Lstat(name + suffix); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// Keep copies the file and what lies beside it. The file itself comes last: where
// it is, the copy is whole.
func (e *Engine) Keep(ctx context.Context, t backup.Target, kept string, p backup.Progress) (backup.Held, error) {
	live, err := locate(t.Path)
	if err != nil {
		return nil, err
	}
	before := stateOf(live)
	var made []string
	for _, suffix := range append(companions, "") {
		err = keepFile(ctx, live+suffix, kept+suffix, p)
		if suffix != "" && errs.CodeOf(err) == errs.NotFound {
			err = nil
			continue
		}
		if err != nil {
			break
		}
		made = append(made, kept+suffix)
	}
	if err == nil && stateOf(live) != before {
		err = errs.New(errs.Stale, "restore.stale", errs.Args{"what": filepath.Base(live)})
	}
	if err != nil {
		for _, path := range made {
			os.Remove(path)
		}
		return nil, err
	}
	return &keeping{engine: e, target: t, live: live, kept: kept, files: made, before: before}, nil
}

// keepFile copies a file, brings the copy to the disk and compares the two.
func keepFile(ctx context.Context, from, to string, p backup.Progress) error {
	in, err := os.Open(from)
	if err != nil {
		return archive.FileError(err, from)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return archive.FileError(err, from)
	}
	out, err := archive.CreateFile(to)
	if err != nil {
		return err
	}
	defer out.Abort()
	for err == nil {
		if err = ctx.Err(); err == nil {
			_, err = io.CopyN(out, in, stepBytes)
			p(backup.Update{Done: out.Bytes(), Total: info.Size(), Unit: "bytes", Item: filepath.Base(from)})
		}
	}
	if !errors.Is(err, io.EOF) {
		return archive.FileError(err, from)
	}
	if err := out.Commit(); err != nil {
		return err
	}
	for _, path := range []string{to, from} {
		sum, _, err := archive.HashFile(ctx, path, func(_, _ int64) {})
		if err == nil && sum != out.SHA256() {
			err = errs.New(errs.Corrupt, "sqlite.kept_differs", errs.Args{"file": filepath.Base(path)})
		}
		if err != nil {
			os.Remove(to)
			return err
		}
	}
	return nil
}

// foreign says whether SQLite takes what was kept for no database at all.
func (e *Engine) foreign(ctx context.Context, kept string) bool {
	v, err := viewOf(ctx, kept, still)
	if err == nil {
		v.close()
		return false
	}
	return errs.Of(problem(err, kept)).Reason == "sqlite.not_a_database" || stampOf(kept).bytes < headBytes
}

// PutBack writes what was kept into the file, which stays the same file.
func (e *Engine) PutBack(ctx context.Context, t backup.Target, kept string) error {
	live, err := locate(t.Path)
	if err != nil {
		return err
	}
	source, err := os.Open(kept) // before anything is taken away
	if errors.Is(err, fs.ErrNotExist) {
		return errs.New(errs.NotFound, backup.ReasonKeptGone, errs.Args{"target": t.Name, "kept": kept}).Because(err)
	}
	if err != nil {
		return archive.FileError(err, kept)
	}
	source.Close()
	for _, suffix := range companions { // none may be read into the other content, not even after a crash
		if err := os.Remove(live + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return archive.FileError(err, live+suffix)
		}
	}
	for _, suffix := range append([]string{""}, companions...) {
		err := overwrite(ctx, kept+suffix, live+suffix)
		if err != nil && (suffix == "" || errs.CodeOf(err) != errs.NotFound) {
			return err
		}
	}
	return nil
}

func overwrite(ctx context.Context, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return archive.FileError(err, from)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return archive.FileError(err, to)
	}
	var n int64
	for err == nil {
		if err = ctx.Err(); err == nil {
			var more int64
			more, err = io.CopyN(out, in, stepBytes)
			n += more
		}
	}
	if errors.Is(err, io.EOF) {
		err = out.Truncate(n)
	}
	return archive.FileError(errors.Join(err, out.Sync(), out.Close()), to)
}

// SettleRescue has nothing to do where the replacement was one transaction of
// SQLite's. A file that had been taken over either holds the new content, or gets
// back what was kept.
func (e *Engine) SettleRescue(ctx context.Context, t backup.Target, kept string) error {
	if _, err := os.Lstat(kept); err != nil || !e.foreign(ctx, kept) {
		return nil //nolint:nilerr // it was cut off before anything was replaced
	}
	_, err := e.Probe(ctx, t)
	if e.Broken(err) {
		return e.PutBack(ctx, t, kept)
	}
	return err
}
