package cli

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// keyFlags adds the flags that open encrypted files, for a command that reads some.
func (s *session) keyFlags(c *cobra.Command) {
	var identities []string
	var passphrase string
	c.Flags().StringArrayVar(&identities, "identity", nil, s.words.T("cli.flag_identity", nil))
	c.Flags().StringVar(&passphrase, "passphrase-file", "", s.words.T("cli.flag_passphrase_file", nil))
	c.PreRunE = func(c *cobra.Command, _ []string) error {
		keys, err := s.keys(identities, passphrase)
		c.SetContext(archive.WithKeys(c.Context(), keys...))
		return err
	}
}

// keys are what the flags and the environment give; on a terminal the passphrase is
// asked for when a file needs it.
func (s *session) keys(identities []string, passphrase string) ([]*archive.Key, error) {
	var keys []*archive.Key
	for _, file := range identities {
		more, err := archive.ReadKeys(file)
		if err != nil {
			return nil, err
		}
		keys = append(keys, more...)
	}
	words, err := s.givenPassphrase(passphrase)
	if err != nil {
		return nil, err
	}
	if words != "" {
		keys = append(keys, archive.Passphrase(words))
	} else if in, ok := s.asks(); ok {
		keys = append(keys, archive.AskPassphrase(func() (string, error) { return s.askSecret(in, "cli.ask_passphrase") }))
	}
	return keys, nil
}

// maxPassphrase bounds what is read as a passphrase: another file was meant.
const maxPassphrase = 4 << 10

// givenPassphrase is that of a file, without the end of its line, or of the environment;
// "" where there is none.
func (s *session) givenPassphrase(file string) (string, error) {
	if file == "" {
		return s.secrets.passphrase, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return "", archive.FileError(err, file)
	}
	defer f.Close()
	words, err := io.ReadAll(io.LimitReader(f, maxPassphrase+1))
	if err != nil {
		return "", archive.FileError(err, file)
	}
	line := strings.TrimSuffix(strings.TrimSuffix(string(words), "\n"), "\r")
	if line == "" || len(words) > maxPassphrase || strings.ContainsAny(line, "\n\x00") {
		return "", errs.New(errs.Invalid, "cli.passphrase_file", errs.Args{"file": file})
	}
	return line, nil
}
