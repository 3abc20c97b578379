package tunnel

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// identify returns how the person shows who they are. What it opens for that is
// closed by done, once they have.
func identify(ctx context.Context, through backup.SSH) (methods []ssh.AuthMethod, done func(), err error) {
	switch through.Auth {
	case backup.ByKey:
		signer, err := key(through)
		if err != nil {
			return nil, nil, err
		}
		return []ssh.AuthMethod{ssh.PublicKeys(signer)}, func() {}, nil
	case backup.ByPassword:
		// Many servers ask for the password as a question of their own.
		answer := func(_, _ string, questions []string, shown []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for i := range questions {
				if shown[i] {
					return nil, errors.New("the server asks for more than a password")
				}
				answers[i] = through.Secret
			}
			return answers, nil
		}
		return []ssh.AuthMethod{ssh.Password(through.Secret), ssh.KeyboardInteractive(answer)}, func() {}, nil
	}
	conn, err := agentOf(ctx)
	if err != nil {
		return nil, nil, errs.New(errs.Unavailable, "ssh.no_agent", nil).Because(err)
	}
	signers, err := agent.NewClient(conn).Signers()
	if err == nil && len(signers) == 0 {
		err = errors.New("the agent holds no key")
	}
	if err != nil {
		_ = conn.Close()
		return nil, nil, errs.New(errs.Unavailable, "ssh.agent_empty", nil).Because(err)
	}
	return []ssh.AuthMethod{ssh.PublicKeys(signers...)}, func() { _ = conn.Close() }, nil
}

// agentOf connects to the agent of whoever runs the program.
func agentOf(ctx context.Context) (io.ReadWriteCloser, error) {
	socket := os.Getenv("SSH_AUTH_SOCK")
	if runtime.GOOS == "windows" && (socket == "" || strings.HasPrefix(socket, `\\.\pipe\`)) {
		if socket == "" {
			socket = `\\.\pipe\openssh-ssh-agent`
		}
		return os.OpenFile(socket, os.O_RDWR, 0)
	}
	if socket == "" {
		return nil, errors.New("SSH_AUTH_SOCK names no agent")
	}
	return new(net.Dialer).DialContext(ctx, "unix", socket)
}

// key reads the person's key.
func key(through backup.SSH) (ssh.Signer, error) {
	path := through.KeyFile
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, rest)
		}
	}
	args := errs.Args{"file": path}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, errs.New(errs.NotFound, "ssh.key_file", args).Because(err)
	}
	signer, err := ssh.ParsePrivateKey(content)
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked) && through.Secret == "":
		return nil, errs.New(errs.Denied, "ssh.key_locked", args)
	case errors.As(err, &locked):
		if signer, err = ssh.ParsePrivateKeyWithPassphrase(content, []byte(through.Secret)); err != nil {
			return nil, errs.New(errs.Denied, "ssh.key_passphrase", args)
		}
	case err != nil: // x/crypto/ssh repeats nothing of the key
		return nil, errs.New(errs.Invalid, "ssh.key_unknown", args).Because(err)
	}
	return signer, nil
}
