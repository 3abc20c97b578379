package cli

import (
	"time"

	"github.com/spf13/cobra"

	"cofre/internal/backup"
	"cofre/internal/boot"
)

// compareWithin is how long it may take to find out what was written since a restore;
// Ctrl+C ends it sooner.
const compareWithin = 10 * time.Minute

func (s *session) undoCommand() *cobra.Command {
	var dry, yes, rescue bool
	c := &cobra.Command{
		Use:     "undo --db URL",
		Short:   s.words.T("cli.undo", nil),
		Example: "  cofre undo --db postgres://app@localhost/app --dry-run\n  cofre undo --db app.sqlite3 --yes",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				t, err := s.target(c.Context(), sys)
				if err != nil {
					return err
				}
				within := compareWithin
				if yes && !dry { // whoever has agreed already is not kept waiting
					within = 0
				}
				p, err := sys.Service.PlanUndo(c.Context(), t, within)
				if err != nil && !dry {
					return s.untouched(err, p)
				}
				if err != nil {
					return err
				}
				if dry {
					return s.plan(p)
				}
				var given []backup.Consent
				if yes {
					given = append(given, backup.ConsentOverwrite)
				}
				if rescue {
					given = append(given, backup.ConsentRescue)
				}
				return s.run(c.Context(), sys, p, given, "")
			})
		},
	}
	s.keyFlags(c)
	s.targetFlags(c)
	s.nameFlag(c)
	s.aroundFlags(c)
	c.Flags().BoolVar(&dry, "dry-run", false, s.words.T("cli.flag_dry_run", nil))
	c.Flags().BoolVar(&yes, "yes", false, s.words.T("cli.flag_yes", nil))
	c.Flags().BoolVar(&rescue, "rescue", false, s.words.T("cli.flag_rescue", nil))
	return c
}
