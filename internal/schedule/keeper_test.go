package schedule_test

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

func TestABookThatIsLockedIsNotTakenForAnotherKeeper(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	var told error
	k := &schedule.Keeper{Book: lockedBook{}, Now: time.Now}
	k.Serve(ctx, func(_ []schedule.Run, err error) {
		told = err
		stop()
	})
	if errs.Of(told) == nil || errs.Of(told).Reason != "state.busy" {
		t.Errorf("nobody hears that nothing can run: %v", told)
	}
}
