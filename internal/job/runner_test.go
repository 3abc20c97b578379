package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cofre/internal/errs"
)

// stage is a runner with a lock that counts and a listener that remembers.
type stage struct {
	*Runner
	mu       sync.Mutex
	seen     []Snapshot
	held     int
	refuse   error
	on       func(Snapshot) // also called with each snapshot
	lockedAt []string
}

func newStage() *stage {
	s := &stage{}
	s.Runner = New(func(kind, target string, since time.Time) (func(), error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.refuse != nil {
			return nil, s.refuse
		}
		s.held++
		s.lockedAt = append(s.lockedAt, kind+" "+target)
		return func() { s.mu.Lock(); defer s.mu.Unlock(); s.held-- }, nil
	}, time.Now, func(x Snapshot) {
		s.mu.Lock()
		s.seen = append(s.seen, x)
		on := s.on
		s.mu.Unlock()
		if on != nil {
			on(x)
		}
	})
	return s
}

func (s *stage) snapshots() []Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Snapshot(nil), s.seen...)
}

func (s *stage) last(t *testing.T) Snapshot {
	t.Helper()
	all := s.snapshots()
	if len(all) == 0 {
		t.Fatal("no snapshot was emitted")
	}
	return all[len(all)-1]
}

// run starts a job and waits for its end.
func (s *stage) run(t *testing.T, steps []StepView, fn func(context.Context, *Reporter) error) Snapshot {
	t.Helper()
	_, done, err := s.Start(context.Background(), "backup", "wimm_prod", steps, fn)
	if err != nil {
		t.Fatal(err)
	}
	<-done
	return s.last(t)
}

func named(names ...string) (steps []StepView) {
	for _, n := range names {
		steps = append(steps, StepView{Name: n})
	}
	return steps
}

// pass lets so much of a bubble's time go by.
func pass(d time.Duration) { <-time.After(d) }

func TestAJobIsReportedAtItsStartAtEachStepAndAtItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		var inStep []string
		end := s.run(t, named("dump", "reread"), func(ctx context.Context, r *Reporter) error {
			for _, step := range []string{"dump", "reread"} {
				r.Step(step)
				inStep = append(inStep, s.last(t).Step) // told before the step goes on
				pass(2 * time.Second)
			}
			return nil
		})
		if got := fmt.Sprint(inStep); got != "[dump reread]" {
			t.Errorf("in the steps the last snapshot said %s", got)
		}
		var revision int64
		for _, x := range s.snapshots() {
			if x.Revision <= revision {
				t.Errorf("revision %d after %d", x.Revision, revision)
			}
			revision = x.Revision
		}
		if end.State != Succeeded || end.Percent != 100 || end.EndedAt == 0 || end.LeftMS != 0 || end.CanCancel || end.Error != nil {
			t.Errorf("at the end: %+v", end)
		}
		for _, step := range end.Steps {
			if step.State != "done" || step.TookMS != 2000 {
				t.Errorf("step %+v", step)
			}
		}
		if end.Kind != "backup" || end.Target != "wimm_prod" || end.EndedAt-end.StartedAt != 4000 {
			t.Errorf("at the end: %+v", end)
		}
		if last, ok := s.Last(); !ok || last.ID != end.ID || last.State != Succeeded {
			t.Errorf("Last = %+v, %v", last, ok)
		}
		if x, ok := s.Current(); ok {
			t.Errorf("Current = %+v after the end", x)
		}
	})
}

func TestCountsAreReportedTenTimesASecondAndTheLastOneIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		s.run(t, named("dump"), func(ctx context.Context, r *Reporter) error {
			r.Step("dump")
			before := len(s.snapshots())
			for i := range int64(1000) {
				r.Update(i+1, 1000, "rows", "users")
				pass(time.Millisecond)
			}
			if n := len(s.snapshots()) - before; n < 9 || n > 11 {
				t.Errorf("%d snapshots in a second", n)
			}
			pass(100 * time.Millisecond)
			if x := s.last(t); x.Done != 1000 || x.Total != 1000 || x.Unit != "rows" || x.Item != "users" {
				t.Errorf("the last count was not told: %+v", x)
			}
			quiet := len(s.snapshots())
			pass(time.Minute)
			if n := len(s.snapshots()) - quiet; n != 0 {
				t.Errorf("%d snapshots while nothing happened", n)
			}
			return nil
		})
	})
}

func TestAFailureMarksTheRunningStepAndIsTold(t *testing.T) {
	s := newStage()
	full := errs.New(errs.Unavailable, "space", errs.Args{"free_bytes": 7}).With("ENOSPC")
	end := s.run(t, named("stage", "safety", "apply"), func(ctx context.Context, r *Reporter) error {
		r.Step("stage")
		r.Step("safety")
		return fmt.Errorf("make safety backup: %w", full)
	})
	if end.State != Failed || end.Error == nil || end.Error.Reason != "space" || end.Error.Detail != "ENOSPC" || end.Error.Args["free_bytes"] != 7 {
		t.Errorf("at the end: %+v, %+v", end, end.Error)
	}
	if got := states(end); got != "stage done, safety failed, apply todo" {
		t.Errorf("steps: %s", got)
	}
	if end.Percent >= 100 {
		t.Errorf("a failed job is at %v %%", end.Percent)
	}
}

func states(s Snapshot) string {
	var all []string
	for _, x := range s.Steps {
		all = append(all, x.Name+" "+x.State)
	}
	return strings.Join(all, ", ")
}

func TestAStepThatFailsCanBeFollowedByOneThatWasNotForeseen(t *testing.T) {
	s := newStage()
	end := s.run(t, named("apply", "verify"), func(ctx context.Context, r *Reporter) error {
		r.Step("apply")
		r.StepFailed()
		r.Step("undo")
		return errs.New(errs.RolledBack, "restore.rolled_back", nil)
	})
	if got := states(end); got != "apply failed, undo failed, verify todo" {
		t.Errorf("steps: %s", got)
	}
}

func TestAPanicBecomesAnErrorWithItsStack(t *testing.T) {
	s := newStage()
	end := s.run(t, nil, func(context.Context, *Reporter) error { panic("out of luck") })
	if end.State != Failed || end.Error.Code != errs.Internal || !strings.Contains(end.Error.Detail, "out of luck") ||
		!strings.Contains(end.Error.Detail, "runner_test.go") {
		t.Errorf("at the end: %+v", end.Error)
	}
	if s.held != 0 {
		t.Error("the lock is still held")
	}
	s.run(t, nil, func(context.Context, *Reporter) error { return nil }) // and the next job runs
}

func TestOneJobRunsAtATime(t *testing.T) {
	s := newStage()
	hold, started := make(chan struct{}), make(chan struct{})
	id, done, err := s.Start(context.Background(), "restore", "wimm_prod", nil, func(context.Context, *Reporter) error {
		close(started)
		<-hold
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	<-started
	_, _, err = s.Start(context.Background(), "backup", "other", nil, func(context.Context, *Reporter) error {
		t.Error("a second job ran")
		return nil
	})
	var e *errs.Error
	if !errors.As(err, &e) || e.Code != errs.Busy || e.Reason != "job.running" || e.Args["kind"] != "restore" || e.Args["target"] != "wimm_prod" {
		t.Errorf("the second job got %v", err)
	}
	if x, ok := s.Current(); !ok || x.ID != id || e.Args["since_at"] != x.StartedAt {
		t.Errorf("Current = %+v, %v; the refusal said %v", x, ok, e.Args)
	}
	close(hold)
	<-done
	if s.held != 0 || len(s.lockedAt) != 1 || s.lockedAt[0] != "restore wimm_prod" {
		t.Errorf("lock: held %d, taken for %v", s.held, s.lockedAt)
	}
}

func TestAJobOfAnotherProcessRefusesThisOne(t *testing.T) {
	s := newStage()
	s.refuse = errs.New(errs.Busy, "job.running", errs.Args{"kind": "restore"})
	_, _, err := s.Start(context.Background(), "backup", "x", nil, func(context.Context, *Reporter) error { return nil })
	if !errors.Is(err, s.refuse) {
		t.Errorf("got %v", err)
	}
	if _, ok := s.Current(); ok {
		t.Error("a refused job is the current one")
	}
}

func TestAListenerMayStartTheNextJobWhenItHearsOfTheEnd(t *testing.T) {
	s := newStage()
	next := make(chan (<-chan struct{}), 1)
	s.on = func(x Snapshot) {
		if x.Kind != "backup" || x.State == Running {
			return
		}
		_, done, err := s.Start(context.Background(), "verify", "x", nil, func(context.Context, *Reporter) error { return nil })
		if err != nil {
			t.Errorf("the next job: %v", err)
		}
		next <- done
	}
	s.run(t, nil, func(context.Context, *Reporter) error { return nil })
	<-<-next
}

func TestWaitReturnsWhenNothingRunsAndTheEndWasTold(t *testing.T) {
	s := newStage()
	if err := s.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	hold := make(chan struct{})
	_, _, err := s.Start(context.Background(), "backup", "x", nil, func(context.Context, *Reporter) error { <-hold; return nil })
	if err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Wait(soon); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait with a context that is done: %v", err)
	}
	close(hold)
	if err := s.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	if x := s.last(t); x.State != Succeeded {
		t.Errorf("Wait returned before the end was told: %+v", x)
	}
}

func TestValuesTravelIntoTheJob(t *testing.T) {
	type key struct{}
	s := newStage()
	_, done, err := s.Start(context.WithValue(context.Background(), key{}, "ana"), "backup", "x", nil, func(ctx context.Context, r *Reporter) error {
		if ctx.Value(key{}) != "ana" {
			t.Error("the value is lost")
		}
		if x, _ := s.Current(); x.ID != r.ID() {
			t.Errorf("the reporter's ID is %q, the job's %q", r.ID(), x.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	<-done
}

func TestWhatAForgottenGoroutineReportsAfterTheEndIsDropped(t *testing.T) {
	s := newStage()
	var late *Reporter
	s.run(t, named("dump"), func(ctx context.Context, r *Reporter) error { late = r; r.Step("dump"); return nil })
	late.Step("more")
	late.Update(9, 9, "rows", "x")
	late.Log("x")
	late.NoCancel()
	late.StepFailed()
	x, _ := s.Last()
	if states(x) != "dump done" || x.Done != 0 || x.Logged != 0 || len(s.Log(x.ID, 0)) != 0 || x.State != Succeeded {
		t.Errorf("the ended job changed: %+v", x)
	}
}

func TestTheLogKeepsTheLastThousandLines(t *testing.T) {
	s := newStage()
	end := s.run(t, named("dump"), func(ctx context.Context, r *Reporter) error {
		r.Log("before the first step")
		r.Step("dump")
		for i := range 1500 {
			r.Log(fmt.Sprint("line ", i))
		}
		return nil
	})
	all := s.Log(end.ID, 0)
	if len(all) != 1000 || all[0].Text != "line 500" || all[999].Text != "line 1499" || all[0].Step != "dump" || all[0].At == 0 {
		t.Errorf("%d lines, from %+v to %+v", len(all), all[0], all[len(all)-1])
	}
	if end.Logged != 1501 || all[999].N != 1501 {
		t.Errorf("%d lines were logged, the last is number %d", end.Logged, all[999].N)
	}
}

func TestAListenerAsksForTheLinesThatItHasNotSeen(t *testing.T) {
	s := newStage()
	end := s.run(t, named("dump"), func(ctx context.Context, r *Reporter) error {
		for i := range 5 {
			r.Log(fmt.Sprint("line ", i+1))
			for after := range int64(i + 2) {
				lines := s.Log(r.ID(), after)
				if len(lines) != i+1-int(after) || len(lines) > 0 && (lines[0].N != after+1 || lines[0].Text != fmt.Sprint("line ", after+1)) {
					t.Errorf("after line %d of %d: %+v", after, i+1, lines)
				}
			}
		}
		return nil
	})
	if lines := s.Log(end.ID, 3); len(lines) != 2 {
		t.Errorf("when it has ended: %+v", lines)
	}
	for _, after := range []int64{-1, 5, 99} {
		if lines := s.Log(end.ID, after); lines == nil || len(lines) != map[int64]int{-1: 5}[after] {
			t.Errorf("after %d: %+v", after, lines)
		}
	}
	if lines := s.Log("another", 0); lines == nil || len(lines) != 0 {
		t.Errorf("of no job: %+v", lines)
	}
}

func TestReportsFromManyGoroutinesArriveOneAtATimeAndInOrder(t *testing.T) {
	s := newStage()
	var inside, revision int64
	var mu sync.Mutex
	s.on = func(x Snapshot) {
		mu.Lock()
		inside++
		if inside != 1 || x.Revision <= revision {
			t.Errorf("%d at once, revision %d after %d", inside, x.Revision, revision)
		}
		revision = x.Revision
		mu.Unlock()
		s.Current()
		mu.Lock()
		inside--
		mu.Unlock()
	}
	end := s.run(t, named("dump"), func(ctx context.Context, r *Reporter) error {
		r.Step("dump")
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for i := range int64(200) {
					r.Update(i, 200, "rows", "x")
					r.Log("x")
					r.NoCancel()
				}
			})
		}
		all.Wait()
		return nil
	})
	if end.State != Succeeded || s.last(t).Revision != revision {
		t.Errorf("at the end: %+v", end)
	}
}
