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
	v, err := r.verdict(ctx, ref, run)
	if err == nil {
		v.Rehearsal, err = r.rehearse(ctx, ref, v, on, run)
	}
	if v.Rehearsal != nil {
		v.Rehearsal.At, v.Rehearsal.Took = r.Archiver.Now(), r.Archiver.Now().Sub(began)
	}
	return v, r.mark(ctx, ref, v, err)
}

// rehearse returns what the restoring has told of the file, nil for nothing.
func (r *Restorer) rehearse(ctx context.Context, ref Ref, v Verdict, on *Target, run Run) (*Rehearsal, error) {
	path, _, err := r.manifest(ctx, ref)
	if err != nil {
		return nil, err
	}
	done, blames := &Rehearsal{}, ofFile
	if places, ok := r.Archiver.Engines[v.Contents.Kind].(Rehearser); ok {
		blames = func(err error) bool { return places.Blames(err, v.Contents) }
		err = r.rehearseServer(ctx, places, path, v.Contents, on, run, done)
	} else {
		err = r.rehearseFile(ctx, path, v, run)
	}
	args := errs.Args{"file": filepath.Base(path)}
	switch code := errs.CodeOf(err); {
	case err == nil:
		return done, nil
	case ctx.Err() != nil: // whatever came of it
		run.Log("rehearse cancelled=" + errs.Of(err).Reason)
		return nil, ctx.Err()
	case code == errs.Cancelled:
		return nil, err
	case blames(err):
		done.Failure = errs.New(errs.Corrupt, "rehearse.failed", args).Because(err)
		return done, done.Failure
	default:
		return nil, errs.New(code, "rehearse.not_possible", args).Because(err)
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
				return errs.New(errs.Corrupt, "rehearse.differs", errs.Args{"table": table.Name})
			}
		}
		if report.ForeignKeyViolations != v.ForeignKeyViolations {
			return errs.New(errs.Corrupt, "rehearse.keys", errs.Args{"before": v.ForeignKeyViolations, "after": report.ForeignKeyViolations})
		}
		return nil
	})
}

// rehearseServer finds a server, and restores the archive beside what is there.
func (r *Restorer) rehearseServer(ctx context.Context, places Rehearser, path string, held Contents, on *Target, run Run, done *Rehearsal) error {
	var why error
	if on != nil {
		checks, err := places.CanBuild(ctx, *on, held)
		if err != nil {
			return err
		}
		if len(checks) == 0 {
			done.On = on.Place()
			return r.rehearseBeside(ctx, *on, path, held, run, done, true)
		}
		why = notThere(*on, checks[0])
		if checks[0].Code == "postgres.side_full" { // and a private one may be on the same disk
			return why
		}
		run.Log("rehearse server=own because=" + checks[0].Code)
	}
	if err := run.Step(ctx, StepLend); err != nil {
		return err
	}
	var folder string
	lent, err := places.Lend(ctx, held, r.Work, func(made string) error {
		folder = made
		return run.Leave(ctx, Left{Server: made})
	})
	if err == nil {
		var checks []Check
		if checks, err = places.CanBuild(ctx, lent, held); len(checks) > 0 {
			err = notThere(lent, checks[0])
		}
	}
	switch {
	case err == nil:
		err = r.rehearseBeside(ctx, lent, path, held, run, done, false)
	case why != nil && ctx.Err() == nil: // the person's own server is what can be helped
		err = why
	}
	if folder != "" {
		err = errors.Join(err, places.Reclaim(folder))
	}
	return err
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

// rehearseBeside builds a database beside t and drops it again. It is written down
// before where a crash would leave it for somebody to find.
func (r *Restorer) rehearseBeside(ctx context.Context, t Target, path string, held Contents, run Run, done *Rehearsal, noted bool) error {
	swapper, ok := r.Archiver.Engines[t.Kind].(Swapper)
	if !ok {
		return errs.New(errs.Internal, "internal", nil)
	}
	names, err := r.fresh(ctx, swapper, t)
	if err == nil && noted {
		err = run.Aside(ctx, names)
	}
	if err == nil {
		err = run.Step(ctx, StepBuild)
	}
	if err != nil {
		return err
	}
	return r.unwrapped(ctx, path, run, func(file string) error {
		run.Log("build database=" + names.Aside)
		built, err := swapper.BuildAside(ctx, t, file, names, run.Update)
		if err != nil {
			return notDamaged(t, err)
		}
		done.Version = built.Version
		if err = run.Step(ctx, StepCompare); err == nil {
			if d := firstDifference(built.Tables, held.Tables); d != "" {
				err = errs.New(errs.Corrupt, "rehearse.differs", errs.Args{"table": d})
			}
		}
		return errors.Join(err, swapper.DropAside(context.WithoutCancel(ctx), t, names.Aside))
	})
}
