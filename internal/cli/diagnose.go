package cli

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"cofre/internal/boot"
)

func (s *session) diagnoseCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:     "diagnose [-o FILE]",
		Short:   s.words.T("cli.diagnose", nil),
		Long:    s.words.T("cli.diagnose_long", nil),
		Example: "  cofre diagnose\n  cofre diagnose -o cofre-diagnosis.zip",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				files, err := sys.Desk.Diagnosis(c.Context())
				if err != nil {
					return err
				}
				if file != "" {
					path, err := filepath.Abs(file)
					if err != nil {
						return err
					}
					if err := sys.Desk.SaveDiagnosis(c.Context(), path, files); err != nil {
						return err
					}
					if s.json {
						return s.document(map[string]string{"file": path})
					}
					s.say("cli.diagnose_saved", map[string]any{"file": clean(path)})
					return nil
				}
				if s.json {
					return s.document(map[string]any{"files": files})
				}
				for _, f := range files {
					fmt.Fprintf(s.out, "== %s\n%s", f.Name, f.Text)
				}
				return nil
			})
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", s.words.T("cli.flag_diagnose_output", nil))
	return c
}
