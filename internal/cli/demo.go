package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
	"cofre/internal/sample"
)

func (s *session) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: s.words.T("cli.demo", nil),
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return s.demo(c.Context()) },
	}
}

// demo plays the main job on a sample of its own, in a folder that is removed
// afterwards: nothing of the person's is touched.
func (s *session) demo(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "cofre-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s.home = filepath.Join(dir, "home")
	return s.with(ctx, func(sys *boot.System) error {
		d := demo{session: s, sys: sys, told: map[string]any{}}
		d.t, err = backup.ParseTarget(filepath.Join(dir, "familia.sqlite3"))
		if err != nil {
			return err
		}
		for n, step := range []func(context.Context) (string, map[string]any, error){d.sample, d.backup, d.damage, d.plan, d.restore, d.verify} {
			key, args, err := step(ctx)
			if err != nil {
				return err
			}
			s.progressShow.endIf()
			if !s.json && !s.quiet {
				fmt.Fprintf(s.out, "%d. %s\n", n+1, s.words.T("cli.demo_"+key, args))
			}
		}
		if s.json {
			return s.document(d.told)
		}
		s.say("cli.demo_end", nil)
		return nil
	})
}

// demo is the story in progress.
type demo struct {
	*session
	sys    *boot.System
	t      backup.Target
	before backup.Contents
	made   backup.Entry
	agreed backup.Plan
	told   map[string]any
}

func (d *demo) sample(ctx context.Context) (string, map[string]any, error) {
	if _, err := sample.Write(ctx, d.t.Path, sample.Options{App: sample.Finance, Rows: 5000, Seed: 1}); err != nil {
		return "", nil, err
	}
	var err error
	d.before, err = d.sys.Service.Probe(ctx, d.t)
	return "sample", map[string]any{"tables": len(d.before.Tables), "rows": d.before.Rows(), "size_bytes": d.before.Bytes}, err
}

func (d *demo) backup(ctx context.Context) (string, map[string]any, error) {
	op, err := d.sys.Service.Backup(ctx, d.t, backup.BackupOptions{Purpose: backup.Manual})
	if err != nil {
		return "", nil, err
	}
	d.made, err = op.Wait()
	d.told["backup"] = d.made.Manifest
	return "backup", map[string]any{"file": filepath.Base(d.made.File), "size_bytes": d.made.Manifest.Bytes, "took_ms": d.made.Manifest.TookMS}, err
}

func (d *demo) damage(ctx context.Context) (string, map[string]any, error) {
	if _, err := sample.Damage(ctx, d.t.Path); err != nil {
		return "", nil, err
	}
	now, err := d.sys.Service.Probe(ctx, d.t)
	return "damage", map[string]any{"rows": now.Rows(), "gone": d.before.Rows() - now.Rows()}, err
}

func (d *demo) plan(ctx context.Context) (string, map[string]any, error) {
	var err error
	d.agreed, err = d.sys.Service.Plan(ctx, backup.Ref{ID: d.made.Manifest.ID}, d.t)
	return "plan", map[string]any{"now": d.agreed.Current.Rows(), "after": d.agreed.Archive.Contents.Rows()}, err
}

func (d *demo) restore(ctx context.Context) (string, map[string]any, error) {
	op, err := d.sys.Service.Restore(ctx, d.agreed, d.agreed.Consents)
	if err != nil {
		return "", nil, err
	}
	r, err := op.Wait()
	if err != nil {
		return "", nil, err
	}
	d.told["status"] = r.Status
	return "restore", map[string]any{"safety": filepath.Base(r.Safety.File), "took_ms": r.Took.Milliseconds()}, nil
}

func (d *demo) verify(ctx context.Context) (string, map[string]any, error) {
	after, err := d.sys.Service.Probe(ctx, d.t)
	if err != nil {
		return "", nil, err
	}
	if !slices.Equal(after.Tables, d.before.Tables) {
		return "", nil, errs.New(errs.Internal, "cli.demo_differs", nil)
	}
	d.told["tables"] = after.Tables
	return "verify", map[string]any{"tables": len(after.Tables), "rows": after.Rows()}, nil
}
