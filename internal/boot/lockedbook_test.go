package boot

import (
	"context"
	"testing"
	"time"

	"cofre/internal/errs"
	"cofre/internal/schedule"
)

// lockedBook is a book whose file another program holds.
type lockedBook struct{ schedule.Book }

func (lockedBook) Schedules(context.Context) ([]schedule.Schedule, error) {
	return nil, errs.New(errs.Busy, "state.busy", nil)
}

func TestRunningWhatIsDueDoesNotWaitForALockedState(t *testing.T) {
	s, _, _ := live(t)
	s.Scheduler.Book = lockedBook{s.Scheduler.Book}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	if _, err := s.Scheduler.RunDue(ctx); err == nil || errs.Of(err).Reason != "state.busy" {
		t.Errorf("it ended with %v", err)
	}
}
