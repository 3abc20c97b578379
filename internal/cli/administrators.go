package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"cofre/internal/boot"
	"cofre/internal/errs"
)

func (s *session) administratorsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "administrators",
		Short:   s.words.T("cli.administrators", nil),
		Long:    s.words.T("cli.administrators_long", nil),
		Example: "  cofre administrators add rafael\n  cofre administrators recover mariana",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(s.administratorsList(),
		s.aboutAdministrator("add", s.addAdministrator), s.aboutAdministrator("remove", s.removeAdministrator), s.aboutAdministrator("password", s.changePassword),
		s.aboutAdministrator("recover", s.recoverAdministrator), s.aboutAdministrator("code", s.recoveryCode))
	for _, sub := range c.Commands() {
		sub.Args = wrapArgs(sub.Args)
	}
	return c
}

// aboutAdministrator is a command that does something about the administrator NAME.
func (s *session) aboutAdministrator(verb string, do func(ctx context.Context, sys *boot.System, name string) error) *cobra.Command {
	return &cobra.Command{
		Use:   verb + " NAME",
		Short: s.words.T("cli.administrators_"+verb, nil),
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error { return do(c.Context(), sys, args[0]) })
		},
	}
}

// administrator is one in the answers of the command line.
type administrator struct {
	Name         string    `json:"name"`
	CreatedAt    time.Time `json:"created_at"`
	RecoveryCode bool      `json:"recovery_code"` // there is one
}

func (s *session) administratorsList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: s.words.T("cli.administrators_list", nil),
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				all, err := sys.Desk.ListAdministrators(c.Context())
				if err != nil {
					return err
				}
				views := []administrator{}
				for _, a := range all {
					views = append(views, administrator{a.Name, time.UnixMilli(a.CreatedAt).UTC(), a.HasCode})
				}
				if s.json {
					return s.document(map[string]any{"administrators": views})
				}
				w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
				for _, a := range views {
					code := "cli.administrators_coded"
					if !a.RecoveryCode {
						code = "cli.administrators_uncoded"
					}
					fmt.Fprintf(w, "%s\t%s\t%s\n", clean(a.Name), a.CreatedAt.Local().Format(time.DateTime), s.words.T(code, nil))
				}
				return w.Flush()
			})
		},
	}
}

func (s *session) addAdministrator(ctx context.Context, sys *boot.System, name string) error {
	none, err := sys.Desk.Administrators.Needed(ctx)
	if err != nil {
		return err
	}
	own := ""
	if !none { // the first one has nobody to ask
		if own, err = s.administratorPassword(); err != nil {
			return err
		}
	}
	fresh, err := s.newPassword()
	if err != nil {
		return err
	}
	code, err := sys.Desk.AddAdministrator(ctx, own, name, fresh)
	if err != nil {
		return err
	}
	return s.tellCode("cli.administrators_added", name, code)
}

func (s *session) removeAdministrator(ctx context.Context, sys *boot.System, name string) error {
	own, err := s.administratorPassword()
	if err != nil {
		return err
	}
	if err := sys.Desk.RemoveAdministrator(ctx, own, name); err != nil {
		return err
	}
	return s.tellDone("cli.administrators_removed", name)
}

func (s *session) changePassword(ctx context.Context, sys *boot.System, name string) error {
	old, err := s.administratorPassword()
	if err != nil {
		return err
	}
	fresh, err := s.newPassword()
	if err != nil {
		return err
	}
	if err := sys.Desk.ChangePassword(ctx, name, old, fresh); err != nil {
		return err
	}
	return s.tellDone("cli.administrators_changed", name)
}

func (s *session) recoverAdministrator(ctx context.Context, sys *boot.System, name string) error {
	code, err := s.secret(s.secrets.recovery, "cli.ask_recovery_code", "cli.recovery_code")
	if err != nil {
		return err
	}
	fresh, err := s.newPassword()
	if err != nil {
		return err
	}
	spelling, next, err := sys.Desk.Recover(ctx, name, code, fresh)
	if err != nil {
		return err
	}
	return s.tellCode("cli.administrators_recovered", spelling, next)
}

func (s *session) recoveryCode(ctx context.Context, sys *boot.System, name string) error {
	own, err := s.administratorPassword()
	if err != nil {
		return err
	}
	code, err := sys.Desk.MakeRecoveryCode(ctx, name, own)
	if err != nil {
		return err
	}
	return s.tellCode("cli.administrators_code_made", name, code)
}

// tellCode shows a recovery code, which is shown once, and what has been done.
func (s *session) tellCode(done, name, code string) error {
	if s.json {
		return s.document(map[string]string{"name": name, "recovery_code": code})
	}
	s.say(done, map[string]any{"name": clean(name)})
	fmt.Fprintln(s.out, code) // also with --quiet: it is what was asked for
	s.say("cli.administrators_keep_code", nil)
	return nil
}

func (s *session) tellDone(done, name string) error {
	if s.json {
		return s.document(map[string]string{"name": name})
	}
	s.say(done, map[string]any{"name": clean(name)})
	return nil
}

// newPassword comes from the environment, or is asked for twice on a terminal.
func (s *session) newPassword() (string, error) {
	if p := s.secrets.fresh; p != "" {
		return p, nil
	}
	in, ok := s.asks()
	if !ok {
		return "", errs.New(errs.Denied, "cli.new_password", nil)
	}
	fresh, err := s.askSecret(in, "cli.ask_new_password")
	if err != nil {
		return "", err
	}
	again, err := s.askSecret(in, "cli.ask_new_password_again")
	if err == nil && again != fresh {
		err = errs.New(errs.Invalid, "cli.passwords_differ", nil)
	}
	return fresh, err
}
