package main

import (
	"context"
	"time"

	"cofre/internal/service"
	"cofre/internal/text"
)

// called is a second start: the window comes to the front, and takes the file.
func (a *App) called(file string) {
	a.mu.Lock()
	sh, asked := a.shell, a.asked
	if file != "" && !asked {
		a.file = file // Start takes it along
	}
	a.hidden = false
	a.mu.Unlock()
	if sh == nil {
		return // it is just opening
	}
	sh.Front()
	if file != "" && asked {
		sh.Emit("open", a.spoken(file))
	}
}

// speak has the menu bar in the language that the person chose, now where the system
// can, else from the next start on.
func (a *App) speak(ctx context.Context, d *service.Desk, chosen string) {
	a.mu.Lock()
	a.place.Language = chosen
	a.place.save(a.folder)
	a.mu.Unlock()
	a.shell.Label(text.Language(d.Language(ctx)))
}

// Remember keeps the page that the next start begins with.
func (a *App) Remember(page string) error {
	return run(a, func(_ context.Context, d *service.Desk) error {
		if err := d.SignedIn(); err != nil {
			return err
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.place.Page = page
		a.place.save(a.folder)
		return nil
	})
}

// Quit closes the window: at once after cancelling the job ("cancel"), or when it is done
// ("wait"): until then the window is out of sight. It comes back, and Cofre goes on, where
// the job does not succeed or somebody has called for the window meanwhile.
func (a *App) Quit(how string) error {
	return run(a, func(ctx context.Context, d *service.Desk) error {
		began := time.Now()
		if how == "wait" {
			a.hide(true)
		}
		err := d.Finish(ctx, how)
		if how == "wait" && (err != nil || !a.unseen() || failedSince(d, began)) {
			a.hide(false)
			return err
		}
		if err != nil {
			return err
		}
		a.mu.Lock()
		a.quit = true
		a.mu.Unlock()
		a.shell.Quit()
		return nil
	})
}

func (a *App) hide(hidden bool) {
	a.mu.Lock()
	a.hidden = hidden
	a.mu.Unlock()
	if hidden {
		a.watched.Store(false) // so that the system tells how it ends
		a.shell.Hide()
	} else {
		a.shell.Front()
	}
}

func (a *App) unseen() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.hidden
}

// failedSince says whether the job that ended last did so without success, and after began.
func failedSince(d *service.Desk, began time.Time) bool {
	last, ok := d.Service.Jobs.Last()
	return ok && last.EndedAt >= began.UnixMilli() && last.State != "succeeded"
}
