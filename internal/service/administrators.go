package service

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// AdministratorView is an administrator in the settings.
type AdministratorView struct {
	Name      string `json:"name"`
	CreatedAt int64  `json:"createdAt"`
	HasCode   bool   `json:"hasCode"` // a recovery code was made
	You       bool   `json:"you"`     // who is logged in
}

// WelcomeView is who is logged in, with the recovery code that was just made: nobody
// can be told it again.
type WelcomeView struct {
	User         string `json:"user"`
	RecoveryCode string `json:"recoveryCode"`
}

// CreateAdministrator makes the first administrator and logs in. Where there is one
// already it is errs.Denied.
func (d *Desk) CreateAdministrator(ctx context.Context, name, password string) (WelcomeView, error) {
	code, err := d.create(ctx, "", name, password)
	if err != nil {
		return WelcomeView{}, err
	}
	s, err := d.Login(ctx, name, password)
	return WelcomeView{User: s.User, RecoveryCode: code}, err
}

// AddAdministrator makes a further one and returns its recovery code; own is the
// password of whoever adds it (confirm). The first one of all needs none.
func (d *Desk) AddAdministrator(ctx context.Context, own, name, password string) (code string, err error) {
	none, err := d.Administrators.Needed(ctx)
	if err != nil {
		return "", err
	}
	by := ""
	if !none {
		if by, err = d.confirm(ctx, own); err != nil {
			return "", err
		}
	}
	return d.create(ctx, by, name, password)
}

// create makes an administrator and writes it down. Cofre's own first one did it itself.
func (d *Desk) create(ctx context.Context, by, name, password string) (string, error) {
	code, err := d.Administrators.Create(ctx, by, name, password)
	if err != nil {
		return "", err
	}
	name = strings.TrimSpace(name)
	who := cmp.Or(d.actor(ctx), name)
	return code, d.Service.note(ctx, audit.Entry{Who: who, What: audit.AdministratorCreated, Subject: name}, nil)
}

// ListAdministrators is who may use Cofre, by name.
func (d *Desk) ListAdministrators(ctx context.Context) ([]AdministratorView, error) {
	views := []AdministratorView{}
	all, err := d.Administrators.All(ctx)
	user, _ := d.Session.Current()
	for _, a := range all {
		views = append(views, AdministratorView{Name: a.Name, CreatedAt: millis(a.CreatedAt), HasCode: a.Recovery != "", You: a.Name == user})
	}
	return views, err
}

// RemoveAdministrator removes one, but never the last one; own is as for
// AddAdministrator. A session of theirs is over, in this window and in others.
func (d *Desk) RemoveAdministrator(ctx context.Context, own, name string) error {
	if _, err := d.confirm(ctx, own); err != nil {
		return err
	}
	who := d.actor(ctx)
	spelling, err := d.Administrators.Remove(ctx, name)
	if err != nil {
		return err
	}
	if user, ok := d.Session.Current(); ok && user == spelling {
		d.Leave()
		d.Ended()
	}
	return d.Service.note(ctx, audit.Entry{Who: who, What: audit.AdministratorRemoved, Subject: spelling}, nil)
}

// ChangePassword gives an administrator (name "": who is logged in) a new password for
// the old one. Their sessions in other windows are over.
func (d *Desk) ChangePassword(ctx context.Context, name, old, fresh string) error {
	user, _ := d.Session.Current()
	name = cmp.Or(name, user)
	if err := d.Administrators.ChangePassword(ctx, name, old, fresh); err != nil {
		return errors.Join(err, d.noteLogin(ctx, name, err))
	}
	spelling, err := d.Administrators.Spelling(ctx, name)
	if err == nil && spelling == user {
		err = d.begin(ctx, user)
	}
	if err != nil {
		return err
	}
	return d.Service.note(ctx, audit.Entry{Who: cmp.Or(d.actor(ctx), spelling), What: audit.PasswordChanged, Subject: spelling}, nil)
}

// MakeRecoveryCode makes another recovery code for an administrator (name "": who is
// logged in), whose own password it takes. The one before it is worth nothing.
func (d *Desk) MakeRecoveryCode(ctx context.Context, name, own string) (string, error) {
	user, _ := d.Session.Current()
	spelling, err := d.Administrators.Verify(ctx, cmp.Or(name, user), own)
	if err != nil {
		return "", errors.Join(err, d.noteLogin(ctx, cmp.Or(name, user), err))
	}
	code, err := d.Administrators.NewRecoveryCode(ctx, spelling)
	if err != nil {
		return "", err
	}
	return code, d.Service.note(ctx, audit.Entry{Who: cmp.Or(d.actor(ctx), spelling), What: audit.RecoveryCode, Subject: spelling}, nil)
}

// Recover gives an administrator a new password for the recovery code. It returns the
// code that takes the place of the used one.
func (d *Desk) Recover(ctx context.Context, name, code, fresh string) (spelling, next string, err error) {
	spelling, next, err = d.Administrators.Recover(ctx, name, code, fresh)
	e := audit.Entry{What: audit.PasswordReset}
	if err != nil {
		if errs.Of(err).Reason == "auth.code_wrong" { // what came too early was not looked at
			var unknown error
			e.Subject, unknown = d.Administrators.Spelling(ctx, name)
			err = errors.Join(err, unknown, d.Service.note(ctx, e, err))
		}
		return "", "", err
	}
	e.Who, e.Subject = cmp.Or(d.actor(ctx), spelling), spelling
	return spelling, next, d.Service.note(ctx, e, nil)
}

// RecoverAndLogin is Recover at the window, where it begins a session as well.
func (d *Desk) RecoverAndLogin(ctx context.Context, name, code, fresh string) (WelcomeView, error) {
	spelling, next, err := d.Recover(ctx, name, code, fresh)
	if err != nil {
		return WelcomeView{}, err
	}
	s, err := d.Login(ctx, spelling, fresh)
	return WelcomeView{User: s.User, RecoveryCode: next}, err
}

// confirm checks that own is the password of whoever is logged in; where nobody is, as
// on the command line, of any administrator.
func (d *Desk) confirm(ctx context.Context, own string) (string, error) {
	user, ok := d.Session.Current()
	if !ok {
		return d.verifyAny(ctx, own)
	}
	spelling, err := d.Administrators.Verify(ctx, user, own)
	if err != nil {
		err = errors.Join(err, d.noteLogin(ctx, user, err))
	}
	return spelling, err
}

// actor is who acts: the administrator at the window, or whom the door has named.
func (d *Desk) actor(ctx context.Context) string {
	user, _ := d.Session.Current()
	return cmp.Or(user, backup.ActorOf(ctx))
}
