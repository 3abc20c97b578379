package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate"
	"cofre/internal/engine/postgres"
)

// fillWord is the first argument of a process of the bench's own that does what Cofre's
// command line offers nobody: to fill without the proof.
const fillWord = "fill"

// fill runs one. What it took is the filling alone; the plan comes before.
func (b *bench) fill(ctx context.Context, file, url string, proven bool) (cost, error) {
	self, err := os.Executable()
	if err != nil {
		return cost{}, err
	}
	cmd := exec.CommandContext(ctx, self, fillWord, b.path(file), url, strconv.FormatBool(proven))
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w\n%s", err, tail(exit.Stderr))
		}
		return cost{}, fmt.Errorf("fill %s: %w", file, err)
	}
	ns, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	return cost{took: time.Duration(ns), peak: peak(cmd.ProcessState)}, err
}

// filling is that process. It does what the step build of a migration does, and prints
// the nanoseconds.
func filling(ctx context.Context, file, url string, proven bool) error {
	unheard := func(backup.Update) {}
	t, err := backup.ParseTarget(url)
	if err != nil {
		return err
	}
	m, e, a := &migrate.Migrator{Unproven: !proven}, new(postgres.Engine), backup.Archive{File: file}
	if _, _, err := m.Preflight(ctx, t, a, ""); err != nil {
		return err
	}
	names := e.NamesFor(t, time.Now())
	began := time.Now()
	if _, err := e.CopyAside(ctx, t, names, m.Keeps(), unheard); err != nil {
		return err
	}
	into, err := e.Hold(ctx, e.Beside(t, names.Aside))
	if err != nil {
		return errors.Join(err, e.DropAside(ctx, t, names.Aside))
	}
	_, err = m.Migrate(ctx, t, into, a, file, unheard)
	into.Release()
	took := time.Since(began)
	fmt.Fprintln(os.Stdout, took.Nanoseconds())
	return errors.Join(err, e.DropAside(ctx, t, names.Aside))
}
