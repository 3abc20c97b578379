package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cofre/internal/backup"
	"cofre/internal/boot"
)

// keepCommand answers the question that every restore leaves open.
func (s *session) keepCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "keep --db URL",
		Short:   s.words.T("cli.keep", nil),
		Long:    s.words.T("cli.keep_long", nil),
		Example: "  cofre keep --db app.sqlite3",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.withTarget(c.Context(), func(sys *boot.System, t backup.Target) error {
				if err := sys.Service.AllWell(c.Context(), t); err != nil {
					return err
				}
				if s.json {
					return s.document(map[string]bool{"kept": true})
				}
				s.say("cli.keep_done", map[string]any{"target": t.Name})
				return nil
			})
		},
	}
	s.targetFlags(c)
	return c
}

// keptCommand lists the old databases that restores have kept, and sets for how long.
func (s *session) keptCommand() *cobra.Command {
	var days int
	c := &cobra.Command{
		Use:     "kept --db URL",
		Short:   s.words.T("cli.kept", nil),
		Long:    s.words.T("cli.kept_long", nil),
		Example: "  cofre kept --db postgres://app@localhost/app\n  cofre kept --db postgres://app@localhost/app --days 14",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.withTarget(c.Context(), func(sys *boot.System, t backup.Target) error {
				if c.Flags().Changed("days") {
					if err := sys.Service.KeepFor(c.Context(), days); err != nil {
						return err
					}
				}
				return s.kept(c.Context(), sys, t)
			})
		},
	}
	s.targetFlags(c)
	c.Flags().IntVar(&days, "days", 0, s.words.T("cli.flag_days", nil))
	return c
}

func (s *session) kept(ctx context.Context, sys *boot.System, t backup.Target) error {
	v, err := sys.Service.Kept(ctx, t)
	if err != nil {
		return err
	}
	if s.json {
		return s.document(v)
	}
	if v.Days == 0 {
		s.say("cli.kept_for_ever", nil)
	} else {
		s.say("cli.kept_for", map[string]any{"days": v.Days})
	}
	for _, d := range v.Databases {
		fate := s.words.T("cli.kept_until", map[string]any{"until_at": d.Until})
		switch {
		case d.OnlyWay:
			fate = s.words.T("cli.kept_only_way", nil)
		case d.Unanswered:
			fate = s.words.T("cli.kept_unanswered", nil)
		case d.Until == 0:
			fate = s.words.T("cli.kept_stays", nil)
		}
		fmt.Fprintf(s.out, "  %10s  %s  %s  %s\n", s.words.Size(d.Bytes), s.words.Time(time.UnixMilli(d.At)), clean(d.Name), fate)
	}
	if len(v.Databases) == 0 {
		s.say("cli.kept_none", map[string]any{"target": t.Name})
	}
	return nil
}

// withTarget runs do with an open system and the database that the flags mean.
func (s *session) withTarget(ctx context.Context, do func(*boot.System, backup.Target) error) error {
	return s.with(ctx, func(sys *boot.System) error {
		t, err := s.target(ctx, sys)
		if err != nil {
			return err
		}
		return do(sys, t)
	})
}
