package cli

import (
	"github.com/spf13/cobra"

	"cofre/internal/errs"
	"cofre/internal/sample"
)

func (s *session) sampleCommand() *cobra.Command {
	var o sample.Options
	c := &cobra.Command{
		Use:     "sample FILE",
		Short:   s.words.T("cli.sample", nil),
		Example: "  cofre sample familia.sqlite3\n  cofre sample frota.sqlite3 --app fleet --rows 100000",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if o.Rows < 1 {
				return errs.New(errs.Invalid, "cli.rows", errs.Args{"rows": o.Rows})
			}
			made, err := sample.Write(c.Context(), args[0], o)
			if err != nil {
				return err
			}
			if s.json {
				return s.document(made)
			}
			s.say("cli.sample_done", map[string]any{"file": args[0], "tables": len(made.Tables), "rows": made.Rows})
			return nil
		},
	}
	c.Flags().StringVar(&o.App, "app", sample.Finance, s.words.T("cli.flag_app", nil))
	c.Flags().IntVar(&o.Rows, "rows", 5000, s.words.T("cli.flag_rows", nil))
	c.Flags().Uint64Var(&o.Seed, "seed", 1, s.words.T("cli.flag_seed", nil))
	return c
}
