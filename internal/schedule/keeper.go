package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cofre/internal/errs"
)

// Keeper runs what is due. Several may run at once, in one process or in several: the
// lock lets one of them work. One Keeper is used by one goroutine.
type Keeper struct {
	Book Book
	Now  func() time.Time

	// Lock is held while a schedule runs. It does not wait: errs.Busy says that another
	// keeper works.
	Lock func() (release func(), err error)

	// Work does what a schedule says and waits for its end. It returns the ID of the
	// backup that it was about, where there is one.
	Work func(ctx context.Context, s Schedule) (backup string, err error)

	read map[[2]string]Calendar // by rule and zone: reading them takes longer than asking them
}

// ErrHeld says that another keeper works: its cause is what Lock said.
var ErrHeld = errors.New("another keeper works")

// patience is the longest sleep of Serve: a computer that slept, or a clock that was
// set, is noticed after it.
const patience = time.Minute

// Pass runs what is due, each schedule once at most, and returns the runs that came to
// an end, and when the next turn is (the zero time: none). While another keeper works
// it is ErrHeld and nothing has run.
func (k *Keeper) Pass(ctx context.Context) (ran []Run, next time.Time, err error) {
	if all, err := k.Book.Schedules(ctx); err != nil || len(all) == 0 {
		return nil, next, err // most have none: then nothing is written
	}
	release, err := k.Lock()
	if errs.CodeOf(err) == errs.Busy {
		err = fmt.Errorf("%w: %w", ErrHeld, err)
	}
	if err != nil {
		return nil, next, err
	}
	defer release()
	if err := k.settle(ctx); err != nil {
		return nil, next, err
	}
	had := map[string]bool{}
	for ctx.Err() == nil {
		s, turn, found, err := k.first(ctx, had)
		if err != nil {
			return ran, next, err
		}
		if !found || turn.At.After(k.Now()) {
			break
		}
		had[s.ID] = true
		r, err := k.run(ctx, s, turn)
		if err != nil {
			return ran, next, err
		}
		ran = append(ran, r)
	}
	_, turn, _, err := k.first(ctx, nil)
	return ran, turn.At, errors.Join(err, ctx.Err())
}

// settle ends the runs that a crash has cut off: nobody else runs while the lock is held.
func (k *Keeper) settle(ctx context.Context) error {
	open, err := k.Book.Open(ctx)
	for _, r := range open {
		r.EndedAt, r.Status = k.Now(), Interrupted
		err = errors.Join(err, k.Book.End(ctx, r))
	}
	return err
}

// first is the schedule whose turn comes first, apart from those that had theirs.
func (k *Keeper) first(ctx context.Context, had map[string]bool) (s Schedule, t Turn, found bool, err error) {
	all, err := k.Book.Schedules(ctx)
	if err != nil {
		return s, t, false, err
	}
	now := k.Now()
	for _, x := range all {
		if had[x.ID] {
			continue
		}
		last, err := k.Book.Last(ctx, x.ID)
		if err != nil {
			return s, t, false, err
		}
		turn, ok := x.turn(k.calendar(x), last, now)
		if ok && (!found || before(turn, x, t, s)) {
			s, t, found = x, turn, true
		}
	}
	return s, t, found, nil
}

// calendar is the rule of s; one that can't be read (by an older Cofre) is never due.
func (k *Keeper) calendar(s Schedule) Calendar {
	key := [2]string{s.When, s.Zone}
	c, known := k.read[key]
	if !known {
		if k.read == nil {
			k.read = map[[2]string]Calendar{}
		}
		c, _ = Parse(s.When, s.Zone)
		k.read[key] = c
	}
	return c
}

// before orders turns by their time; at the same time a backup comes before the others.
func before(a Turn, of Schedule, b Turn, other Schedule) bool {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(slices.Index(Kinds, of.Kind), slices.Index(Kinds, other.Kind)), cmp.Compare(of.Name, other.Name)) < 0
}

func (k *Keeper) run(ctx context.Context, s Schedule, t Turn) (r Run, err error) {
	r = Run{Schedule: s.ID, Due: t.Due, Attempt: t.Attempt, StartedAt: k.Now(), Status: Running}
	if r.ID, err = k.Book.Begin(ctx, r); err != nil {
		return r, err
	}
	r.Backup, err = k.Work(ctx, s)
	switch {
	case err == nil:
		r.Status = Succeeded
	case ctx.Err() != nil:
		r.Status = Interrupted
	case errs.CodeOf(err) == errs.Cancelled:
		r.Status = Cancelled
	default:
		r.Status = Failed
	}
	if err != nil {
		r.Failure = errs.Of(err)
	}
	r.EndedAt = k.Now()
	over, stop := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer stop()
	return r, k.Book.End(over, r)
}

// Serve runs what is due until ctx is done, and tells listen of each pass that ran
// something or failed. A failed pass is tried again.
func (k *Keeper) Serve(ctx context.Context, listen func([]Run, error)) {
	for ctx.Err() == nil {
		ran, next, err := k.Pass(ctx)
		if ctx.Err() == nil && err != nil && !errors.Is(err, ErrHeld) || len(ran) > 0 {
			listen(ran, err)
		}
		wait := patience
		if left := next.Sub(k.Now()); err == nil && !next.IsZero() {
			wait = max(0, min(wait, left))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}
