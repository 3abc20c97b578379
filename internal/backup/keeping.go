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

// StepCopy is the one step of saving a copy.
const StepCopy StepName = "copy"

// Verdict is what the deep reading of a backup found.
type Verdict struct {
	Contents             Contents
	HashKnown            bool // a manifest says what the hash must be; it was compared
	ForeignKeyViolations int64
}

// Verify reads all of a backup: its hash against the manifest, its structure, its
// rows against the manifest's. A backup of the catalogue is marked good or failed
// with what came of it; the reading itself changes no file.
func (r *Restorer) Verify(ctx context.Context, ref Ref, run Run) (Verdict, error) {
	v, err := r.verdict(ctx, ref, run)
	if ref.ID == "" || ctx.Err() != nil {
		return v, err
	}
	e, get := r.Archiver.Catalog.Get(ctx, ref.ID)
	if get != nil {
		return v, errors.Join(err, get)
	}
	switch code := errs.CodeOf(err); code {
	case "":
		e.State, e.Failure = Good, nil
	case errs.Corrupt, errs.Invalid:
		e.State, e.Failure = Failed, errs.Of(err)
	default: // no verdict: a file that is away, a disk that does not answer, say nothing about the backup
		return v, err
	}
	e.CheckedAt = r.Archiver.Now()
	return v, errors.Join(err, r.Archiver.Catalog.Put(ctx, e))
}

func (r *Restorer) verdict(ctx context.Context, ref Ref, run Run) (Verdict, error) {
	var v Verdict
	if err := run.Step(ctx, StepReread); err != nil {
		return v, err
	}
	path, m, err := r.manifest(ctx, ref)
	if err != nil {
		return v, err
	}
	if err := os.MkdirAll(r.Work, 0o700); err != nil {
		return v, archive.FileError(err, r.Work)
	}
	report, err := archive.Verify(ctx, path, archive.VerifyOptions{Depth: archive.Full, TempDir: r.Work}, bytesOf(run, filepath.Base(path)))
	if err != nil {
		return v, err
	}
	if m != nil && m.SHA256 != "" && report.SHA256 != "" {
		if v.HashKnown = true; report.SHA256 != m.SHA256 {
			return v, errs.New(errs.Corrupt, "archive.hash", errs.Args{"file": filepath.Base(path)})
		}
	}
	v.Contents, v.ForeignKeyViolations = report.Contents, report.ForeignKeyViolations
	if m != nil {
		if d := firstDifference(report.Contents.Tables, m.Tables); d != "" {
			return v, errs.New(errs.Corrupt, "archive.manifest_differs", errs.Args{"table": d})
		}
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
	if err := archive.Pack(ctx, e.File, to, archive.None, bytesOf(run, filepath.Base(file))); err != nil {
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
