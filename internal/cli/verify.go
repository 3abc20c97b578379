package cli

import (
	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/boot"
)

func (s *session) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "verify FILE|ID",
		Short:   s.words.T("cli.verify", nil),
		Example: "  cofre verify app_20261121_101530.dump",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				op, err := sys.Service.Verify(c.Context(), sys.Service.Ref(c.Context(), args[0]))
				if err != nil {
					return err
				}
				v, err := op.Wait()
				if err != nil {
					return err
				}
				if s.json {
					return s.document(struct {
						archive.Contents
						Good                 bool  `json:"good"`
						HashCompared         bool  `json:"hash_compared"`
						ForeignKeyViolations int64 `json:"foreign_key_violations"`
					}{v.Contents, true, v.HashKnown, v.ForeignKeyViolations})
				}
				s.progressShow.endIf()
				s.say("cli.verify_done", map[string]any{"tables": len(v.Contents.Tables), "rows": v.Contents.Rows()})
				if !v.HashKnown {
					s.say("cli.verify_no_hash", nil)
				}
				if v.ForeignKeyViolations > 0 {
					s.say("cli.verify_foreign_keys", map[string]any{"n": v.ForeignKeyViolations})
				}
				return nil
			})
		},
	}
}
