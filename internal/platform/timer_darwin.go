package platform

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"cofre/internal/errs"
)

// InstallTimer gives the timer to launchd as an agent of this user and starts it. Again
// is harmless, and takes the new words.
func InstallTimer(ctx context.Context, t Timer) (Installed, error) {
	path, err := agentFile()
	if err != nil {
		return Installed{}, err
	}
	_ = exec.CommandContext(ctx, "launchctl", "bootout", domain()+"/"+agentName).Run() // of an earlier one
	if err := writeTimer(path, []byte(t.agent())); err != nil {
		return Installed{}, err
	}
	if err := scheduler(exec.CommandContext(ctx, "launchctl", "bootstrap", domain(), path)); err != nil {
		os.Remove(path)
		return Installed{}, err
	}
	return Installed{Files: []string{path}}, nil
}

// InstalledTimer is the one that there is; errs.NotFound where there is none.
func InstalledTimer(context.Context) (Installed, error) {
	path, err := agentFile()
	if err != nil {
		return Installed{}, err
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return Installed{}, noTimer()
	}
	return Installed{Files: []string{path}}, nil
}

// UninstallTimer takes it away again; errs.NotFound where there is none.
func UninstallTimer(ctx context.Context) ([]string, error) {
	path, err := agentFile()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, noTimer()
	}
	_ = exec.CommandContext(ctx, "launchctl", "bootout", domain()+"/"+agentName).Run() // it may not be loaded
	if err := os.Remove(path); err != nil {
		return nil, errs.New(errs.Unavailable, "platform.timer_write", errs.Args{"path": path}).Because(err)
	}
	return []string{path}, nil
}

func agentFile() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", noHome(err)
	}
	return filepath.Join(home, "Library", "LaunchAgents", agentName+".plist"), nil
}

func domain() string { return "gui/" + strconv.Itoa(os.Getuid()) }
