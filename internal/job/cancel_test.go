package job

import (
	"context"
	"testing"

	"cofre/internal/errs"
)

func TestCancelEndsTheContextAndTheJobSaysSo(t *testing.T) {
	s := newStage()
	started := make(chan struct{})
	id, done, err := s.Start(context.Background(), "backup", "x", named("dump"), func(ctx context.Context, r *Reporter) error {
		r.Step("dump")
		close(started)
		<-ctx.Done()
		return ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	<-started
	for range 2 {
		if err := s.Cancel(id); err != nil {
			t.Fatal(err)
		}
	}
	<-done
	end := s.last(t)
	if end.State != Cancelled || !end.Cancelling || end.Error == nil || end.Error.Code != errs.Cancelled || states(end) != "dump failed" {
		t.Errorf("at the end: %+v, %+v", end, end.Error)
	}
	if err := s.Cancel(id); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("Cancel of an ended job: %v", err)
	}
	if err := s.Cancel("nobody"); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("Cancel of an unknown job: %v", err)
	}
}

func TestAListenerMayCancelAtAnyStep(t *testing.T) {
	for _, at := range []string{"stage", "safety", "apply"} {
		s := newStage()
		s.on = func(x Snapshot) {
			if x.Step == at && x.State == Running && !x.Cancelling {
				if err := s.Cancel(x.ID); err != nil {
					t.Errorf("cancel at %s: %v", at, err)
				}
			}
		}
		end := s.run(t, named("stage", "safety", "apply"), func(ctx context.Context, r *Reporter) error {
			for _, step := range []string{"stage", "safety", "apply"} {
				r.Step(step)
				if ctx.Err() != nil {
					return ctx.Err()
				}
			}
			return nil
		})
		if end.State != Cancelled || end.Step != at {
			t.Errorf("cancelled at %s, ended %s at %s", at, end.State, end.Step)
		}
	}
}

func TestTheCallersContextCancelsTheJobToo(t *testing.T) {
	s := newStage()
	ctx, stop := context.WithCancel(context.Background())
	_, done, err := s.Start(ctx, "backup", "x", nil, func(ctx context.Context, r *Reporter) error {
		<-ctx.Done()
		return ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	stop()
	<-done
	if end := s.last(t); end.State != Cancelled {
		t.Errorf("ended %s", end.State)
	}
}

func TestAJobThatCanNotBeCancelledRefuses(t *testing.T) {
	s := newStage()
	end := s.run(t, named("undo"), func(ctx context.Context, r *Reporter) error {
		r.Step("undo")
		r.NoCancel()
		if x := s.last(t); x.CanCancel {
			t.Error("the listeners were not told")
		}
		if err := s.Cancel(r.ID()); errs.CodeOf(err) != errs.Busy {
			t.Errorf("Cancel: %v", err)
		}
		return ctx.Err()
	})
	if end.State != Succeeded || end.Cancelling {
		t.Errorf("at the end: %+v", end)
	}
}

func TestAJobThatEndsWellDespiteACancelHasSucceeded(t *testing.T) {
	s := newStage()
	end := s.run(t, nil, func(ctx context.Context, r *Reporter) error { return s.Cancel(r.ID()) })
	if end.State != Succeeded || !end.Cancelling {
		t.Errorf("at the end: %+v", end)
	}
}
