package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// Restorer plans restores and runs them:
//
//	stage   unpack, check the hash, read the whole file: it must be good. A PostgreSQL
//	        archive that the catalogue knows was read whole when it was made: its hash
//	        is enough
//	safety  a backup of the database as it is; if it fails, nothing is changed. A
//	        database that is itself broken is kept byte for byte instead (Rescuer)
//	apply   the engine puts the new content in, in one transaction
//	verify  the database is compared with the archive
//	undo    when verify failed: the safety backup goes back in
//
// Where the engine can build beside the live database (Swapper), the last three are
//
//	build   the new content in a database of its own
//	compare that database with the archive; until here the live one was not touched
//	swap    the two, in one transaction; the old one is kept
//
// Where the target has an Around, its application steps aside after stage, and
// comes back at the end, whatever that is.
//
// One restore at a time and target is the caller's to ensure.
type Restorer struct {
	Archiver *Archiver
	Migrator Migrator
	Work     string // folder for temporary files, made when missing

	// Own says whether a file is Cofre's own, state.db or a backup: nothing is restored
	// over those. Optional.
	Own func(path string) bool
	// Free returns the bytes that are free on the volume of a path. Optional.
	Free func(path string) (int64, error)
	// Expected returns how long a step is expected to take, 0 where unknown. Optional.
	Expected func(t Target, s StepName, bytes int64) time.Duration
}

// undoLimit is how long taking a change back may take before it is called damaged.
// It cannot be cancelled, so it needs an end of its own.
const undoLimit = 2 * time.Hour

// Restore runs a plan that the person has agreed to. It plans again first, and
// refuses a plan that is blocked (the blocker's error), out of date (errs.Stale)
// or not consented to (errs.Consent), having changed nothing.
//
// The result always has a status. With Untouched the error is the cause; with
// RolledBack and Damaged its code is errs.RolledBack or errs.Damaged and the cause
// is wrapped; with Succeeded it is nil.
func (r *Restorer) Restore(ctx context.Context, seen Plan, given []Consent, run Run) (Result, error) {
	began := r.Archiver.Now()
	res := Result{Status: Untouched, Mode: seen.Mode, Method: seen.Method}
	err := r.restore(ctx, seen, given, run, &res)
	res.Took = r.Archiver.Now().Sub(began)
	return res, err
}

func (r *Restorer) restore(ctx context.Context, seen Plan, given []Consent, run Run, res *Result) error {
	p, err := r.again(ctx, seen)
	if err != nil {
		return err
	}
	p.Vacant = seen.Vacant
	res.Mode, res.Method, res.Before = p.Mode, p.Method, p.Current
	if err := cmp.Or(p.blocked(), stale(seen, p), r.vacant(p, p.Current)); err != nil {
		return err
	}
	if err := p.Agreed(given); err != nil {
		return err
	}

	if p.Kept != "" {
		return r.around(ctx, p, run, res, func() error { return r.swapBack(ctx, p, run, res) })
	}
	if err := run.Step(ctx, StepStage); err != nil {
		return err
	}
	file, release, err := r.stage(ctx, p, run)
	if err != nil {
		return err
	}
	defer release()
	same, err := watching(p.Archive.File)
	if err != nil {
		return err
	}

	return r.around(ctx, p, run, res, func() error { return r.change(ctx, p, file, same, run, res) })
}

// change replaces what the target holds, by the method of the plan.
func (r *Restorer) change(ctx context.Context, p Plan, file string, same func() error, run Run, res *Result) (err error) {
	if p.Method != SideDatabase {
		return r.secured(ctx, p, file, same, run, res)
	}
	if err := run.Step(ctx, StepSafety); err != nil {
		return err
	}
	if res.Safety, err = r.safety(ctx, p, run); err != nil {
		return err
	}
	return r.aside(ctx, p, file, same, run, res)
}

// again plans once more what was planned.
func (r *Restorer) again(ctx context.Context, seen Plan) (Plan, error) {
	if seen.Kept != "" {
		return r.planSwapBack(ctx, seen.Target, seen.Kept)
	}
	return r.plan(ctx, seen.Archive, seen.Target)
}

// inPlace puts the new content into the live database, in one transaction, and
// takes it back when it is not what it should be.
func (r *Restorer) inPlace(ctx context.Context, p Plan, into Held, file string, same func() error, run Run, res *Result) error {
	if err := same(); err != nil {
		return err
	}
	if err := run.Step(ctx, StepApply); err != nil {
		return err
	}
	held, report, err := r.apply(ctx, p, into, file, run)
	into.Release() // what follows has connections of its own
	if err != nil {
		if errs.CodeOf(err) == errs.Damaged { // the engine can't say what it left
			res.Status = Damaged
			return err
		}
		return err
	}

	// The new content is in: from here on it is finished, or taken back.
	run.NoCancel()
	ctx = context.WithoutCancel(ctx)
	checked := false
	if err = run.Step(ctx, StepVerify); err == nil {
		res.After, checked, err = r.verify(ctx, p, held, run)
	}
	if err == nil {
		err = same()
	}
	if err != nil {
		return r.undo(ctx, p, err, run, res)
	}
	res.Status, res.Verified, res.Report = Succeeded, checked, report
	res.Warn(uncompared(p.Target, held))
	return nil
}

// watching returns a function that says whether a file is still the one that it is
// now: what was read and judged is what has to go in.
func watching(path string) (same func() error, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, archive.FileError(err, path)
	}
	return func() error { return unchanged(path, info) }, nil
}

// stage makes sure that the file is whole and good, and returns it without its
// layers. What is read here is what goes in: a file that changes meanwhile is
// refused.
func (r *Restorer) stage(ctx context.Context, p Plan, run Run) (file string, release func(), err error) {
	if err := r.MakeWork(); err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp(r.Work, "stage-")
	if err != nil {
		return "", nil, archive.FileError(err, r.Work)
	}
	clean := func() { os.RemoveAll(dir) }
	defer func() {
		if err != nil {
			clean()
		}
	}()
	info, err := os.Stat(p.Archive.File)
	if err != nil {
		return "", nil, archive.FileError(err, p.Archive.File)
	}
	progress := bytesOf(run, filepath.Base(p.Archive.File))
	file, unwrapped, err := archive.Unwrap(ctx, p.Archive.File, dir, progress)
	if err != nil {
		return "", nil, err
	}
	clean = func() { unwrapped(); os.RemoveAll(dir) }
	read, err := r.judge(ctx, p, file, dir, progress)
	if err != nil {
		return "", nil, err
	}
	if m := p.Archive.Manifest; m != nil && m.PayloadSHA256 != "" && read.PayloadSHA256 != m.PayloadSHA256 {
		return "", nil, errs.New(errs.Corrupt, "archive.hash", errs.Args{"file": filepath.Base(p.Archive.File)})
	}
	if d := firstDifference(read.Contents.Tables, p.Archive.Contents.Tables); d != "" {
		return "", nil, errs.New(errs.Stale, "restore.stale", errs.Args{"what": d})
	}
	run.Log(fmt.Sprintf("stage read=ok tables=%d rows=%d broken_references=%d", len(read.Contents.Tables), p.Archive.Contents.Rows(), read.ForeignKeyViolations))
	return file, clean, unchanged(p.Archive.File, info)
}

// MakeWork makes the folder for temporary files.
func (r *Restorer) MakeWork() error { return archive.FileError(os.MkdirAll(r.Work, 0o700), r.Work) }

// safety makes the backup that takes the restore back.
func (r *Restorer) safety(ctx context.Context, p Plan, run Run) (*Archive, error) {
	e, err := r.Archiver.Backup(ctx, p.Target, BackupOptions{Purpose: Safety}, quiet{run})
	if err != nil {
		return nil, err
	}
	run.Log("safety file=" + filepath.Base(e.File))
	contents := Contents{Kind: e.Manifest.Kind, Format: e.Manifest.Format, Version: e.Manifest.Version, Bytes: e.Manifest.Bytes, Compression: e.Manifest.Compression, Tables: e.Manifest.Tables}
	return &Archive{ID: e.Manifest.ID, File: e.File, Contents: contents, Manifest: &e.Manifest}, cmp.Or(run.Safety(ctx, e), r.vacant(p, contents))
}

// vacant refuses a plan that is for a database without rows where there are some.
func (r *Restorer) vacant(p Plan, held Contents) error {
	if !p.Vacant || r.Empty(held) {
		return nil
	}
	return errs.New(errs.Stale, "restore.not_vacant", errs.Args{"target": p.Target.Name})
}

func (r *Restorer) apply(ctx context.Context, p Plan, into Held, file string, run Run) (Contents, *Report, error) {
	if p.Mode == Migrate {
		m, err := r.Migrator.Migrate(ctx, p.Target, into, p.Archive, file, run.Update)
		return m.Contents, m.Report, err
	}
	held, err := into.Restore(ctx, file, run.Update)
	return held, nil, err
}

// uncompared says what of a restore that has succeeded could not be compared.
func uncompared(t Target, made Contents) error {
	if !made.ObjectsDenied {
		return nil
	}
	return errs.New(errs.Denied, "restore.objects_denied", errs.Args{"target": t.Name})
}

// verify compares what went in with the archive and lets the engine check the
// database as it is. It returns what the database holds now, and whether that was
// looked at. An error is evidence of a difference or of damage: that the check could
// not be made, because another program has locked the database, or the server is
// gone, is none.
func (r *Restorer) verify(ctx context.Context, p Plan, held Contents, run Run) (now Contents, checked bool, err error) {
	engine := r.Archiver.Engines[p.Target.Kind]
	if p.Mode == Replace {
		if d := firstDifference(held.Tables, p.Archive.Contents.Tables); d != "" {
			return held, false, errs.New(errs.Corrupt, "restore.differs", errs.Args{"table": d})
		}
	}
	if c, ok := engine.(Checker); ok {
		err := c.Check(ctx, p.Target, run.Update)
		if errs.CodeOf(err) == errs.Corrupt {
			return held, false, err
		}
		if err != nil {
			run.Log("verify check=" + errs.Of(err).Reason)
			return held, false, nil
		}
	}
	now, err = engine.Probe(ctx, p.Target)
	switch {
	case errs.CodeOf(err) == errs.Corrupt:
		return held, false, err
	case err != nil:
		run.Log("verify probe=" + errs.Of(err).Reason)
		return held, false, nil
	}
	run.Log(fmt.Sprintf("verify tables=%d rows=%d", len(now.Tables), now.Rows()))
	return now, true, nil
}

// undo puts the old content back. It can't be cancelled.
func (r *Restorer) undo(ctx context.Context, p Plan, cause error, run Run, res *Result) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), undoLimit)
	defer stop()
	run.NoCancel()
	run.Log("undo because=" + errs.Of(cause).Reason)
	journal := run.Step(ctx, StepUndo) // the old content matters more than the note of it
	back, err := r.putBack(ctx, p, res.Safety, run)
	if err != nil {
		res.Status = Damaged
		return damaged(p.Target, res, errors.Join(cause, err, journal))
	}
	res.Status, res.After = RolledBack, back
	return errs.New(errs.RolledBack, "restore.rolled_back", errs.Args{"target": p.Target.Name}).Because(errors.Join(cause, journal))
}

// damaged says where the content is that could not be put back.
func damaged(t Target, res *Result, cause error) error {
	if res.KeptFile != "" {
		return errs.New(errs.Damaged, "restore.damaged_rescue", errs.Args{"target": t.Name, "kept": res.KeptFile}).Because(cause)
	}
	return errs.New(errs.Damaged, "restore.damaged", errs.Args{"target": t.Name, "safety": safetyFile(res)}).Because(cause)
}

func (r *Restorer) putBack(ctx context.Context, p Plan, safety *Archive, run Run) (Contents, error) {
	if rescuer, ok := r.Archiver.Engines[p.Target.Kind].(Rescuer); ok && p.KeepAs != "" {
		return p.Current, rescuer.PutBack(ctx, p.Target, p.KeepAs)
	}
	if safety == nil { // there was no database before
		if err := os.Remove(p.Target.Path); err != nil {
			return Contents{}, archive.FileError(err, p.Target.Path)
		}
		return p.Current, nil
	}
	back, err := r.Archiver.Engines[p.Target.Kind].Restore(ctx, p.Target, safety.File, run.Update)
	if err == nil && !slices.Equal(back.Tables, safety.Contents.Tables) {
		err = errs.New(errs.Corrupt, "restore.differs", errs.Args{"table": firstDifference(back.Tables, safety.Contents.Tables)})
	}
	return back, err
}

// quiet runs a backup inside a restore's step: its own steps are not the restore's.
type quiet struct{ Run }

func (quiet) Step(ctx context.Context, _ StepName) error { return ctx.Err() }

// bytesOf reports bytes of item as progress.
func bytesOf(run Run, item string) func(done, total int64) {
	return func(done, total int64) { run.Update(Update{Done: done, Total: total, Unit: "bytes", Item: item}) }
}
