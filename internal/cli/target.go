package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
)

// targetFlags adds the flags that say which database is meant.
func (s *session) targetFlags(c *cobra.Command) {
	s.databaseFlags(c)
	c.Flags().StringVar(&s.tools, "tools", "", s.words.T("cli.flag_tools", nil))
	c.Flags().IntVar(&s.wait, "wait", 0, s.words.T("cli.flag_wait", nil))
}

// databaseFlags are those of them that name it, for what does not reach for it.
func (s *session) databaseFlags(c *cobra.Command) {
	c.Flags().StringVar(&s.db, "db", "", s.words.T("cli.flag_db", nil))
	c.Flags().StringVar(&s.saved, "connection", "", s.words.T("cli.flag_connection", nil))
	c.MarkFlagsMutuallyExclusive("db", "connection")
	s.sshFlags(c)
}

// target is the database that the flags mean.
func (s *session) target(ctx context.Context, sys *boot.System) (backup.Target, error) {
	t, err := s.namedTarget(ctx, sys)
	if err != nil {
		return t, err
	}
	if s.tools != "" {
		t.ToolsDir = s.tools
	}
	if s.wait < 0 {
		return t, errs.New(errs.Invalid, "cli.wait", nil)
	}
	if s.wait > 0 {
		t.BusyTimeout = time.Duration(s.wait) * time.Second
	}
	return t, s.setAround(&t)
}

func (s *session) namedTarget(ctx context.Context, sys *boot.System) (backup.Target, error) {
	switch {
	case s.db != "":
		t, err := backup.ParseTarget(s.db)
		if err != nil {
			return t, err
		}
		ssh, err := s.through()
		if err == nil {
			t, err = sys.Desk.Through(t, ssh)
		}
		if err != nil {
			return t, err
		}
		return sys.Desk.Marked(ctx, t)
	case s.saved == "":
		return backup.Target{}, errs.New(errs.Invalid, "cli.no_db", nil)
	}
	password, err := s.administratorPassword()
	if err != nil {
		return backup.Target{}, err
	}
	return sys.Desk.SavedTarget(ctx, s.saved, password)
}

// administratorPassword comes from the environment, or is asked for on a terminal.
func (s *session) administratorPassword() (string, error) {
	return s.secret(s.secrets.administrator, "cli.ask_admin_password", "cli.admin_password")
}

// secret is the one that the environment gives, or the answer to a question on a
// terminal; errs.Denied with the reason missing where there is neither.
func (s *session) secret(given, question, missing string) (string, error) {
	if given != "" {
		return given, nil
	}
	in, ok := s.asks()
	if !ok {
		return "", errs.New(errs.Denied, missing, nil)
	}
	return s.askSecret(in, question)
}

// asks is the terminal of somebody who can be asked.
func (s *session) asks() (*os.File, bool) {
	in, ok := s.in.(*os.File)
	return in, ok && term.IsTerminal(int(in.Fd()))
}

// askSecret asks on a terminal, and does not show the answer.
func (s *session) askSecret(in *os.File, question string) (string, error) {
	fmt.Fprintf(s.err, "%s: ", s.words.T(question, nil))
	answer, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(s.err)
	return string(answer), err
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
