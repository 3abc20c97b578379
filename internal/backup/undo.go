package backup

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// PlanUndo plans to take a restore back: by swapping the old database back in where
// it was kept, else from its safety backup. It writes nothing. An undo is a restore:
// it has its own way back, and can be undone. With a base, the plan says what was
// written since, row by row, where that can be found out within so long: the plan
// does not depend on it.
func (r *Restorer) PlanUndo(ctx context.Context, t Target, last Record, base *Base, within time.Duration) (Plan, error) {
	p, err := r.planUndo(ctx, t, last)
	p.Undo = true
	if err == nil && base != nil {
		err = r.since(ctx, &p, *base, within)
		bySeverity(p.Checks)
	}
	return p, err
}

func (r *Restorer) planUndo(ctx context.Context, t Target, last Record) (Plan, error) {
	if s, ok := r.Archiver.Engines[t.Kind].(Swapper); ok && last.Names != nil {
		kept, err := s.Kept(ctx, t)
		if err != nil {
			return Plan{}, err
		}
		if slices.ContainsFunc(kept, func(k Kept) bool { return k.Name == last.Names.Before }) {
			return r.planSwapBack(ctx, t, last.Names.Before)
		}
	}
	if last.SafetyID == "" && last.Left.Kept != "" {
		// Going back would mean to put a broken file in the place of a good database.
		return Plan{}, errs.New(errs.NotFound, "undo.was_broken", errs.Args{"target": t.Name, "kept": last.Left.Kept})
	}
	if last.SafetyID == "" {
		return Plan{}, errs.New(errs.NotFound, "undo.nothing_before", errs.Args{"target": t.Name})
	}
	if _, err := os.Stat(last.Safety); errors.Is(err, os.ErrNotExist) {
		return Plan{}, errs.New(errs.NotFound, "undo.safety_gone", errs.Args{"file": last.Safety})
	}
	return r.Plan(ctx, Ref{ID: last.SafetyID}, t)
}

// planSwapBack plans to make a kept database the live one again.
func (r *Restorer) planSwapBack(ctx context.Context, t Target, kept string) (Plan, error) {
	engine := r.Archiver.Engines[t.Kind]
	swapper, ok := engine.(Swapper)
	if !ok {
		return Plan{}, errs.New(errs.Internal, "internal", nil)
	}
	p := Plan{MadeAt: r.Archiver.Now(), Kept: kept, Target: t, Exists: true, Mode: Replace, Method: SideDatabase,
		Steps: []Step{{Name: StepSwap}}, Consents: []Consent{ConsentOverwrite}}
	if !t.Around.none() {
		p.Steps = r.named(p, StepBefore, StepSwap, StepAfter)
		t.Around.check(&p)
	}
	var err error
	if p.Current, err = engine.Probe(ctx, t); err != nil {
		return p, err
	}
	if p.Archive.Contents, err = engine.Probe(ctx, swapper.Beside(t, kept)); err != nil {
		return p, err
	}
	p.Archive.Contents.Format = archive.FormatDatabase
	p.production()
	p.ID = planID(p)
	return p, nil
}

// swapBack runs such a plan. What was live is kept in its turn: that is the way back
// from the way back.
func (r *Restorer) swapBack(ctx context.Context, p Plan, run Run, res *Result) error {
	swapper, ok := r.Archiver.Engines[p.Target.Kind].(Swapper)
	if !ok {
		return errs.New(errs.Internal, "internal", nil)
	}
	names, err := r.fresh(ctx, swapper, p.Target)
	if err != nil {
		return err
	}
	names.Aside = p.Kept
	if err := run.Aside(ctx, names); err != nil {
		return err
	}
	if err := run.Step(ctx, StepSwap); err != nil {
		return err
	}
	run.NoCancel()
	return r.swap(context.WithoutCancel(ctx), swapper, p, p.Archive.Contents, names, run, res)
}
