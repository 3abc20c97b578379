package backup

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"cofre/internal/errs"
)

// aside builds the new content beside the live database, compares it there and
// swaps the two. Nothing that fails before the swap has touched the live database;
// a swap that fails has not either.
func (r *Restorer) aside(ctx context.Context, p Plan, file string, same func() error, run Run, res *Result) error {
	engine := r.Archiver.Engines[p.Target.Kind]
	swapper, ok := engine.(Swapper)
	if !ok {
		return errs.New(errs.Internal, "internal", nil)
	}
	names, err := r.fresh(ctx, swapper, p.Target)
	if err != nil {
		return err
	}
	if err := cmp.Or(same(), run.Aside(ctx, names)); err != nil {
		return err
	}
	if err := run.Step(ctx, StepBuild); err != nil {
		return err
	}
	run.Log("build database=" + names.Aside)
	built, err := r.build(ctx, swapper, p, file, names, run)
	if err != nil {
		return notDamaged(p.Target, others(ctx, run, err))
	}
	err = cmp.Or(r.compare(ctx, p, built.Contents, run), same())
	if err == nil {
		err = run.Step(ctx, StepSwap)
	}
	if err != nil {
		return errors.Join(err, swapper.DropAside(context.WithoutCancel(ctx), p.Target, names.Aside))
	}
	run.NoCancel()
	if err := r.swap(context.WithoutCancel(ctx), swapper, p, built.Contents, names, run, res); err != nil {
		if taken(err) {
			err = errors.Join(err, swapper.DropAside(context.WithoutCancel(ctx), p.Target, names.Aside))
		}
		return err
	}
	res.Warn(uncompared(p.Target, built.Contents))
	res.Report = built.Report
	return nil
}

// build makes the database aside and fills it: from the archive, or, in a migration,
// a copy of the live one from the file of another kind. An error leaves nothing behind.
func (r *Restorer) build(ctx context.Context, swapper Swapper, p Plan, file string, names Names, run Run) (built Migrated, err error) {
	if p.Mode != Migrate {
		filled, err := swapper.BuildAside(ctx, p.Target, file, names, run.Update)
		return Migrated{Contents: filled.Contents}, err
	}
	unchanged, err := swapper.CopyAside(ctx, p.Target, names, r.Migrator.Keeps(), run.Update)
	if err != nil {
		return built, err
	}
	into, err := hold(ctx, r.Archiver.Engines[p.Target.Kind], swapper.Beside(p.Target, names.Aside))
	if err == nil {
		built, err = r.Migrator.Migrate(ctx, p.Target, into, p.Archive, file, run.Update)
		into.Release()
	}
	if err == nil {
		err = unchanged(ctx) // an application may have brought its tables up to date meanwhile
	}
	if err != nil {
		return built, errors.Join(err, swapper.DropAside(context.WithoutCancel(ctx), p.Target, names.Aside))
	}
	return built, nil
}

func taken(err error) bool { return err != nil && errs.Of(err).Reason == ReasonTaken }

// others forgets names that turned out to be another's: a crash from here on must not
// lead anybody to take what is theirs away.
func others(ctx context.Context, run Run, err error) error {
	if !taken(err) {
		return err
	}
	return errors.Join(err, run.Aside(context.WithoutCancel(ctx), Names{}))
}

// notDamaged makes a lost server of an engine that can't say what it left in the
// database aside: the live one was not touched.
func notDamaged(t Target, err error) error {
	if errs.CodeOf(err) != errs.Damaged {
		return err
	}
	return errs.New(errs.Unavailable, "restore.side_lost", errs.Args{"target": t.Name}).Because(err)
}

// fresh returns names that no kept database has: two restores can begin in one
// second.
func (r *Restorer) fresh(ctx context.Context, swapper Swapper, t Target) (Names, error) {
	kept, err := swapper.Kept(ctx, t)
	if err != nil {
		return Names{}, err
	}
	for at := r.Archiver.Now(); ; at = at.Add(time.Second) {
		names := swapper.NamesFor(t, at)
		if !slices.ContainsFunc(kept, func(k Kept) bool { return k.Name == names.Before }) {
			return names, nil
		}
	}
}

// compare says whether what was built holds what the archive holds. A migrator has
// compared value by value already.
func (r *Restorer) compare(ctx context.Context, p Plan, held Contents, run Run) error {
	if p.Mode == Migrate {
		return nil
	}
	if err := run.Step(ctx, StepCompare); err != nil {
		return err
	}
	if d := firstDifference(held.Tables, p.Archive.Contents.Tables); d != "" {
		return errs.New(errs.Corrupt, "restore.differs_aside", errs.Args{"table": d})
	}
	return nil
}

// swap swaps t for names.Aside, in which was counted what is held. Where the answer is
// lost, it looks which of the two is live.
func (r *Restorer) swap(ctx context.Context, swapper Swapper, p Plan, held Contents, names Names, run Run, res *Result) error {
	err := swapper.Swap(ctx, p.Target, names)
	switch {
	case err == nil:
	case taken(err): // what Settle would find is theirs
		return others(ctx, run, err)
	default:
		side, settle := swapper.Settle(ctx, p.Target, names)
		switch {
		case settle != nil: // it is one of the two, and whoever reaches the database next settles which
			res.Status = Damaged
			return errs.New(errs.Damaged, "restore.side_unknown", errs.Args{"target": p.Target.Name, "safety": safetyFile(res)}).Because(errors.Join(err, settle))
		case side != NewSide:
			return err
		}
		run.Log("swap answer=lost state=new")
	}
	res.Status, res.Kept, res.After = Succeeded, names.Before, held
	after, err := r.Archiver.Engines[p.Target.Kind].Probe(ctx, p.Target)
	if err != nil { // it is in; only a second look is missing
		run.Log("swap probe=" + errs.Of(err).Reason)
	} else {
		res.After = after
	}
	// What was built aside was compared there. What is swapped back is compared now.
	res.Verified = p.Kept == "" || err == nil && slices.Equal(res.After.Tables, p.Archive.Contents.Tables)
	return nil
}

func safetyFile(res *Result) string {
	if res.Safety == nil {
		return ""
	}
	return res.Safety.File
}
