package job

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"cofre/internal/errs"
)

// Locker keeps other processes from running a job at the same time. It does not
// wait: while another one runs it returns errs.Busy "job.running". Release ends
// the lock.
type Locker func(kind, target string, since time.Time) (release func(), err error)

// Runner runs one job at a time, in this process and, through its Locker, in all.
// Its methods may be called from any goroutine, also from inside emit.
type Runner struct {
	lock  Locker
	clock func() time.Time
	emit  func(Snapshot)

	mu      sync.Mutex
	current *run // nil: none is running
	last    *run // the one that ended last
}

// New returns a Runner that reports to emit. Snapshots of a job arrive one at a
// time, in the order of their revisions, at most ten a second and besides at each
// step, at Cancel and at the end; emit should return at once.
func New(lock Locker, clock func() time.Time, emit func(Snapshot)) *Runner {
	return &Runner{lock: lock, clock: clock, emit: emit}
}

// Start runs fn in the background, with ctx's values, until it returns or ctx is
// done. Done is closed when fn has returned, the lock is free and the last
// snapshot was emitted. Steps say what will happen in which order; of each, Name
// and ExpectedMS are read. While another job runs, here or in another process,
// Start returns errs.Busy "job.running" and fn is not called.
//
// A panic of fn becomes an errs.Internal with the stack as its detail.
func (r *Runner) Start(ctx context.Context, kind, target string, steps []StepView, fn func(ctx context.Context, r *Reporter) error) (id string, done <-chan struct{}, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current != nil {
		return "", nil, r.current.busy()
	}
	now := r.clock()
	release, err := r.lock(kind, target, now)
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	j := newRun(rand.Text(), kind, target, steps, now)
	j.clock, j.emit, j.cancel = r.clock, r.emit, cancel
	r.current = j
	go r.work(ctx, j, release, fn)
	return j.id, j.done, nil
}

func (r *Runner) work(ctx context.Context, j *run, release func(), fn func(context.Context, *Reporter) error) {
	defer close(j.done)
	defer j.cancel()
	j.publish()
	err := guarded(ctx, &Reporter{j}, fn)
	release()
	j.finish(err)
	r.mu.Lock()
	r.current, r.last = nil, j
	r.mu.Unlock()
	j.publish()
	j.drain()
}

// guarded turns a panic into an error.
func guarded(ctx context.Context, r *Reporter, fn func(context.Context, *Reporter) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errs.New(errs.Internal, "internal", nil).With(fmt.Sprintf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	return fn(ctx, r)
}

// Cancel asks the running job to stop: its context ends. It returns before the
// job has stopped. Twice is harmless. An id that is not the running job is
// errs.NotFound; a job that said NoCancel is errs.Busy.
func (r *Runner) Cancel(id string) error {
	r.mu.Lock()
	j := r.current
	r.mu.Unlock()
	if j == nil || j.id != id {
		return errs.New(errs.NotFound, "job.unknown", nil)
	}
	return j.stop()
}

// Current returns the running job.
func (r *Runner) Current() (Snapshot, bool) {
	r.mu.Lock()
	j := r.current
	r.mu.Unlock()
	return j.look()
}

// Last returns the job that ended last in this process.
func (r *Runner) Last() (Snapshot, bool) {
	r.mu.Lock()
	j := r.last
	r.mu.Unlock()
	return j.look()
}

// Log returns what the job of that ID, the running or the last one, has logged
// after line number after (0: from its beginning), of its newest 1,000 lines; an
// empty list for any other job.
func (r *Runner) Log(id string, after int64) []LogLine {
	r.mu.Lock()
	jobs := []*run{r.current, r.last}
	r.mu.Unlock()
	for _, j := range jobs {
		if j != nil && j.id == id {
			return j.lines(after)
		}
	}
	return []LogLine{}
}

// Wait returns when no job runs in this process and the last one's end was
// emitted, or with ctx's error.
func (r *Runner) Wait(ctx context.Context) error {
	for {
		r.mu.Lock()
		j, running := r.current, r.current != nil
		if !running {
			j = r.last // it may still be emitting its end
		}
		r.mu.Unlock()
		if j == nil {
			return nil
		}
		select {
		case <-j.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if !running {
			return nil
		}
	}
}
