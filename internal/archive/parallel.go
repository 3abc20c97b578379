package archive

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
)

// parallel runs work for 0 … n-1, up to workers at once, and returns the first
// error, which stops the rest. Everything that it started has ended when it
// returns. Done, which may be nil, is called after each piece, by one goroutine
// at a time. A panic of work is an error.
func parallel(ctx context.Context, workers, n int, work func(ctx context.Context, i int) error, done func(i int)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next := make(chan int)
	var wg sync.WaitGroup
	var one sync.Mutex
	for range min(n, workers) {
		wg.Go(func() {
			for i := range next {
				if err := guarded(ctx, i, work); err != nil {
					stop(err)
				} else if done != nil {
					one.Lock()
					done(i)
					one.Unlock()
				}
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

func guarded(ctx context.Context, i int, work func(ctx context.Context, i int) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work(ctx, i)
}
