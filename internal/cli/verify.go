package cli

import (
	"context"

	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
	"cofre/internal/service"
)

func (s *session) verifyCommand() *cobra.Command {
	var rehearse bool
	c := &cobra.Command{
		Use:     "verify FILE|ID",
		Short:   s.words.T("cli.verify", nil),
		Long:    s.words.T("cli.verify_long", nil),
		Example: "  cofre verify app_20261121_101530.dump\n  cofre verify app_20261121_101530.dump --rehearse --db postgres://app@localhost/app",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				op, err := s.verifying(c.Context(), sys, args[0], rehearse)
				if err != nil {
					return err
				}
				v, err := op.Wait()
				if err != nil {
					return err
				}
				return s.verified(v)
			})
		},
	}
	c.Flags().BoolVar(&rehearse, "rehearse", false, s.words.T("cli.flag_rehearse", nil))
	s.keyFlags(c)
	s.targetFlags(c)
	return c
}

func (s *session) verifying(ctx context.Context, sys *boot.System, name string, rehearse bool) (*service.Operation[backup.Verdict], error) {
	ref := sys.Service.Ref(ctx, name)
	named := s.db != "" || s.saved != ""
	switch {
	case !rehearse && named:
		return nil, errs.New(errs.Invalid, "rehearse.not_asked", nil)
	case !rehearse:
		return sys.Service.Verify(ctx, ref)
	case !named:
		return sys.Service.Rehearse(ctx, ref, nil)
	}
	on, err := s.target(ctx, sys)
	if err != nil {
		return nil, err
	}
	return sys.Service.Rehearse(ctx, ref, &on)
}

func (s *session) verified(v backup.Verdict) error {
	proven := provenOf(v.Rehearsal)
	var left []*errs.Error
	if v.Rehearsal != nil {
		left = v.Rehearsal.Left
	}
	if s.json {
		state := backup.Good
		if proven != nil {
			state = backup.Proven
		}
		return s.document(struct {
			archive.Contents
			Good                 bool         `json:"good"`
			State                backup.State `json:"state"`
			HashCompared         bool         `json:"hash_compared"`
			ForeignKeyViolations int64        `json:"foreign_key_violations"`
			Proven               *provenOn    `json:"proven,omitempty"`
			Warnings             []worded     `json:"warnings,omitempty"`
		}{v.Contents, true, state, v.HashKnown, v.ForeignKeyViolations, proven, s.warnings(left)})
	}
	s.progressShow.endIf()
	s.say("cli.verify_done", map[string]any{"tables": len(v.Contents.Tables), "rows": v.Contents.Rows()})
	if !v.HashKnown {
		s.say("cli.verify_no_hash", nil)
	}
	if v.ForeignKeyViolations > 0 {
		s.say("cli.verify_foreign_keys", map[string]any{"n": v.ForeignKeyViolations})
	}
	switch {
	case proven == nil:
	case proven.On == "":
		s.say("cli.rehearsed_here", map[string]any{"took_ms": proven.TookMS})
	default:
		s.say("cli.rehearsed_on", map[string]any{"took_ms": proven.TookMS, "place": proven.On})
	}
	if proven != nil && proven.Counted > 0 {
		s.say("cli.rehearsed_counted", map[string]any{"n": proven.Counted})
	}
	s.warn(left)
	return nil
}
