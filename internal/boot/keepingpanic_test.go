package boot

import (
	"context"
	"sync"
	"testing"
	"time"

	"cofre/internal/schedule"
)

// panicking is a book that panics the first time that it is asked, and tells of the next.
type panicking struct {
	schedule.Book
	first *sync.Once
	again chan struct{}
}

func (p panicking) Schedules(ctx context.Context) ([]schedule.Schedule, error) {
	p.first.Do(func() { panic("the first time") }) // counts as done
	select {
	case p.again <- struct{}{}:
	default:
	}
	return p.Book.Schedules(ctx)
}

func TestAPanicDoesNotEndTheSchedulesOfTheOpenWindow(t *testing.T) {
	defer func(was time.Duration) { afterPanic = was }(afterPanic)
	afterPanic = 0
	s, _, _ := live(t)
	book := panicking{s.Scheduler.Book, new(sync.Once), make(chan struct{}, 1)}
	s.Scheduler.Book = book
	s.KeepSchedules(t.Context())
	select {
	case <-book.again:
	case <-time.After(20 * time.Second):
		t.Error("nobody runs schedules any more")
	}
	if err := s.Close(); err != nil { // before afterPanic is put back
		t.Error(err)
	}
}
