package sqlite

import (
	"context"
	"os"
	"path/filepath"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Preflight says what only SQLite can know of a restore that is being planned:
// where the file really is, who has it open, whether it can be written to, whether
// there is room for the journal, and what of the backup does not fit as it is.
func (e *Engine) Preflight(ctx context.Context, t backup.Target, a backup.Archive, file string) ([]backup.Check, error) {
	f := findings{path: t.Path, free: e.Free}
	back, err := e.source(ctx, file, &f)
	if err != nil {
		return nil, err
	}
	bytes := a.Contents.Bytes
	if file != "" {
		bytes = back.bytes()
	}
	live, err := locate(t.Path)
	switch {
	case errs.CodeOf(err) == errs.NotFound:
		err = f.missing(t, bytes)
	case err == nil:
		err = e.existing(ctx, t, live, file, back, bytes, &f)
	}
	if err != nil {
		return nil, err
	}
	return f.list, ctx.Err()
}

// findings collects checks about the target at path.
type findings struct {
	path string
	free func(path string) (int64, error)
	list []backup.Check
}

func (f *findings) add(l backup.Level, code string, args errs.Args) {
	if args == nil {
		args = errs.Args{}
	}
	args["path"], args["file"] = f.path, filepath.Base(f.path)
	f.list = append(f.list, backup.Check{Level: l, Code: code, Args: args})
}

// source looks at the backup; where its file can't be read as it is, it has no head.
func (e *Engine) source(ctx context.Context, file string, f *findings) (head, error) {
	if file == "" {
		return head{}, nil
	}
	v, err := viewOf(ctx, file, still)
	if err != nil {
		return head{}, problem(err, file)
	}
	defer v.close()
	if n := e.references.brokenIn(ctx, v, file); n > 0 {
		f.add(backup.Warning, "sqlite.foreign_keys", errs.Args{"rows": n})
	}
	return v.head, nil
}

// missing looks at a target that has to be created.
func (f *findings) missing(t backup.Target, bytes int64) error {
	place, err := placeOf(t.Path)
	if errs.CodeOf(err) == errs.NotFound {
		f.add(backup.Blocker, "sqlite.folder_missing", errs.Args{"folder": filepath.Dir(t.Path)})
		return nil
	}
	if err == nil {
		for _, suffix := range leftAt(place) {
			f.add(backup.Warning, "sqlite.left", errs.Args{"left": filepath.Base(place) + suffix})
		}
		f.folder(filepath.Dir(place), bytes)
	}
	return err
}

// existing looks at a target that is there.
func (e *Engine) existing(ctx context.Context, t backup.Target, live, file string, back head, bytes int64, f *findings) error {
	if sameFile(file, live) {
		f.add(backup.Blocker, "sqlite.same_file", nil)
		return nil
	}
	if live != filepath.Clean(t.Path) {
		f.add(backup.Info, "sqlite.symlink", errs.Args{"real": live})
	}
	if !writable(live) {
		f.add(backup.Blocker, "sqlite.read_only", nil)
	}
	f.users(t)
	var h head
	err := e.look(ctx, t, func(live *view) error { h = live.head; return nil })
	switch errs.CodeOf(err) {
	case "":
	case errs.Corrupt, errs.Invalid: // whoever plans knows that already; it may be kept aside, and a journal is written besides
		now := stateOf(live).bytes()
		f.folder(filepath.Dir(live), now+max(now, bytes))
		return nil
	default:
		return err
	}

	// A journal takes the old content, while the file takes the new; a log takes the
	// new content, and then the file does.
	now := stateOf(live).bytes()
	need := max(now, bytes)
	if h.wal {
		need = bytes + max(0, bytes-now)
	}
	if h.wal && back.pageSize != 0 && h.pageSize != back.pageSize {
		f.add(backup.Info, "sqlite.page_size", errs.Args{"backup_bytes": back.pageSize, "live_bytes": h.pageSize})
		need += bytes
	}
	f.folder(filepath.Dir(live), need)
	if h.encoding != 0 && back.encoding != 0 && h.encoding != back.encoding {
		f.add(backup.Warning, "sqlite.encoding", nil)
	}
	return nil
}

// folder looks whether SQLite can keep its journal beside the database, and has
// room for it.
func (f *findings) folder(dir string, need int64) {
	if !writable(dir) {
		f.add(backup.Blocker, "sqlite.read_only_folder", errs.Args{"folder": dir})
	}
	if f.free == nil {
		return
	}
	if free, err := f.free(dir); err == nil && free < need {
		f.add(backup.Blocker, "sqlite.no_space", errs.Args{"folder": dir, "free_bytes": free, "need_bytes": need})
	}
}

// users are the programs that have the database open.
func (f *findings) users(t backup.Target) {
	all := holders(t.Path)
	var busy []process
	for _, p := range all {
		if p.writes {
			busy = append(busy, p)
		}
	}
	if len(busy) > 0 {
		f.add(backup.Warning, "sqlite.locked", errs.Args{"processes": names(busy), "wait_ms": t.Wait().Milliseconds()})
	}
	if len(all) > 0 {
		f.add(backup.Info, "sqlite.open_elsewhere", errs.Args{"processes": names(all)})
	}
}

func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}
