package cli

import (
	"context"
	"fmt"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/service"
)

// interrupted says which jobs a crash cut off, what their database holds now, and
// where its safety backup is. It is said until a person has seen it on a terminal,
// or the next job on that database has succeeded.
func (s *session) interrupted(ctx context.Context, sys *boot.System) error {
	records, err := sys.Service.Interrupted(ctx)
	if err != nil {
		return err
	}
	for _, r := range records {
		state := "old"
		if r.Kind == "restore" {
			state = sys.Service.StateAfter(ctx, r, knownTarget(r))
		}
		kept := service.KeptFile(r)
		if s.json {
			s.line(map[string]any{"interrupted": map[string]any{
				"job": r.ID, "kind": r.Kind, "target": r.Target, "step": r.Step, "state": state, "safety": r.Safety, "kept_file": kept}})
		} else {
			args := map[string]any{"target": r.Target, "started_at": r.StartedAt}
			fmt.Fprintln(s.err, s.words.T("cli.interrupted_"+r.Kind, args))
			if r.Kind == "restore" {
				fmt.Fprintln(s.err, "  "+s.words.T("cli.interrupted_"+state, nil))
			}
			if r.Safety != "" {
				fmt.Fprintln(s.err, "  "+s.words.T("cli.restore_safety", map[string]any{"file": r.Safety}))
			}
		}
		if kept != "" && !s.json {
			fmt.Fprintln(s.err, "  "+s.words.T("cli.restore_kept_file", map[string]any{"file": kept}))
		}
		if !s.terminal || state == "unknown" {
			continue
		}
		if err := sys.Service.Acknowledge(ctx, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// knownTarget is the database of a record as far as its identity tells: a SQLite
// file. How to reach a PostgreSQL database is not in the journal.
func knownTarget(r backup.Record) backup.Target {
	if path, ok := r.SQLitePath(); ok {
		return backup.Target{Kind: backup.SQLite, Name: r.Target, Path: path}
	}
	return backup.Target{}
}
