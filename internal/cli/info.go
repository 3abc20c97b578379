package cli

import (
	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/boot"
)

func (s *session) infoCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "info --db URL",
		Short:   s.words.T("cli.info", nil),
		Example: "  cofre info --db app.sqlite3\n  cofre info --db postgres://app@localhost/app --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				t, err := s.target(c.Context(), sys)
				if err != nil {
					return err
				}
				held, err := sys.Service.Look(c.Context(), t)
				if err != nil {
					return err
				}
				return s.show(held)
			})
		},
	}
	s.targetFlags(c)
	return c
}

func (s *session) show(c archive.Contents) error {
	if s.json {
		return s.document(c)
	}
	s.contents(c)
	return nil
}
