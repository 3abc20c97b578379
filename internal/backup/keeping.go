package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// The steps of saving a copy, and of removing backups by rules.
const (
	StepCopy  StepName = "copy"
	StepPrune StepName = "prune"
)

// Verdict is what the deep reading of a backup found.
type Verdict struct {
	Contents             Contents
	HashKnown            bool // a manifest says what the hash must be; it was compared
	ForeignKeyViolations int64
	Rehearsal            *Rehearsal // what the restoring of it found; nil where it was not tried, or told nothing
}

// Verify reads all of a backup: its hash against the manifest, its structure, its
// rows against the manifest's. A backup of the catalogue is marked with what came
// of it; the reading itself changes no file.
func (r *Restorer) Verify(ctx context.Context, ref Ref, run Run) (Verdict, error) {
	if err := run.Step(ctx, StepReread); err != nil {
		return Verdict{}, err
	}
	v, err := r.verdict(ctx, ref, run)
	return v, errors.Join(err, r.mark(ctx, ref, v, err, err))
}

// mark keeps with a backup of the catalogue what a reading and a rehearsal have found.
// Unread says why the reading was no success, err why all of it was none. What is over
// when a cancel comes is kept: it is also said.
func (r *Restorer) mark(ctx context.Context, ref Ref, v Verdict, unread, err error) error {
	if ref.ID == "" || err != nil && ctx.Err() != nil {
		return nil //nolint:nilerr // the caller returns err
	}
	ctx = context.WithoutCancel(ctx)
	if unread != nil && !ofFile(unread) { // no verdict: a file that is away, a disk that does not answer, say nothing about the backup
		return nil
	}
	_, change := r.Archiver.Change(ctx, ref.ID, func(e *Entry) {
		e.CheckedAt = r.Archiver.Now()
		if unread != nil {
			e.State, e.Failure = Failed, errs.Of(unread)
			return
		}
		if v.Rehearsal != nil { // the file is whole, whatever came later
			e.Rehearsal = v.Rehearsal
		}
		e.State, e.Failure = Good, nil
		if e.Rehearsal != nil {
			e.State, e.Failure = e.Rehearsal.verdict()
		}
	})
	return change
}

// ofFile says whether an error of a reading is evidence against the file: not against
// a disk or a right that is missing.
func ofFile(err error) bool {
	return errs.CodeOf(err) == errs.Corrupt || errs.CodeOf(err) == errs.Invalid
}

func (r *Restorer) verdict(ctx context.Context, ref Ref, run Run) (Verdict, error) {
	path, m, err := r.manifest(ctx, ref)
	if err != nil {
		return Verdict{}, err
	}
	if err := r.MakeWork(); err != nil {
		return Verdict{}, err
	}
	report, err := archive.Verify(ctx, path, archive.VerifyOptions{Depth: archive.Full, TempDir: r.Work}, bytesOf(run, filepath.Base(path)))
	if err != nil {
		return Verdict{}, err
	}
	return against(m, path, report)
}

// against holds what was read against the manifest, which may be nil.
func against(m *Manifest, path string, report archive.Report) (Verdict, error) {
	v := Verdict{Contents: report.Contents, ForeignKeyViolations: report.ForeignKeyViolations}
	if m == nil {
		return v, nil
	}
	if m.SHA256 != "" && report.SHA256 != "" {
		if v.HashKnown = true; report.SHA256 != m.SHA256 {
			return Verdict{}, errs.New(errs.Corrupt, "archive.hash", errs.Args{"file": filepath.Base(path)})
		}
	}
	if d := firstDifference(report.Contents.Tables, m.Tables); d != "" {
		return Verdict{}, errs.New(errs.Corrupt, "archive.manifest_differs", errs.Args{"table": d})
	}
	return v, nil
}

// manifest returns the file and what it has to be: the catalogue's word for a backup
// that it knows, else the manifest beside the file.
func (r *Restorer) manifest(ctx context.Context, ref Ref) (string, *Manifest, error) {
	if ref.ID == "" {
		m, err := archive.ReadManifest(ref.Path)
		return ref.Path, m, err
	}
	e, err := r.Archiver.entry(ctx, ref.ID)
	return e.File, &e.Manifest, err
}

// Copy copies a backup and its manifest to file, which must not exist, and
// compares the copy's hash with the manifest's.
func (a *Archiver) Copy(ctx context.Context, id, file string, run Run) (archive.Manifest, error) {
	e, err := a.entry(ctx, id)
	if err != nil {
		return archive.Manifest{}, err
	}
	if err := run.Step(ctx, StepCopy); err != nil {
		return e.Manifest, err
	}
	to, err := archive.CreateFile(file)
	if err != nil {
		return e.Manifest, err
	}
	defer to.Abort()
	if err := archive.Pack(ctx, e.File, to, archive.None, nil, bytesOf(run, filepath.Base(file))); err != nil {
		return e.Manifest, err
	}
	if sum := to.SHA256(); sum != e.Manifest.SHA256 {
		return e.Manifest, errs.New(errs.Corrupt, "archive.hash", errs.Args{"file": filepath.Base(e.File)})
	}
	if err := to.Commit(); err != nil {
		return e.Manifest, err
	}
	if err := archive.WriteManifest(file, &e.Manifest); err != nil {
		return e.Manifest, errors.Join(err, os.Remove(file))
	}
	return e.Manifest, nil
}

// Delete removes a backup: its file, its manifest and its entry. What is gone
// already is no error.
func (a *Archiver) Delete(ctx context.Context, id string) (Entry, error) {
	e, err := a.Catalog.Get(ctx, id)
	if err != nil {
		return e, err
	}
	if e.File != "" {
		for _, path := range []string{e.File, archive.ManifestPath(e.File)} {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return e, archive.FileError(err, path)
			}
		}
	}
	return e, a.Catalog.Delete(ctx, id)
}

// entry returns an entry that has a file.
func (a *Archiver) entry(ctx context.Context, id string) (Entry, error) {
	e, err := a.Catalog.Get(ctx, id)
	if err == nil && e.File == "" {
		err = errs.New(errs.NotFound, "backup.failed_one", errs.Args{"id": id})
	}
	return e, err
}
