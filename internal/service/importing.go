package service

import (
	"context"
	"path/filepath"
	"strings"

	"cofre/internal/archive"
	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Import starts the copying of a backup file into the repository; see
// backup.Archiver.Import. An encrypted one needs its key in ctx.
func (s *Service) Import(ctx context.Context, file string) (*Operation[backup.Entry], error) {
	if err := s.allowed(); err != nil {
		return nil, err
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return nil, archive.FileError(err, file)
	}
	if err := opens(ctx, file); err != nil {
		return nil, err
	}
	if s.own(file) {
		return nil, errs.New(errs.Invalid, "import.own", errs.Args{"file": filepath.Base(file)})
	}
	if err := s.Restorer.MakeWork(); err != nil {
		return nil, err
	}
	w := work{kind: "import", target: backup.Target{Name: filepath.Base(file)}, record: backup.Record{File: file},
		steps: []backup.Step{{Name: backup.StepCopy}, {Name: backup.StepReread}, {Name: backup.StepPublish}},
		entry: audit.Entry{Files: []audit.File{{As: "backup", Path: file}}}}
	return start(ctx, s, w, ending[backup.Entry], func(ctx context.Context, rec *recorder) (backup.Entry, error) {
		e, err := s.Archiver.Import(ctx, file, rec)
		if err == nil {
			rec.r.BackupID, rec.r.File, rec.r.Bytes = e.Manifest.ID, e.File, e.Manifest.Bytes
			rec.entry.Backup, rec.entry.Files = e.Manifest.ID, append(rec.entry.Files, filesOf("copy", e)...)
		}
		return e, err
	})
}

// ImportBackup copies a backup file into the repository, waits for it, and returns the
// ID of the backup that it is now.
func (d *Desk) ImportBackup(ctx context.Context, file string) (string, error) {
	if err := d.admin(); err != nil {
		return "", err
	}
	all, err := d.Connected.All(ctx)
	if err != nil {
		return "", err
	}
	for _, c := range all { // it changes while it is copied
		if c.Path != "" && sameFile(c.Path, file) {
			return "", errs.New(errs.Invalid, "import.live", errs.Args{"file": filepath.Base(file)})
		}
	}
	op, err := d.Service.Import(d.as(ctx), file)
	if err != nil {
		return "", err
	}
	defer d.Changed()
	e, err := op.Wait()
	return e.Manifest.ID, err
}

// longestNote bounds what a person says of a backup, in bytes.
const longestNote = 4000

// NoteBackup changes what a person says of a backup. Its first line is what the backup is
// called.
func (d *Desk) NoteBackup(ctx context.Context, id, note string) error {
	if err := d.admin(); err != nil {
		return err
	}
	defer d.Changed()
	return d.Service.SetNote(d.as(ctx), id, note)
}

// SetNote changes the note of a backup, in its manifest and in the catalogue.
func (s *Service) SetNote(ctx context.Context, id, note string) error {
	if err := s.allowed(); err != nil {
		return err
	}
	if note = strings.TrimSpace(note); len(note) > longestNote {
		return errs.New(errs.Invalid, "backup.note_long", nil)
	}
	if _, err := s.Archiver.SetNote(ctx, id, note); err != nil {
		return err
	}
	a := s.refEntry(ctx, backup.Ref{ID: id})
	a.What = audit.Note
	return s.note(ctx, a, nil)
}
