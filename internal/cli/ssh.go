package cli

import (
	"github.com/spf13/cobra"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// sshFlags add the computer through which the server of --db is reached.
func (s *session) sshFlags(c *cobra.Command) {
	c.Flags().StringVar(&s.ssh, "ssh", "", s.words.T("cli.flag_ssh", nil))
	c.Flags().StringVar(&s.sshKey, "ssh-key", "", s.words.T("cli.flag_ssh_key", nil))
	c.Flags().StringVar(&s.sshTrust, "ssh-trust", "", s.words.T("cli.flag_ssh_trust", nil))
	c.MarkFlagsMutuallyExclusive("ssh", "connection") // a saved connection has its own
}

// through is the computer that the flags name; the zero SSH where they name none. A key
// file comes before a password, and a password before the agent.
func (s *session) through() (backup.SSH, error) {
	if s.ssh == "" {
		if s.sshKey != "" || s.sshTrust != "" {
			return backup.SSH{}, errs.New(errs.Invalid, "cli.no_ssh", nil)
		}
		return backup.SSH{}, nil
	}
	ssh, err := backup.ParseSSH(s.ssh)
	ssh.Secret, ssh.Trust = s.secrets.ssh, s.sshTrust
	switch {
	case s.sshKey != "":
		ssh.Auth, ssh.KeyFile = backup.ByKey, s.sshKey
	case ssh.Secret != "":
		ssh.Auth = backup.ByPassword
	default:
		ssh.Auth = backup.ByAgent
	}
	return ssh, err
}
