package tunnel

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// keys judges the key that another computer shows.
type keys struct {
	check      ssh.HostKeyCallback
	algorithms []string // those of the keys that are known, so that one of them is shown; nil for any
}

// knownByTheSystem are the files of OpenSSH.
func knownByTheSystem() []string {
	var files []string
	if home, err := os.UserHomeDir(); err == nil {
		files = append(files, filepath.Join(home, ".ssh", "known_hosts"), filepath.Join(home, ".ssh", "known_hosts2"))
	}
	if runtime.GOOS == "windows" {
		return append(files, filepath.Join(os.Getenv("ProgramData"), "ssh", "ssh_known_hosts"))
	}
	return append(files, "/etc/ssh/ssh_known_hosts")
}

// keysOf reads what is known of a computer.
func (t *Tunnels) keysOf(through backup.SSH) (keys, error) {
	var checks []ssh.HostKeyCallback
	for _, file := range append([]string{t.Known}, t.Others...) {
		check, err := knownhosts.New(file)
		switch {
		case errors.Is(err, os.ErrNotExist):
		case err != nil:
			return keys{}, errs.New(errs.Invalid, "ssh.known_hosts", errs.Args{"file": file}).Because(err)
		default:
			checks = append(checks, check)
		}
	}
	k := keys{check: func(address string, remote net.Addr, key ssh.PublicKey) error {
		return t.judge(checks, through, address, remote, key)
	}}
	// A key that nobody has is told which ones are known.
	nobody, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return k, fmt.Errorf("make a key: %w", err)
	}
	probe, err := ssh.NewPublicKey(nobody)
	if err != nil {
		return k, fmt.Errorf("make a key: %w", err)
	}
	for _, check := range checks {
		var other *knownhosts.KeyError
		if errors.As(check(through.Address(), &net.TCPAddr{}, probe), &other) {
			for _, want := range other.Want {
				k.algorithms = append(k.algorithms, algorithms(want.Key.Type())...)
			}
		}
	}
	return k, nil
}

// algorithms are the signatures that a key of a kind makes.
func algorithms(kind string) []string {
	if kind == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{kind}
}

// judge takes a key that is known in one of the files, revoked in none and another one
// of its kind in none, and one of a computer that is known nowhere, which the person has
// just accepted. A computer may have keys of several kinds, each in another file.
func (t *Tunnels) judge(checks []ssh.HostKeyCallback, through backup.SSH, address string, remote net.Addr, key ssh.PublicKey) error {
	args := errs.Args{"ssh": address, "fingerprint": ssh.FingerprintSHA256(key), "kind": key.Type()}
	known, replaced := false, false
	var changed error
	for _, check := range checks {
		err := check(address, remote, key)
		var revoked *knownhosts.RevokedError
		var other *knownhosts.KeyError
		switch {
		case err == nil:
			known = true
		case errors.As(err, &revoked):
			return errs.New(errs.Denied, "ssh.revoked_key", args)
		case errors.As(err, &other) && len(other.Want) > 0:
			at := max(0, slices.IndexFunc(other.Want, func(k knownhosts.KnownKey) bool { return k.Key.Type() == key.Type() }))
			replaced = replaced || other.Want[at].Key.Type() == key.Type()
			args["file"], args["line"] = other.Want[at].Filename, other.Want[at].Line
			changed = errs.New(errs.Denied, "ssh.changed_key", args)
		case !errors.As(err, &other):
			return errs.New(errs.Denied, "ssh.known_hosts", errs.Args{"file": t.Known}).Because(err)
		}
	}
	switch {
	case known && !replaced:
		return nil
	case changed != nil:
		return changed
	case through.Trust != "" && through.Trust == ssh.FingerprintSHA256(key):
		return t.accept(address, key)
	}
	return errs.New(errs.Denied, "ssh.unknown_key", args)
}

// accept writes a key down.
func (t *Tunnels) accept(address string, key ssh.PublicKey) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, err := os.OpenFile(t.Known, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return errs.New(errs.Unavailable, "ssh.not_kept", errs.Args{"file": t.Known}).Because(err)
	}
	_, err = fmt.Fprintln(f, knownhosts.Line([]string{knownhosts.Normalize(address)}, key))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errs.New(errs.Unavailable, "ssh.not_kept", errs.Args{"file": t.Known}).Because(err)
	}
	return nil
}
