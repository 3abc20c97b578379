package service

import (
	"context"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// StoredSecrets says which stored secrets of a connection would be used for it as the
// form describes it now: of another server or user they have to be typed anew.
func (d *Desk) StoredSecrets(ctx context.Context, in ConnectionInput) (StoredSecretsView, error) {
	if err := d.admin(); err != nil || in.ID == "" {
		return StoredSecretsView{}, err
	}
	old, err := d.connection(ctx, in.ID)
	if err != nil {
		return StoredSecretsView{}, err
	}
	c := backup.Connection{Kind: backup.Kind(in.Kind)}
	if readServer(&c, in) == nil { // what is half typed is said when it is tried
		return StoredSecretsView{Password: c.KeepsPassword(old), SSHSecret: c.KeepsSSHSecret(old)}, nil
	}
	return StoredSecretsView{}, nil
}

// complete adds to c, and to the password that was typed, the stored secrets of old
// that may be used for c.
func (r reach) complete(old, c backup.Connection, typed string) (_ backup.Connection, password string, err error) {
	password = typed
	if password == "" && old.ID != "" && c.KeepsPassword(old) {
		if password, err = r.secret(old.ID); err != nil {
			return c, "", err
		}
	}
	if c.SSH.Secret == "" && old.ID != "" && c.KeepsSSHSecret(old) {
		c.SSH.Secret, err = r.secret(sshSecret(old.ID))
	}
	return c, password, err
}

// keep stores the secrets of c that were typed. Those that may not be used for c are
// forgotten, the others stay.
func (r reach) keep(old, c backup.Connection, password string) error {
	neither := old.Kind != backup.PostgreSQL && c.Kind != backup.PostgreSQL
	direct := !old.SSH.Used() && !c.SSH.Used()
	for _, s := range []struct {
		id, typed string
		stays     bool
	}{{c.ID, password, neither || c.KeepsPassword(old)}, {sshSecret(c.ID), c.SSH.Secret, direct || c.KeepsSSHSecret(old)}} {
		var err error
		switch {
		case s.typed != "":
			err = r.secrets.Set(s.id, s.typed)
		case !s.stays && old.ID != "":
			err = r.secrets.Delete(s.id)
		}
		if err != nil && errs.CodeOf(err) != errs.NotFound {
			return err
		}
	}
	return nil
}
