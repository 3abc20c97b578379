package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
)

// deciding is what the flags decide about a migration.
type deciding struct {
	choose []string
	zone   string
	alike  bool
}

func (d *deciding) flags(s *session, c *cobra.Command) {
	c.Flags().StringArrayVar(&d.choose, "choose", nil, s.words.T("cli.flag_choose", nil))
	c.Flags().StringVar(&d.zone, "zone", "", s.words.T("cli.flag_zone", nil))
	c.Flags().BoolVar(&d.alike, "alike", false, s.words.T("cli.flag_alike", nil))
}

func (d *deciding) read() (backup.Choices, error) {
	c := backup.Choices{Zone: d.zone, Alike: d.alike}
	for _, text := range d.choose {
		one, err := backup.ParseChoice(text)
		if err != nil {
			return c, err
		}
		c.Each = append(c.Each, one)
	}
	return c, nil
}

// fits says whether what the flags decided is of a migration, and answers something
// in its plan.
func fits(p backup.Plan, made backup.Choices) error {
	switch {
	case p.Mode == backup.Replace && !made.Empty():
		return errs.New(errs.Invalid, "choice.no_migration", nil)
	case p.Examination != nil:
		return p.Examination.Fits(made.Each)
	}
	return nil
}

// keepChoices keeps what the flags decided with the saved connection, for the next
// time, where it was looked at: a migration that is blocked before that keeps nothing.
func (s *session) keepChoices(ctx context.Context, sys *boot.System, p backup.Plan, made backup.Choices) error {
	if s.saved == "" || made.Empty() || p.Examination == nil {
		return nil
	}
	return sys.Desk.KeepChoices(ctx, s.saved, p.Target.Choices)
}

// flag is how a check that can be decided is decided on the command line, "" where
// it can't be.
func flag(c backup.Check) string {
	if c.Code == "migrate.names_differ" {
		return "--alike"
	}
	choices, _ := c.Args["choices"].([]string)
	finding, found := strings.CutPrefix(c.Code, "migrate.found.")
	if !found || len(choices) == 0 {
		return ""
	}
	table, _ := c.Args["table"].(string)
	column, _ := c.Args["column"].(string)
	one := backup.Choice{Table: table, Column: column, Finding: finding, Action: backup.Action(strings.Join(choices, "|"))}
	return fmt.Sprintf("--choose '%s'", clean(strings.ReplaceAll(one.String(), "'", `'\''`)))
}
