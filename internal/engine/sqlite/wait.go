package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// patiently calls try again for as long as another program is in its way, at most
// t.Wait(); then it is errs.Busy, which names who holds the database. Other errors
// come back at once, as they are.
func patiently(ctx context.Context, t backup.Target, try func() error) error {
	deadline := time.Now().Add(t.Wait())
	for {
		err := try()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !locked(err) && !errors.Is(err, errMoved):
			return err
		case !time.Now().Before(deadline):
			return inUse(t, err)
		}
		// SQLite has waited for its turn already, except where it saw that waiting
		// could not help.
		if err := pause(ctx, turn/20); err != nil {
			return err
		}
	}
}

func inUse(t backup.Target, cause error) error {
	who := names(holders(t.Path))
	return errs.New(errs.Busy, "sqlite.locked", errs.Args{
		"path": t.Path, "file": filepath.Base(t.Path), "wait_ms": t.Wait().Milliseconds(), "processes": who,
	}).Because(cause)
}

// pause waits for d or the end of ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
