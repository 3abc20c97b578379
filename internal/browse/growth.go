package browse

import (
	"context"
	"sync"
	"time"
)

// growth is how far something has come that others wait for: rows that were read, or
// found.
type growth struct {
	mu    sync.Mutex
	known int64
	ended bool
	cut   bool // there are more, for which there was no room
	err   error
	news  chan struct{} // closed at the next change
}

func newGrowth() *growth { return &growth{news: make(chan struct{})} }

func (g *growth) change(do func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	do()
	close(g.news)
	g.news = make(chan struct{})
}

func (g *growth) grow(known int64) { g.change(func() { g.known = known }) }

func (g *growth) end(err error) { g.change(func() { g.ended, g.err = true, err }) }

// state is what a growth has come to.
type state struct {
	known      int64
	ended, cut bool
	err        error
}

// wait returns when more than known are there, when no more will come, or when
// patience is over; 0 is without end.
func (g *growth) wait(ctx context.Context, known int64, patience time.Duration) (state, error) {
	var over <-chan time.Time
	if patience > 0 {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		over = timer.C
	}
	for {
		g.mu.Lock()
		s, news := state{g.known, g.ended, g.cut, g.err}, g.news
		g.mu.Unlock()
		if s.ended || s.known > known {
			return s, nil
		}
		select {
		case <-news:
		case <-over:
			return s, nil
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
}
