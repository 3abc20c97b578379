package cli

import (
	"github.com/spf13/cobra"

	"cofre/internal/backup"
	"cofre/internal/boot"
)

func (s *session) inspectCommand() *cobra.Command {
	var quick bool
	c := &cobra.Command{
		Use:     "inspect FILE",
		Short:   s.words.T("cli.inspect", nil),
		Example: "  cofre inspect app_20261121_101530.dump\n  cofre inspect app.sqlite3 --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				held, err := sys.Service.Inspect(c.Context(), backup.Ref{Path: args[0]}, quick)
				if err != nil {
					return err
				}
				return s.show(held)
			})
		},
	}
	c.Flags().BoolVar(&quick, "quick", false, s.words.T("cli.flag_quick", nil))
	return c
}
