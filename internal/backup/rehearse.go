package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// StepLend starts a private server for a rehearsal.
const StepLend StepName = "lend"

// RehearsalSteps are those of a rehearsal, which takes the same as a restore aside
// up to the swap.
var RehearsalSteps = []StepName{StepStage, StepBuild, StepCompare}

// Rehearse is Verify, and then restores the backup: an SQLite file into a temporary
// file; a PostgreSQL archive into a database beside on, or into a private server of
// this machine where on is nil or nothing can be made beside it. What came out is
// compared with the backup and taken away again. No live database is touched.
//
// What speaks against the file is errs.Corrupt "rehearse.failed" and fails the
// backup. Anything else that kept it from being restored (a server, a right, a
// disk) is "rehearse.not_possible" with the code of its cause: the backup is then as
// good as its reading was.
func (r *Restorer) Rehearse(ctx context.Context, ref Ref, on *Target, run Run) (Verdict, error) {
	began := r.Archiver.Now()
	if err := run.Step(ctx, StepStage); err != nil {
		return Verdict{}, err
	}
	v, unread := r.verdict(ctx, ref, run)
	err := unread
	if err == nil {
		v.Rehearsal, err = r.rehearse(ctx, ref, v, on, run)
	}
	if v.Rehearsal != nil {
		v.Rehearsal.At, v.Rehearsal.Took = r.Archiver.Now(), r.Archiver.Now().Sub(began)
	}
	return v, errors.Join(err, r.mark(ctx, ref, v, unread, err))
}

// reasonFailed is what the building and the comparing say of a file.
const reasonFailed = "rehearse.failed"

// failed says that err, which came of restoring the file, speaks against it.
func failed(path string, err error) error {
	return errs.New(errs.Corrupt, reasonFailed, errs.Args{"file": filepath.Base(path)}).Because(err)
}

// rehearse returns what the restoring has told of the file, nil for nothing.
func (r *Restorer) rehearse(ctx context.Context, ref Ref, v Verdict, on *Target, run Run) (*Rehearsal, error) {
	path, _, err := r.manifest(ctx, ref)
	if err != nil {
		return nil, err
	}
	done := &Rehearsal{}
	if places, ok := r.Archiver.Engines[v.Contents.Kind].(Rehearser); ok {
		err = (&rehearsing{r, places, path, v.Contents, run, done}).somewhere(ctx, on)
	} else {
		err = r.rehearseFile(ctx, path, v, run)
	}
	for _, left := range done.Left {
		if err != nil { // else they are said beside the result
			err = errors.Join(err, left)
		}
	}
	switch code := errs.CodeOf(err); {
	case err == nil:
		return done, nil
	case ctx.Err() != nil: // whatever came of it
		run.Log("rehearse cancelled=" + errs.Of(err).Reason)
		return nil, ctx.Err()
	case code == errs.Cancelled:
		return nil, err
	case errs.Of(err).Reason == reasonFailed:
		done.Failure = errs.Of(err)
		return done, err
	default:
		if code == errs.Corrupt { // of a server or a copy: the file was read whole
			code = errs.Unavailable
		}
		return nil, errs.New(code, "rehearse.not_possible", errs.Args{"file": filepath.Base(path)}).Because(err)
	}
}

// unwrapped gives do the file without its layer, and sees to it that it is still the
// one that was read when do is through.
func (r *Restorer) unwrapped(ctx context.Context, path string, run Run, do func(file string) error) error {
	same, err := watching(path)
	if err != nil {
		return err
	}
	file, release, err := archive.Unwrap(ctx, path, r.Work, bytesOf(run, filepath.Base(path)))
	defer release()
	if err == nil {
		err = do(file)
	}
	if changed := same(); changed != nil { // what was found is of another file
		return changed
	}
	return err
}

// rehearseFile restores an SQLite file as a missing database is restored, checks
// the new one as the old was checked, and compares all rows.
func (r *Restorer) rehearseFile(ctx context.Context, path string, v Verdict, run Run) error {
	dir, err := os.MkdirTemp(r.Work, "stage-")
	if err != nil {
		return archive.FileError(err, r.Work)
	}
	defer os.RemoveAll(dir)
	t := Target{Kind: v.Contents.Kind, Name: filepath.Base(path), Path: filepath.Join(dir, "rehearsal.sqlite3")}
	if err := run.Step(ctx, StepBuild); err != nil {
		return err
	}
	return r.unwrapped(ctx, path, run, func(file string) error {
		if _, err := r.Archiver.Engines[t.Kind].Restore(ctx, t, file, run.Update); err != nil {
			return err
		}
		if err := run.Step(ctx, StepCompare); err != nil {
			return err
		}
		report, err := archive.Verify(ctx, t.Path, archive.VerifyOptions{Depth: archive.Full, TempDir: dir}, bytesOf(run, filepath.Base(path)))
		if err != nil {
			return err
		}
		d, err := r.Differ(ctx, Content{File: file, Held: v.Contents}, Content{File: t.Path, Held: report.Contents}, Choices{}, run.Update)
		if err != nil {
			return err
		}
		for _, table := range d.Tables {
			if table.Added+table.Removed+table.Changed > 0 || table.Columns || table.Before != table.After {
				return failed(path, errs.New(errs.Corrupt, "rehearse.differs", errs.Args{"table": table.Name}))
			}
		}
		if report.ForeignKeyViolations != v.ForeignKeyViolations {
			return failed(path, errs.New(errs.Corrupt, "rehearse.keys", errs.Args{"before": v.ForeignKeyViolations, "after": report.ForeignKeyViolations}))
		}
		return nil
	})
}

// rehearsing is a rehearsal on a server.
type rehearsing struct {
	*Restorer
	places Rehearser
	path   string
	held   Contents
	run    Run
	done   *Rehearsal
}

// somewhere finds a server, and restores the archive beside what is there.
func (r *rehearsing) somewhere(ctx context.Context, on *Target) error {
	if on == nil {
		return r.lent(ctx, nil)
	}
	checks, err := r.places.CanBuild(ctx, *on, r.held)
	if err != nil {
		return err
	}
	if len(checks) == 0 {
		r.done.On = on.Place()
		return r.beside(ctx, *on, true)
	}
	why := notThere(*on, checks[0])
	if checks[0].Code == "postgres.side_full" { // and a private one may be on the same disk
		return why
	}
	r.run.Log("rehearse server=own because=" + checks[0].Code)
	return r.lent(ctx, why)
}

// lent restores the archive in a private server, which is ended whatever comes of it,
// also of a defect. Why is what kept it from the person's own, which can be helped.
func (r *rehearsing) lent(ctx context.Context, why error) error {
	if err := r.run.Step(ctx, StepLend); err != nil {
		return err
	}
	var folder string
	defer func() {
		if folder != "" {
			r.leave(r.places.Reclaim(folder))
		}
	}()
	t, err := r.places.Lend(ctx, r.held, r.Work, func(made string) error {
		folder = made
		return r.run.Leave(ctx, Left{Server: made})
	})
	if err == nil {
		var checks []Check
		if checks, err = r.places.CanBuild(ctx, t, r.held); len(checks) > 0 {
			err = notThere(t, checks[0])
		}
	}
	switch {
	case err == nil:
		return r.beside(ctx, t, false)
	case why != nil && ctx.Err() == nil:
		return why
	}
	return err
}

// leave keeps what could not be taken away: it is no word on the backup, and the next
// start, or whoever reaches for the database next, tries again.
func (r *rehearsing) leave(err error) {
	if err != nil {
		r.run.Log("rehearse left=" + errs.Of(err).Reason)
		r.done.Left = append(r.done.Left, errs.Of(err))
	}
}

// notThere is why nothing can be built beside t.
func notThere(t Target, why Check) error {
	switch why.Code {
	case "postgres.newer_server":
		return errs.New(errs.Unavailable, "rehearse.older_server", why.Args)
	case "postgres.side_full":
		return errs.New(errs.Unavailable, "rehearse.server_full", why.Args)
	case "postgres.extension":
		return errs.New(errs.Unavailable, "rehearse.extensions", why.Args)
	}
	return errs.New(errs.Denied, "rehearse.not_beside", errs.Args{"target": t.Name, "why": why.Code})
}

// beside builds a database beside t. On a server that stays it is written down before,
// where a crash would leave it for somebody to find, and dropped again.
func (r *rehearsing) beside(ctx context.Context, t Target, stays bool) error {
	swapper, ok := r.Archiver.Engines[t.Kind].(Swapper)
	if !ok {
		return errs.New(errs.Internal, "internal", nil)
	}
	names, err := r.fresh(ctx, swapper, t)
	if err == nil && stays {
		err = r.run.Aside(ctx, names)
	}
	if err == nil {
		err = r.run.Step(ctx, StepBuild)
	}
	if err != nil {
		return err
	}
	return r.unwrapped(ctx, r.path, r.run, func(file string) error {
		r.run.Log("build database=" + names.Aside)
		built, err := swapper.BuildAside(ctx, t, file, names, r.run.Update)
		if err != nil {
			if r.places.Blames(err, r.held) {
				return failed(r.path, err)
			}
			return notDamaged(t, others(ctx, r.run, err))
		}
		if stays {
			defer func() { r.leave(r.drop(context.WithoutCancel(ctx), swapper, t, names)) }()
		}
		r.done.Version, r.done.Counted = built.Version, built.Counted
		if err := r.run.Step(ctx, StepCompare); err != nil {
			return err
		}
		if d := firstDifference(built.Tables, r.held.Tables); d != "" {
			return failed(r.path, errs.New(errs.Corrupt, "rehearse.differs", errs.Args{"table": d}))
		}
		return nil
	})
}

// drop drops what was built aside, and forgets its name.
func (r *rehearsing) drop(ctx context.Context, swapper Swapper, t Target, names Names) error {
	if err := swapper.DropAside(ctx, t, names.Aside); err != nil {
		return err
	}
	return r.run.Aside(ctx, Names{})
}
