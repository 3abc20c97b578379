package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// cost is what a program took.
type cost struct {
	took time.Duration
	peak int64                    // bytes of memory; 0 where the system does not tell
	step map[string]time.Duration // of Cofre's steps, where it told them
}

// run runs a program in the run's folder. Cofre keeps its state there too.
func (b *bench) run(ctx context.Context, name string, args ...string) (cost, error) {
	var out bytes.Buffer
	steps := &stepClock{rest: &out}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "COFRE_HOME="+b.path("home"), "COFRE_LANG=en", "PGPASSWORD="+password, "PGCONNECT_TIMEOUT=30")
	cmd.Stdout, cmd.Stderr = io.Discard, steps
	start := time.Now()
	err := cmd.Run()
	c := cost{took: time.Since(start), step: steps.end()}
	if ctx.Err() != nil {
		return c, ctx.Err()
	}
	if err != nil {
		return c, fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, tail(out.Bytes()))
	}
	c.peak = peak(cmd.ProcessState)
	return c, nil
}

func installed(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

func tail(text []byte) []byte {
	const most = 2000
	return bytes.TrimSpace(text[max(0, len(text)-most):])
}

// side is one of the ways to do the same thing.
type side struct {
	ready func() error // before each time; not measured. May be nil
	do    func() (cost, error)
}

// turns lets the sides take turns, so that a slow minute of the machine falls on
// all of them, and returns the median cost of each. The first time of each
// fills the caches, and is not counted.
func (b *bench) turns(sides ...side) ([]cost, error) {
	all := make([][]cost, len(sides))
	for n := range b.runs + 1 {
		for i, s := range sides {
			if s.ready != nil {
				if err := s.ready(); err != nil {
					return nil, err
				}
			}
			c, err := s.do()
			if err != nil {
				return nil, err
			}
			if n > 0 {
				all[i] = append(all[i], c)
			}
		}
	}
	medians := make([]cost, len(sides))
	for i, costs := range all {
		slices.SortFunc(costs, func(x, y cost) int { return cmp.Compare(x.took, y.took) })
		medians[i] = costs[len(costs)/2]
		for _, c := range costs {
			medians[i].peak = max(medians[i].peak, c.peak)
		}
	}
	return medians, nil
}

// remove forgets what an earlier turn left: the files, and Cofre's manifests beside them.
func (b *bench) remove(names ...string) func() error {
	return func() error {
		var failed []error
		for _, name := range names {
			for _, file := range []string{name, name + ".json"} {
				failed = append(failed, os.RemoveAll(b.path(file)))
			}
		}
		return errors.Join(failed...)
	}
}

func (b *bench) size(name string) (int64, error) {
	info, err := os.Stat(b.path(name))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
