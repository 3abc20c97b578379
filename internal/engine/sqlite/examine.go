package sqlite

import (
	"context"
	"fmt"
	"runtime/debug"

	"cofre/internal/archive"
)

// examination is the check of a file's structure that runs beside its copying.
type examination struct {
	done chan struct{} // closed at the end
	err  error         // to be read after done
	stop context.CancelFunc
}

// examine begins; the caller ends it.
func examine(ctx context.Context, file string) *examination {
	ctx, stop := context.WithCancel(ctx)
	x := &examination{done: make(chan struct{}), stop: stop}
	go func() {
		defer close(x.done)
		defer func() {
			if p := recover(); p != nil {
				x.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		x.err = problem(structure(ctx, file), file)
	}()
	return x
}

func structure(ctx context.Context, file string) error {
	c, err := open(ctx, file, still)
	if err != nil {
		return err
	}
	defer c.close()
	c.Close() // the check takes as many connections as it is good for
	_, err = archive.CheckSQLite(ctx, c.pool, file, archive.Structure, nil)
	return err
}

// over says whether wait would return at once.
func (x *examination) over() bool {
	select {
	case <-x.done:
		return true
	default:
		return false
	}
}

// wait returns nil when the file was found sound.
func (x *examination) wait(ctx context.Context) error {
	select {
	case <-x.done:
		return x.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// end stops the check where it still runs, and returns when nothing of it is left.
func (x *examination) end() {
	x.stop()
	<-x.done
}
