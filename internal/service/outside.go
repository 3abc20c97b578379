package service

import (
	"context"

	"cofre/internal/audit"
	"cofre/internal/errs"
)

// Outside is what the system does for Cofre outside of its window.
type Outside interface {
	// Timer is the system's own scheduler, which runs what is due; lingering says whether
	// it does so while its user is not logged in, too. errs.NotFound where there is none.
	Timer(ctx context.Context) (files []string, lingering bool, err error)
	SetTimer(ctx context.Context, on bool) error

	// Autostart says whether the session of this user starts Cofre.
	Autostart(ctx context.Context) (bool, error)
	SetAutostart(ctx context.Context, on bool) error
}

// TimerView says whether schedules run while the window is closed.
type TimerView struct {
	On          bool     `json:"on"`
	NeedsLinger bool     `json:"needsLinger"` // only while the user is logged in, until "loginctl enable-linger"
	Files       []string `json:"files"`       // that tell the system so
}

// Timer says whether schedules run while the window is closed.
func (d *Desk) Timer(ctx context.Context) (TimerView, error) {
	v := TimerView{Files: []string{}}
	if err := d.admin(); err != nil {
		return v, err
	}
	files, lingering, err := d.Outside.Timer(ctx)
	if errs.CodeOf(err) == errs.NotFound {
		return v, nil
	}
	return TimerView{On: err == nil, NeedsLinger: !lingering, Files: append(v.Files, files...)}, err
}

// SetTimer asks the system to run schedules while the window is closed, or no longer to.
func (d *Desk) SetTimer(ctx context.Context, on bool) (TimerView, error) {
	v, err := d.Timer(ctx)
	if err == nil {
		err = d.Service.allowed()
	}
	if err == nil && on != v.On {
		err = d.outside(ctx, "timer", func() error { return d.Outside.SetTimer(ctx, on) })
	}
	if err != nil {
		return v, err
	}
	return d.Timer(ctx)
}

// Autostart says whether the session of this user starts Cofre.
func (d *Desk) Autostart(ctx context.Context) (bool, error) {
	if err := d.admin(); err != nil {
		return false, err
	}
	return d.Outside.Autostart(ctx)
}

// SetAutostart has the session start Cofre, or no longer.
func (d *Desk) SetAutostart(ctx context.Context, on bool) (bool, error) {
	was, err := d.Autostart(ctx)
	if err == nil && on != was {
		err = d.outside(ctx, "autostart", func() error { return d.Outside.SetAutostart(ctx, on) })
	}
	if err != nil {
		return was, err
	}
	return d.Autostart(ctx)
}

// outside changes what the system does, and writes down that it was.
func (d *Desk) outside(ctx context.Context, name string, change func() error) error {
	if err := change(); err != nil {
		return err
	}
	return d.Service.note(d.as(ctx), audit.Entry{What: audit.Settings, Names: []string{name}}, nil)
}
