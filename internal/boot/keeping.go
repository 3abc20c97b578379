package boot

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"cofre/internal/errs"
	"cofre/internal/platform"
	"cofre/internal/service"
)

// KeepSchedules runs schedules, and watches databases, in the background until the system is closed, for a door
// that stays open; it is called once. Close cancels a run that is not over: the next
// one who keeps schedules does it again. How runs end is in the log and in state.db.
func (s *System) KeepSchedules(ctx context.Context) {
	news := func(n service.WatchNews) {
		if n.Err != nil {
			s.Log("watch", n.Err)
		}
		s.Desk.Changed()
	}
	s.always(ctx, "schedule", func(ctx context.Context) error {
		if err := s.Scheduler.BringBack(ctx, news); err != nil && ctx.Err() == nil {
			s.Log("watch", err)
		}
		return s.Scheduler.Serve(ctx, func(ran []service.RunView, err error) {
			if err != nil {
				s.Log("schedule", err)
			}
			if len(ran) > 0 {
				s.Desk.Changed()
			}
		})
	})
	s.always(ctx, "watch", func(ctx context.Context) error { return s.Scheduler.Watch(ctx, news) })
}

// KeepNotices delivers notices and looks for silence in the background until the system
// is closed, for a door that stays open; it is called once.
func (s *System) KeepNotices(ctx context.Context) {
	s.always(ctx, "notify", func(ctx context.Context) error {
		s.Notices.Serve(ctx, func(err error) { s.Log("notify", err) })
		return nil
	})
}

// always runs serve until the system is closed, again after a panic, which is logged.
func (s *System) always(ctx context.Context, module string, serve func(context.Context) error) {
	if s.Service.Demo {
		return
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	s.keep = append(s.keep, func() { stop(); <-done })
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			s.once(ctx, module, serve)
			select {
			case <-ctx.Done():
			case <-time.After(afterPanic):
			}
		}
	}()
}

// afterPanic is how long it takes until it is run again.
var afterPanic = time.Minute

// once runs serve until it returns, or panics, which is logged.
func (s *System) once(ctx context.Context, module string, serve func(context.Context) error) {
	defer func() {
		if p := recover(); p != nil {
			s.Log(module, errs.New(errs.Internal, "internal", nil).With(fmt.Sprintf("%v\n%s", p, debug.Stack())))
		}
	}()
	if err := serve(ctx); err != nil {
		s.Log(module, err)
	}
}

// InstallTimer has the system's own scheduler run what is due, by this program and with
// this folder of Cofre's data, also with the window closed.
func (s *System) InstallTimer(ctx context.Context) (platform.Installed, error) {
	program, err := os.Executable()
	if err != nil {
		return platform.Installed{}, errs.New(errs.Unavailable, "platform.timer", errs.Args{"program": "cofre"}).Because(err)
	}
	t := platform.Timer{Program: program, Args: []string{"--quiet"}}
	if home := cmp.Or(s.home, os.Getenv("COFRE_HOME")); home != "" {
		if home, err = filepath.Abs(home); err != nil {
			return platform.Installed{}, errs.New(errs.Invalid, "platform.home", errs.Args{"path": home}).Because(err)
		}
		t.Args = append(t.Args, "--home", home)
	} else {
		t.Env = platform.ChosenDirs()
	}
	t.Args = append(t.Args, "schedule", "run")
	return platform.InstallTimer(ctx, t)
}

// UninstallTimer takes it away again, and returns what is gone.
func (s *System) UninstallTimer(ctx context.Context) ([]string, error) {
	return platform.UninstallTimer(ctx)
}

// Timer is the system's own scheduler, where it has been asked to run what is due.
func (s *System) Timer(ctx context.Context) (files []string, lingering bool, err error) {
	t, err := platform.InstalledTimer(ctx)
	return t.Files, !t.Linger, err
}

// SetTimer asks it to, or no longer to.
func (s *System) SetTimer(ctx context.Context, on bool) error {
	if on {
		_, err := s.InstallTimer(ctx)
		return err
	}
	_, err := s.UninstallTimer(ctx)
	return err
}

// Autostart says whether the session of this user starts Cofre.
func (s *System) Autostart(ctx context.Context) (bool, error) {
	return platform.StartsWithSession(ctx)
}

// SetAutostart has the session start this program, with its window minimised, or no longer.
func (s *System) SetAutostart(ctx context.Context, on bool) error {
	program, err := os.Executable()
	if err != nil {
		return errs.New(errs.Unavailable, "platform.timer", errs.Args{"program": "cofre"}).Because(err)
	}
	home := os.Getenv("COFRE_HOME")
	if home != "" {
		if home, err = filepath.Abs(home); err != nil {
			return errs.New(errs.Invalid, "platform.home", errs.Args{"path": home}).Because(err)
		}
	}
	return platform.StartWithSession(ctx, platform.Autostart{Program: program, Args: []string{Minimised}, Home: home}, on)
}

// Minimised is the argument by which the window begins minimised.
const Minimised = "--minimised"
