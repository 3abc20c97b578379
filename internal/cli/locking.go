package cli

import (
	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// locking is what the flags of backup say about its encryption.
type locking struct {
	encrypt    bool
	recipients []string
	passphrase string
}

func (l *locking) flags(s *session, c *cobra.Command) {
	c.Flags().BoolVar(&l.encrypt, "encrypt", false, s.words.T("cli.flag_encrypt", nil))
	c.Flags().StringArrayVar(&l.recipients, "recipient", nil, s.words.T("cli.flag_recipient", nil))
	c.Flags().StringVar(&l.passphrase, "passphrase-file", "", s.words.T("cli.flag_passphrase_file", nil))
	c.MarkFlagsMutuallyExclusive("recipient", "passphrase-file")
}

// lock encrypts as the flags say, nil where they do not: for recipients, else by a
// passphrase, which is asked for twice on a terminal.
func (s *session) lock(l locking) (*archive.Lock, error) {
	switch {
	case len(l.recipients) > 0:
		return archive.LockFor(l.recipients...)
	case !l.encrypt && l.passphrase == "":
		return nil, nil
	}
	words, err := s.givenPassphrase(l.passphrase)
	if err != nil {
		return nil, err
	}
	if in, ok := s.asks(); ok && words == "" {
		again := ""
		if words, err = s.askSecret(in, "cli.ask_new_passphrase"); err == nil {
			again, err = s.askSecret(in, "cli.ask_passphrase_again")
		}
		if err != nil {
			return nil, err
		}
		if words != again {
			return nil, errs.New(errs.Invalid, "cli.passphrases_differ", nil)
		}
	}
	return archive.LockBy(words)
}
