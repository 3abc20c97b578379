package cli

import (
	"github.com/spf13/cobra"

	"cofre/internal/boot"
)

// scheduleInstall hands "cofre schedule run" to the system's own scheduler.
func (s *session) scheduleInstall() *cobra.Command {
	return &cobra.Command{
		Use:   "install",
		Short: s.words.T("cli.schedule_install", nil),
		Long:  s.words.T("cli.schedule_install_long", nil),
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				done, err := sys.InstallTimer(c.Context())
				if err != nil {
					return err
				}
				if s.json {
					return s.document(map[string]any{"installed": true, "files": done.Files, "needs_linger": done.Linger})
				}
				for _, f := range done.Files {
					s.say("cli.schedule_install_file", map[string]any{"file": f})
				}
				s.say("cli.schedule_installed", nil)
				if done.Linger {
					s.say("cli.schedule_linger", nil)
				}
				return nil
			})
		},
	}
}

func (s *session) scheduleUninstall() *cobra.Command {
	return &cobra.Command{
		Use:   "uninstall",
		Short: s.words.T("cli.schedule_uninstall", nil),
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				gone, err := sys.UninstallTimer(c.Context())
				if err != nil {
					return err
				}
				if s.json {
					return s.document(map[string]any{"installed": false, "removed": gone})
				}
				s.say("cli.schedule_uninstalled", nil)
				return nil
			})
		},
	}
}
