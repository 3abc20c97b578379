package cli

import (
	"cmp"
	"path/filepath"

	"github.com/spf13/cobra"

	"cofre/internal/backup"
	"cofre/internal/service"
)

// aroundFlags adds what a command that changes a database says about the
// application around it.
func (s *session) aroundFlags(c *cobra.Command) {
	c.Flags().StringVar(&s.around.LockFile, "lock-file", "", s.words.T("cli.flag_lock_file", nil))
	c.Flags().StringVar(&s.around.ReloadFile, "reload-file", "", s.words.T("cli.flag_reload_file", nil))
	c.Flags().StringVar(&s.around.Before, "before", "", s.words.T("cli.flag_before", nil))
	c.Flags().StringVar(&s.around.After, "after", "", s.words.T("cli.flag_after", nil))
	c.Flags().IntVar(&s.around.CommandSeconds, "command-limit", 0, s.words.T("cli.flag_command_limit", nil))
}

// setAround puts each thing that was given in the place of what the saved
// connection says.
func (s *session) setAround(t *backup.Target) error {
	for _, file := range []*string{&s.around.LockFile, &s.around.ReloadFile} {
		if *file == "" {
			continue
		}
		abs, err := filepath.Abs(*file)
		if err != nil {
			return err
		}
		*file = abs
	}
	given, err := service.AroundOf(s.around, t.Path)
	if err != nil {
		return err
	}
	a := &t.Around
	a.LockFile, a.ReloadFile, a.Seconds = cmp.Or(given.LockFile, a.LockFile), cmp.Or(given.ReloadFile, a.ReloadFile), cmp.Or(given.Seconds, a.Seconds)
	if len(given.Before) > 0 {
		a.Before = given.Before
	}
	if len(given.After) > 0 {
		a.After = given.After
	}
	return a.Valid(t.Path)
}
