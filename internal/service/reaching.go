package service

import (
	"strings"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// reach is what is needed to get from a saved connection to its database.
type reach struct {
	secrets Secrets
	tunnels backup.Tunnels
}

func (d *Desk) reach() reach { return reach{d.Secrets, d.Tunnels} }

func (x *Scheduler) reach() reach { return reach{x.Secrets, x.Tunnels} }

// target is the database of a saved connection, ready to connect.
func (d *Desk) target(c backup.Connection) (backup.Target, error) { return d.reach().target(c) }

func (d *Desk) password(c backup.Connection) (string, error) { return d.reach().password(c) }

// sshSecret is the ID under which the password of the computer in between is kept, or
// the passphrase of the key for it.
func sshSecret(connection string) string { return connection + ".ssh" }

func (r reach) target(c backup.Connection) (backup.Target, error) {
	password, err := r.password(c)
	if err != nil {
		return backup.Target{}, err
	}
	if c.SSH.Used() {
		if c.SSH.Secret, err = r.secret(sshSecret(c.ID)); err != nil {
			return backup.Target{}, err
		}
	}
	return r.through(c.Target(password)), nil
}

// through is t with the way to it.
func (r reach) through(t backup.Target) backup.Target {
	t.Tunnels = r.tunnels
	return t
}

// password of a connection; "" where none is kept (a password file may have it).
func (r reach) password(c backup.Connection) (string, error) {
	if c.Kind != backup.PostgreSQL || c.ID == "" {
		return "", nil
	}
	return r.secret(c.ID)
}

func (r reach) secret(id string) (string, error) {
	s, err := r.secrets.Get(id)
	if errs.CodeOf(err) == errs.NotFound {
		return "", nil
	}
	return s, err
}

func (r reach) has(id string) bool {
	s, err := r.secret(id)
	return s != "" && err == nil
}

// forget removes the secrets of a connection.
func (r reach) forget(id string) error {
	for _, id := range []string{id, sshSecret(id)} {
		if err := r.secrets.Delete(id); err != nil && errs.CodeOf(err) != errs.NotFound {
			return err
		}
	}
	return nil
}

// Through is t reached through another computer, for the command line.
func (d *Desk) Through(t backup.Target, ssh backup.SSH) (backup.Target, error) {
	return d.reach().between(t, ssh)
}

// between puts a computer between here and the server of t; the zero SSH is none.
func (r reach) between(t backup.Target, ssh backup.SSH) (backup.Target, error) {
	switch {
	case !ssh.Used():
		return t, nil
	case t.Kind != backup.PostgreSQL:
		return t, errs.New(errs.Invalid, "ssh.not_postgres", nil)
	}
	if err := ssh.Check(); err != nil {
		return t, err
	}
	t.SSH = ssh
	return r.through(t), nil
}

// sshView is how a computer in between is shown.
func sshView(s backup.SSH, secret bool) SSHView {
	v := SSHView{SSHHost: s.Host, SSHPort: s.Port, SSHUser: s.User, SSHAuth: string(s.Auth), SSHKeyFile: s.KeyFile, HasSSHSecret: secret && s.Used()}
	if s.Used() && v.SSHAuth == "" {
		v.SSHAuth = string(backup.ByAgent)
	}
	return v
}

// readSSH is the opposite, with what was typed or accepted.
func readSSH(in ConnectionInput) backup.SSH {
	host := strings.TrimSpace(in.SSHHost)
	if host == "" {
		return backup.SSH{}
	}
	s := backup.SSH{Host: host, Port: in.SSHPort, User: strings.TrimSpace(in.SSHUser), Auth: backup.SSHAuth(in.SSHAuth), Secret: in.SSHSecret, Trust: in.SSHTrust}
	if s.Auth == backup.ByKey {
		s.KeyFile = strings.TrimSpace(in.SSHKeyFile)
	}
	return s
}
