package platform

import (
	"context"
	"os/exec"
	"path/filepath"
)

// InstallTimer gives the timer to the Task Scheduler. Again is harmless, and takes the
// new words. It runs while this user is logged in.
func InstallTimer(ctx context.Context, t Timer) (Installed, error) {
	own, err := ConfigDir()
	if err != nil {
		return Installed{}, err
	}
	path := filepath.Join(own, unitName+".xml")
	if err := writeTimer(path, utf16Text(t.task())); err != nil {
		return Installed{}, err
	}
	if err := scheduler(exec.CommandContext(ctx, "schtasks", "/Create", "/TN", taskName, "/XML", path, "/F")); err != nil {
		return Installed{}, err
	}
	return Installed{Files: []string{path}}, nil
}

// InstalledTimer is the one that there is; errs.NotFound where there is none.
func InstalledTimer(ctx context.Context) (Installed, error) {
	if exec.CommandContext(ctx, "schtasks", "/Query", "/TN", taskName).Run() != nil {
		return Installed{}, noTimer()
	}
	return Installed{Files: []string{taskName}}, nil
}

// UninstallTimer takes it away again; errs.NotFound where there is none.
func UninstallTimer(ctx context.Context) ([]string, error) {
	if _, err := InstalledTimer(ctx); err != nil {
		return nil, err
	}
	return []string{taskName}, scheduler(exec.CommandContext(ctx, "schtasks", "/Delete", "/TN", taskName, "/F"))
}
