package backup

import (
	"cmp"
	"context"
	"time"

	"cofre/internal/errs"
)

// Rescuer is what an engine may also offer: to replace a live database that is
// itself broken. No safety backup can be made of it, and so it is kept aside byte
// for byte first; a consent of its own says so. What a restore went over is never removed.
type Rescuer interface {
	// Broken says whether err, of Probe, Dump or Check, means that the live database
	// itself is broken and could be kept. A folder in its place, a lock or a missing
	// right is not that.
	Broken(err error) bool

	// KeepAs is the file that t would be kept as at that time: a free name beside it.
	KeepAs(t Target, at time.Time) string

	// Keep copies t and what belongs to it to kept, which must not exist: every byte is
	// on the disk and has been compared when it returns. An error leaves no copy, and
	// t is not touched in any case. What it returns is the restore over t, which fails
	// with ReasonWritten where t is no longer what was kept: t is to be kept again then,
	// and a copy that t holds all of is gone.
	Keep(ctx context.Context, t Target, kept string, p Progress) (Held, error)

	// PutBack makes t what was kept, byte for byte. Cut off, it is to be called again.
	// Where nothing is kept under that name, it fails with the reason ReasonKeptGone
	// and has touched nothing.
	PutBack(ctx context.Context, t Target, kept string) error

	// SettleRescue is called after a crash in a restore over t: t then holds all of the new
	// content, or is what was kept. Twice is harmless; it may itself be cut off.
	SettleRescue(ctx context.Context, t Target, kept string) error
}

// Left is what an operation makes outside of Cofre's own folders. It is written
// down before it is made, so that after a crash it is found.
type Left struct {
	Kept     string `json:"kept,omitempty"`      // the file that a broken database is kept as
	Lock     string `json:"lock,omitempty"`      // the lock file of the application
	LockText string `json:"lock_text,omitempty"` // what it holds, which tells it from another one
	Server   string `json:"server,omitempty"`    // the folder of a private server
}

// And is l with what more names.
func (l Left) And(more Left) Left {
	return Left{Kept: cmp.Or(more.Kept, l.Kept), Lock: cmp.Or(more.Lock, l.Lock), LockText: cmp.Or(more.LockText, l.LockText), Server: cmp.Or(more.Server, l.Server)}
}

// offerRescue plans to keep the broken database of p aside, or blocks where that
// can't be done.
func (r *Restorer) offerRescue(p *Plan, engine Engine, cause error) {
	e := errs.Of(cause)
	c := Check{Level: Blocker, Code: "target.broken", Args: errs.Args{"path": p.Target.Path, "reason": e.Reason}, Detail: e.Detail}
	if rescuer, ok := engine.(Rescuer); ok && p.Mode == Replace && rescuer.Broken(cause) {
		p.KeepAs = rescuer.KeepAs(p.Target, p.MadeAt)
		c.Level, c.Code, c.Args["kept"] = Warning, "target.rescue", p.KeepAs
	}
	p.Checks = append(p.Checks, c)
}

// ReasonKeptGone is why a broken database could not be put back.
const ReasonKeptGone = "restore.kept_gone"

// keep keeps the broken database of p aside, in place of a safety backup. The second
// time, a copy of the first may be there still: then p has another name for it.
func (r *Restorer) keep(ctx context.Context, p *Plan, run Run, res *Result) (Held, error) {
	rescuer, ok := r.Archiver.Engines[p.Target.Kind].(Rescuer)
	if !ok {
		return nil, errs.New(errs.Internal, "internal", nil)
	}
	if err := run.Step(ctx, StepKeep); err != nil {
		return nil, err
	}
	p.KeepAs = rescuer.KeepAs(p.Target, p.MadeAt)
	if err := run.Leave(ctx, Left{Kept: p.KeepAs}); err != nil {
		return nil, err
	}
	held, err := rescuer.Keep(ctx, p.Target, p.KeepAs, run.Update)
	if err != nil {
		return nil, err
	}
	res.KeptFile = p.KeepAs
	run.Log("keep file=" + p.KeepAs)
	return held, nil
}
