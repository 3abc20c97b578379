package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// Import copies a backup file from outside into the repository, reads all of the copy,
// and enters it with the manifest that lies beside it, else with one of what was read.
// Whatever that says, it is an imported one: see Entry.Own.
// The file itself stays as it is. One that the catalogue has already is errs.Invalid
// "import.known", one that does not fit its manifest errs.Corrupt.
func (a *Archiver) Import(ctx context.Context, file string, run Run) (Entry, error) {
	dir := a.Repository()
	if !isFolder(dir) {
		return Entry{}, errs.New(errs.Unavailable, "backup.repository_gone", errs.Args{"folder": dir})
	}
	m, err := a.foreign(ctx, file)
	if err != nil {
		return Entry{}, err
	}
	if err := run.Step(ctx, StepCopy); err != nil {
		return Entry{}, err
	}
	work, err := os.MkdirTemp(dir, ".cofre-partial-")
	if err != nil {
		return Entry{}, archive.FileError(err, dir)
	}
	defer os.RemoveAll(work)
	whole := filepath.Join(work, filepath.Base(file))
	to, err := archive.CreateFile(whole)
	if err != nil {
		return Entry{}, err
	}
	defer to.Abort()
	if err := archive.Pack(ctx, file, to, archive.None, nil, bytesOf(run, filepath.Base(file))); err != nil {
		return Entry{}, err
	}
	if err := to.Commit(); err != nil {
		return Entry{}, err
	}

	if err := run.Step(ctx, StepReread); err != nil {
		return Entry{}, err
	}
	private, err := a.private()
	if err != nil {
		return Entry{}, err
	}
	defer os.RemoveAll(private)
	report, err := archive.Verify(ctx, whole, archive.VerifyOptions{Depth: archive.Full, TempDir: private}, bytesOf(run, filepath.Base(file)))
	if err != nil {
		return Entry{}, err
	}
	if m == nil {
		m = a.describe(ctx, file, report)
	} else if _, err := against(m, file, report); err != nil {
		return Entry{}, err
	}

	if err := run.Step(ctx, StepPublish); err != nil {
		return Entry{}, err
	}
	e := Entry{File: free(dir, filepath.Base(file)), State: Good, CheckedAt: a.Now(), Manifest: *m}
	if a.Preview != nil && !report.Contents.Encrypted {
		e.Profile, _ = a.Preview(ctx, whole, report.Contents)
	}
	return e, a.publish(ctx, whole, &e)
}

// foreign is the manifest beside a file, nil where there is none that says which backup
// it is. What can't be taken in is an error before anything is copied: a file with
// changes beside it, a folder, a backup that is here already.
func (a *Archiver) foreign(ctx context.Context, file string) (*Manifest, error) {
	id, err := archive.IdentifyInside(ctx, file)
	if err != nil {
		return nil, err
	}
	if id.Format == archive.FormatDirectory {
		return nil, errs.New(errs.Invalid, "import.folder", errs.Args{"file": filepath.Base(file)})
	}
	if _, err := archive.Inspect(ctx, file, archive.InspectOptions{Quick: true, TempDir: a.Work}); err != nil {
		return nil, err
	}
	m, err := archive.ReadManifest(file)
	if err != nil || m == nil || m.ID == "" {
		return nil, nil //nolint:nilerr // another file of that name
	}
	m.Purpose = Imported
	_, err = a.Catalog.Get(ctx, m.ID)
	switch errs.CodeOf(err) {
	case errs.NotFound:
		aside, err := a.isAside(ctx, m.ID)
		if aside { // that one may still be brought back, as the one that it is
			m.ID = newID(a.Now())
		}
		return m, err
	case "":
		return nil, errs.New(errs.Invalid, "import.known", errs.Args{"file": filepath.Base(file)})
	}
	return nil, err
}

// describe is the manifest of a file that has none. Which database it is of, nobody
// knows: it has a name, and no identity.
func (a *Archiver) describe(ctx context.Context, file string, r archive.Report) *Manifest {
	now, c := a.Now(), r.Contents
	made := now
	if info, err := os.Stat(file); err == nil && info.ModTime().Before(now) {
		made = info.ModTime()
	}
	if c.CreatedAt != nil && c.CreatedAt.Before(now) {
		made = *c.CreatedAt
	}
	name := c.Database
	if name == "" {
		name = safeName(filepath.Base(file))
	}
	return &Manifest{ID: newID(now), Kind: c.Kind, Format: c.Format, Version: c.Version, DumpedBy: c.DumpedBy, CreatedAt: made.UTC(),
		Purpose: Imported, By: ActorOf(ctx), Source: archive.Source{Name: name}, Bytes: c.Bytes, Compression: c.Compression, Encrypted: c.Encrypted,
		SHA256: r.SHA256, PayloadSHA256: r.PayloadSHA256, Tables: c.Tables}
}

// SetNote changes what a person says of a backup: in its manifest, and in the catalogue.
func (a *Archiver) SetNote(ctx context.Context, id, note string) (Entry, error) {
	a.moving.Lock()
	defer a.moving.Unlock()
	e, err := a.Catalog.Get(ctx, id)
	if err != nil || e.Manifest.Note == note {
		return e, err
	}
	old, written := e.Manifest, there(e.File) // of a file that is away the catalogue alone knows
	e.Manifest.Note = note
	if written {
		if err := archive.WriteManifest(e.File, &e.Manifest); err != nil {
			return e, err
		}
	}
	changed, err := a.Change(ctx, id, func(now *Entry) { now.Manifest.Note = note })
	if err == nil || !written {
		return changed, err
	}
	if !there(e.File) { // another Cofre has put it aside meanwhile
		return e, errors.Join(err, os.Remove(archive.ManifestPath(e.File)))
	}
	return e, errors.Join(err, archive.WriteManifest(e.File, &old))
}
