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
	held, err := swapper.BuildAside(ctx, p.Target, file, names, run.Update)
	if err != nil {
		return err
	}
	if err := cmp.Or(r.compare(ctx, p, held, run), same()); err != nil {
		return errors.Join(err, swapper.DropAside(context.WithoutCancel(ctx), p.Target, names.Aside))
	}
	if err := run.Step(ctx, StepSwap); err != nil {
		return errors.Join(err, swapper.DropAside(context.WithoutCancel(ctx), p.Target, names.Aside))
	}
	run.NoCancel()
	return r.swap(context.WithoutCancel(ctx), swapper, p, names, run, res)
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

// compare says whether what was built holds what the archive holds.
func (r *Restorer) compare(ctx context.Context, p Plan, held Contents, run Run) error {
	if err := run.Step(ctx, StepCompare); err != nil {
		return err
	}
	if d := firstDifference(held.Tables, p.Archive.Contents.Tables); d != "" {
		return errs.New(errs.Corrupt, "restore.differs_aside", errs.Args{"table": d})
	}
	return nil
}

// swap swaps t for names.Aside. Where the answer is lost, it looks which of the two
// is live.
func (r *Restorer) swap(ctx context.Context, swapper Swapper, p Plan, names Names, run Run, res *Result) error {
	if err := swapper.Swap(ctx, p.Target, names); err != nil {
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
	res.Status, res.Kept, res.After = Succeeded, names.Before, p.Archive.Contents
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
