//go:build !windows && !darwin

package platform

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"cofre/internal/errs"
)

// InstallTimer gives the timer to the user's systemd and starts it. Again is harmless,
// and takes the new words. Where there is no systemd it is errs.Unavailable, and
// nothing is left.
func InstallTimer(ctx context.Context, t Timer) (Installed, error) {
	if strings.ContainsAny(t.Program, `"'\`) { // systemd would find out when it is time, and tell nobody
		return Installed{}, errs.New(errs.Unavailable, "platform.timer_program", errs.Args{"path": t.Program})
	}
	service, timer, err := unitFiles()
	if err != nil {
		return Installed{}, err
	}
	serviceText, timerText := t.units()
	_, err = os.Stat(timer)
	fresh := errors.Is(err, os.ErrNotExist)
	err = errors.Join(writeTimer(service, []byte(serviceText)), writeTimer(timer, []byte(timerText)))
	if err == nil {
		err = systemctl(ctx, "daemon-reload")
	}
	if err == nil {
		err = systemctl(ctx, "enable", "--now", unitName+".timer")
	}
	if err != nil {
		if fresh {
			os.Remove(service)
			os.Remove(timer)
		}
		return Installed{}, err
	}
	return installed(ctx, service, timer), nil
}

func installed(ctx context.Context, service, timer string) Installed {
	said, _ := exec.CommandContext(ctx, "loginctl", "show-user", "--property=Linger", "--value").Output() // no answer is no
	return Installed{Files: []string{service, timer}, Linger: strings.TrimSpace(string(said)) != "yes"}
}

// InstalledTimer is the one that there is; errs.NotFound where there is none.
func InstalledTimer(ctx context.Context) (Installed, error) {
	service, timer, err := unitFiles()
	if err != nil {
		return Installed{}, err
	}
	if _, err := os.Stat(timer); errors.Is(err, os.ErrNotExist) {
		return Installed{}, noTimer()
	}
	return installed(ctx, service, timer), nil
}

// UninstallTimer takes it away again; errs.NotFound where there is none.
func UninstallTimer(ctx context.Context) ([]string, error) {
	service, timer, err := unitFiles()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(timer); errors.Is(err, os.ErrNotExist) {
		return nil, noTimer()
	}
	if err := systemctl(ctx, "disable", "--now", unitName+".timer"); err != nil {
		return nil, err
	}
	for _, path := range []string{timer, service} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, errs.New(errs.Unavailable, "platform.timer_write", errs.Args{"path": path}).Because(err)
		}
	}
	return []string{service, timer}, systemctl(ctx, "daemon-reload")
}

func unitFiles() (service, timer string, err error) {
	own, err := ConfigDir() // of Cofre: units lie beside it
	folder := filepath.Join(filepath.Dir(own), "systemd", "user")
	return filepath.Join(folder, unitName+".service"), filepath.Join(folder, unitName+".timer"), err
}

func systemctl(ctx context.Context, args ...string) error {
	return scheduler(exec.CommandContext(ctx, "systemctl", append([]string{"--user"}, args...)...))
}
