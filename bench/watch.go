package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

const (
	settling = 10 * time.Second // until everything is open, and the first look is over
	watched  = 20 * time.Second
	ticks    = 100 // a second, of what Linux tells processes of their time
)

// watch measures what it costs to watch a database in which nothing happens.
func (b *bench) watch(ctx context.Context) error {
	b.title("Watching a database in which nothing happens, for %s", watched)
	if _, err := os.Stat("/proc/self/io"); err != nil {
		b.absent("all of it", "this system does not tell")
		return nil //nolint:nilerr // it was said
	}
	app, err := b.sample(ctx)
	if err != nil {
		return err
	}
	if err := b.idle(ctx, "SQLite", app); err != nil {
		return err
	}
	pg, err := b.cluster(ctx)
	if err != nil || pg == nil {
		return err
	}
	if err := b.psql(ctx, pg, "postgres", "CREATE DATABASE quiet"); err != nil {
		return err
	}
	if err := b.psql(ctx, pg, "quiet", fmt.Sprintf(ledger, 1000)); err != nil {
		return err
	}
	return b.idle(ctx, "PostgreSQL", pg.url("quiet"))
}

// idle has Cofre watch one database, and nothing else.
func (b *bench) idle(ctx context.Context, kind, url string) error {
	home := b.path("watching-" + kind)
	env := append(os.Environ(), "COFRE_HOME="+home, "COFRE_KEYRING=off", "PGPASSWORD="+password)
	for _, args := range [][]string{{"backup", "--db", url, "--quiet"}, {"schedule", "watch", "--db", url, "--quiet-for", "2s", "--quiet"}} {
		cmd := exec.CommandContext(ctx, b.cofre, args...)
		cmd.Env, cmd.Dir = env, b.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", args[0], err, tail(out))
		}
	}
	cmd := exec.CommandContext(ctx, b.cofre, "schedule", "serve", "--quiet")
	cmd.Env, cmd.Dir = env, b.dir
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // it was asked to end
	}()
	if err := rest(ctx, settling); err != nil {
		return err
	}
	before, err := spent(cmd.Process.Pid)
	if err != nil {
		return err
	}
	if err := rest(ctx, watched); err != nil {
		return err
	}
	after, err := spent(cmd.Process.Pid)
	if err != nil {
		return err
	}
	share := 100 * (after.processor - before.processor).Seconds() / watched.Seconds()
	b.line(kind+": % of one core", fmt.Sprintf("%.2f %%", share), "", "", share, 0.5)
	wrote := after.wrote - before.wrote
	b.line(kind+": bytes written to disks", strconv.FormatInt(wrote, 10), "", "", float64(wrote), 0.5)
	return nil
}

func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// spending is what a process has had since it began.
type spending struct {
	processor time.Duration
	wrote     int64 // bytes
}

func spent(pid int) (s spending, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // the name may hold anything
	fields := strings.Fields(rest)
	for _, field := range fields[11:13] { // utime and stime, proc(5)
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return s, err
		}
		s.processor += time.Duration(n) * time.Second / ticks
	}
	io, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return s, err
	}
	for line := range strings.Lines(string(io)) {
		if n, ok := strings.CutPrefix(line, "write_bytes: "); ok {
			s.wrote, err = strconv.ParseInt(strings.TrimSpace(n), 10, 64)
		}
	}
	return s, err
}
