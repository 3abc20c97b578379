package boot

import (
	"context"
	"fmt"
	"runtime/debug"

	"cofre/internal/errs"
	"cofre/internal/service"
)

// KeepSchedules runs schedules in the background until the system is closed, for a door
// that stays open; it is called once. Close cancels a run that is not over: the next
// one who keeps schedules does it again. How runs end is in the log and in state.db.
func (s *System) KeepSchedules(ctx context.Context) {
	if s.Service.Demo {
		return
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	s.keep = func() { stop(); <-done }
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				s.Log("schedule", errs.New(errs.Internal, "internal", nil).With(fmt.Sprintf("%v\n%s", p, debug.Stack())))
			}
		}()
		err := s.Scheduler.Serve(ctx, func(ran []service.RunView, err error) {
			if err != nil {
				s.Log("schedule", err)
			}
			if len(ran) > 0 {
				s.Desk.Changed()
			}
		})
		if err != nil {
			s.Log("schedule", err)
		}
	}()
}
