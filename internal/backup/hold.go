package backup

import (
	"context"

	"cofre/internal/errs"
)

// Holder is what an engine may also offer: to see to it that no row falls between
// a safety backup and the restore that follows it. Such a row would be in neither.
type Holder interface {
	// Hold begins a restore of t, which exists. From here on, what other programs write
	// into t waits, or makes the restore fail; they can read, and t can be dumped.
	Hold(ctx context.Context, t Target) (Held, error)
}

// Held is a restore that has begun. One goroutine uses it.
type Held interface {
	// Restore is Engine.Restore. When somebody has written since Hold, it fails with the
	// reason ReasonWritten and has changed nothing. It is called once at most.
	Restore(ctx context.Context, file string, p Progress) (Contents, error)
	// Release lets the others write again, where Restore has not; again is harmless.
	Release()
}

// ReasonWritten is why a held restore did not take place.
const ReasonWritten = "restore.written"

// safetyTries is how often a safety backup is made again because a program wrote
// while it was made.
const safetyTries = 3

// Creator is what an engine may also offer, whose databases a restore can make.
type Creator interface {
	// Create makes t, which is not there; errs.Stale when it is, and then nothing has
	// changed. Else it is Engine.Restore.
	Create(ctx context.Context, t Target, file string, p Progress) (Contents, error)
}

// creating makes a database that was not there when it was planned: one that has
// appeared since has no safety backup.
type creating struct {
	Creator
	target Target
}

func (c creating) Restore(ctx context.Context, file string, p Progress) (Contents, error) {
	return c.Create(ctx, c.target, file, p)
}

func (creating) Release() {}

// unheld restores without holding before.
type unheld struct {
	engine Engine
	target Target
}

func (u unheld) Restore(ctx context.Context, file string, p Progress) (Contents, error) {
	return u.engine.Restore(ctx, u.target, file, p)
}

func (unheld) Release() {}

func hold(ctx context.Context, e Engine, t Target) (Held, error) {
	if h, ok := e.(Holder); ok {
		return h.Hold(ctx, t)
	}
	return unheld{e, t}, nil
}

// secured makes the safety backup, or keeps a broken database aside, and changes the
// live one. Where a program wrote between the two, nothing has changed yet, and the
// backup is made again.
func (r *Restorer) secured(ctx context.Context, p Plan, file string, same func() error, run Run, res *Result) error {
	for try := 1; ; try++ {
		err := r.securedOnce(ctx, p, file, same, run, res)
		if err == nil || errs.Of(err).Reason != ReasonWritten || res.Status != Untouched {
			return err
		}
		res.KeptFile = "" // what was kept is not what is there
		if try == safetyTries {
			return err
		}
		run.Log("safety again=written")
	}
}

func (r *Restorer) securedOnce(ctx context.Context, p Plan, file string, same func() error, run Run, res *Result) error {
	engine := r.Archiver.Engines[p.Target.Kind]
	var held Held = unheld{engine, p.Target}
	switch {
	case p.KeepAs != "":
		var err error
		if held, err = r.keep(ctx, &p, run, res); err != nil {
			return err
		}
	case p.Exists:
		if err := run.Step(ctx, StepSafety); err != nil {
			return err
		}
		var err error
		if held, err = hold(ctx, engine, p.Target); err != nil {
			return err
		}
		defer held.Release()
		if res.Safety, err = r.safety(ctx, p, run); err != nil {
			return err
		}
	default:
		if c, ok := engine.(Creator); ok {
			held = creating{c, p.Target}
		}
	}
	return r.inPlace(ctx, p, held, file, same, run, res)
}
