package boot

import (
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/service"
)

func TestWhoLockedTheWindowFindsItsPlanAndNobodyElseDoes(t *testing.T) {
	d, id, _ := atTheWindow(t)
	ctx := t.Context()
	if _, err := d.AddAdministrator(ctx, "a long password", "bia", "another password"); err != nil {
		t.Fatal(err)
	}
	p, err := d.PlanRestore(ctx, backup.Ref{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	start := func() error { _, err := d.StartRestore(ctx, service.StartRestoreInput{PlanID: p.ID}); return err }
	d.Lock()
	if err := start(); errs.Of(err).Reason != "auth.login_needed" {
		t.Errorf("locked: %v", err)
	}
	if v, err := d.Start(ctx, ""); err != nil || v.Session.User != "" || len(v.Interrupted) != 0 {
		t.Errorf("the window tells of %+v, %v", v, err)
	}
	if _, err := d.Login(ctx, "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	if err := start(); errs.Of(err).Reason != "restore.consent_overwrite" {
		t.Errorf("the plan that lacks a consent: %v", err)
	}
	d.Lock()
	if _, err := d.Login(ctx, "bia", "another password"); err != nil {
		t.Fatal(err)
	}
	if err := start(); errs.Of(err).Reason != "restore.plan_gone" {
		t.Errorf("somebody else's plan: %v", err)
	}
}

func TestASessionIsOverWhenItsAccountGoesOrGetsAnotherPasswordElsewhere(t *testing.T) {
	d, _, _ := atTheWindow(t)
	ctx := t.Context()
	ended := 0
	d.Ended = func() { ended++ }
	if err := d.ChangePassword(ctx, "", "a long password", "a new password"); err != nil {
		t.Fatal(err)
	}
	if err := d.SignedIn(); err != nil {
		t.Errorf("whoever changes the own password stays: %v", err)
	}
	elsewhere := d.Administrators
	if err := elsewhere.ChangePassword(ctx, "ana", "a new password", "a third password"); err != nil {
		t.Fatal(err)
	}
	if err := d.SignedIn(); errs.CodeOf(err) != errs.Denied || ended != 1 {
		t.Errorf("another password: %v, told %d times", err, ended)
	}
	if _, err := d.Login(ctx, "ana", "a third password"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.AddAdministrator(ctx, "a third password", "bia", "another password"); err != nil {
		t.Fatal(err)
	}
	if err := d.RemoveAdministrator(ctx, "a third password", "ana"); err != nil {
		t.Fatal(err)
	}
	if err := d.SignedIn(); errs.CodeOf(err) != errs.Denied || ended != 2 {
		t.Errorf("without an account: %v, told %d times", err, ended)
	}
}

func TestTheTimeOfTheLockIsAnAdministratorsToChoose(t *testing.T) {
	d, _, _ := atTheWindow(t)
	ctx := t.Context()
	v, err := d.Start(ctx, "")
	if err != nil || v.Settings.LockMinutes != service.DefaultLockMinutes {
		t.Fatalf("%+v %v", v.Settings, err)
	}
	s := v.Settings
	s.LockMinutes = 0
	if s, err = d.SaveSettings(ctx, s); err != nil || s.LockMinutes != 0 {
		t.Fatalf("%+v %v", s, err)
	}
	d.Lock()
	s.LockMinutes = 5
	if _, err := d.SaveSettings(ctx, s); errs.CodeOf(err) != errs.Denied {
		t.Errorf("from the login page: %v", err)
	}
}
