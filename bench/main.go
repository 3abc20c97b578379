// Command bench measures Cofre against the databases' own tools, in one run, on
// databases that it makes itself, and prints a table of ratios. A ratio holds on
// any machine, a time on one; so the two sides of each comparison take turns, and
// the medians are compared. What is not installed has a line that says so.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:forbidigo // the main of its own program
	}
}

// bench is one run: a folder that is removed in the end, and the program that was built into it.
type bench struct {
	dir   string
	cofre string
	rows  int
	runs  int
	pg    *cluster // nil until it is needed
	report
}

func run(ctx context.Context) (err error) {
	rows := flag.Int("rows", 1_000_000, "rows of the largest table")
	runs := flag.Int("runs", 5, "times that each side of a comparison runs")
	only := flag.String("only", "", "sqlite, postgresql, diff, migrate or watch; all without it")
	program := flag.String("cofre", "", "measure this program; without it, the sources are built")
	flag.Parse()
	if flag.Arg(0) == fillWord && flag.NArg() == 4 {
		return filling(ctx, flag.Arg(1), flag.Arg(2), flag.Arg(3) == "true")
	}
	if *rows < 1 || *runs < 1 || flag.NArg() > 0 {
		flag.Usage()
		return fmt.Errorf("rows and runs are 1 or more")
	}
	dir, err := os.MkdirTemp("", "cofre-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{dir: dir, rows: *rows, runs: *runs, report: report{out: os.Stdout}}
	defer func() {
		if b.pg != nil {
			err = errors.Join(err, b.pg.stop())
		}
	}()
	if err := b.program(ctx, *program); err != nil {
		return err
	}
	for _, part := range []struct {
		name    string
		measure func(context.Context) error
	}{{"sqlite", b.sqlite}, {"postgresql", b.postgresql}, {"diff", b.diff}, {"migrate", b.migrate}, {"watch", b.watch}} {
		if *only != "" && *only != part.name {
			continue
		}
		if err := part.measure(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	b.end()
	return nil
}

// program is the one that was named, or else is built as it is shipped: static, without a window.
func (b *bench) program(ctx context.Context, named string) (err error) {
	if named != "" {
		b.cofre, err = filepath.Abs(named)
		return err
	}
	b.cofre = b.path("cofre" + filepath.Ext(os.Args[0]))
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.cofre, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the command line: %w\n%s", err, out)
	}
	return nil
}

// sample writes the finance sample and returns its name.
func (b *bench) sample(ctx context.Context) (string, error) {
	const name = "app.sqlite3"
	if _, err := os.Stat(b.path(name)); err == nil {
		return name, nil
	}
	_, err := b.run(ctx, b.cofre, "sample", name, "--app", "finance", "--rows", strconv.Itoa(b.rows), "--quiet")
	return name, err
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }
