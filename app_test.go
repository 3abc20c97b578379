package main

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cofre/internal/errs"
	"cofre/internal/service"
	"cofre/internal/text"
)

// blindShell is a window system in which no dialog may open.
type blindShell struct{ t *testing.T }

func (s blindShell) OpenFile(string, ...string) (string, error) { panic("a dialog opened") }
func (s blindShell) SaveFile(string, string) (string, error)    { panic("a dialog opened") }
func (s blindShell) OpenFolder(string) (string, error)          { panic("a dialog opened") }
func (s blindShell) SetClipboard(string) error                  { return nil }
func (s blindShell) Emit(string, any)                           {}
func (s blindShell) Front()                                     {}
func (s blindShell) Hide()                                      {}
func (s blindShell) Label(text.Language)                        {}
func (s blindShell) Quit()                                      {}

func openApp(t *testing.T) *App {
	t.Helper()
	t.Setenv("COFRE_HOME", t.TempDir())
	t.Setenv("COFRE_KEYRING", "off")
	a := NewApp("")
	a.startup(t.Context(), blindShell{t})
	t.Cleanup(a.shutdown)
	return a
}

func TestNothingButTheDoorIsOpenToWhoIsNotLoggedIn(t *testing.T) {
	a := openApp(t)
	open := []string{"Start", "CreateAdministrator", "Login", "Lock", "Recover", "SaveSettings", "LastResult", "CurrentJob", "ClipboardSet", "Quit", "Watching"}
	methods := reflect.ValueOf(a)
	for i := range methods.NumMethod() {
		name := methods.Type().Method(i).Name
		if slices.Contains(open, name) {
			continue
		}
		m := methods.Method(i)
		args := make([]reflect.Value, m.Type().NumIn())
		for n := range args {
			args[n] = reflect.Zero(m.Type().In(n))
		}
		results := m.Call(args)
		err, _ := results[len(results)-1].Interface().(error)
		var e *errs.Error
		if !errors.As(err, &e) || e.Reason != "auth.login_needed" {
			t.Errorf("%s answers %v", name, err)
		}
	}
}

func TestTheFirstStartMakesAnAdministratorAndALaterOneAsksForIt(t *testing.T) {
	a := openApp(t)
	v, err := a.Start()
	if err != nil || !v.NeedsAdministrator || v.Session.User != "" {
		t.Fatalf("the first start: %+v %v", v, err)
	}
	if s, err := a.CreateAdministrator("mariana", "a long password"); err != nil || s.User != "mariana" {
		t.Fatalf("create: %+v %v", s, err)
	}
	if err := a.Lock(); err != nil {
		t.Fatal(err)
	}
	if v, err = a.Start(); err != nil || v.NeedsAdministrator {
		t.Fatalf("the second start: %+v %v", v, err)
	}
	if _, err := a.CreateAdministrator("another", "a long password"); errs.CodeOf(err) != errs.Denied {
		t.Errorf("a second first administrator: %v", err)
	}
	if _, err := a.Login("mariana", "wrong"); errs.CodeOf(err) != errs.Denied {
		t.Errorf("a wrong password: %v", err)
	}
}

func TestAPanicReachesThePageAsAnError(t *testing.T) {
	a := openApp(t)
	if _, err := a.CreateAdministrator("mariana", "a long password"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.ChooseDatabaseFile(); errs.CodeOf(err) != errs.Internal {
		t.Errorf("a panic arrived as %v", err)
	}
	if log, err := a.Log(100); err != nil || !strings.Contains(strings.Join(log, "\n"), "a dialog opened") {
		t.Errorf("the log says nothing of it: %q, %v", log, err)
	}
}

func TestASampleIsMadeBackedUpAndRestoredThroughTheWindowsCalls(t *testing.T) {
	a := openApp(t)
	if _, err := a.CreateAdministrator("mariana", "a long password"); err != nil {
		t.Fatal(err)
	}
	c, err := a.CreateSample("finance")
	if err != nil || !c.Active {
		t.Fatalf("sample: %+v %v", c, err)
	}
	if o, err := a.GetOverview(); err != nil || o.Status != "risk" || o.Contents == nil {
		t.Fatalf("overview before: %+v %v", o, err)
	}
	if _, err := a.StartBackup(service.BackupInput{Note: "first", Compress: ""}); err != nil {
		t.Fatal(err)
	}
	wait(t, a)
	all, err := a.Backups()
	if err != nil || len(all) != 1 || all[0].State != "good" || !all[0].OfActive {
		t.Fatalf("backups: %+v %v", all, err)
	}
	if d, err := a.BackupDetail(all[0].ID); err != nil || d.Profile == nil || d.SHA256 == "" || len(d.Tables) == 0 || d.Rows <= 0 {
		t.Fatalf("what it holds: %+v %v", d, err)
	}
	if o, err := a.GetOverview(); err != nil || o.Status != "protected" || o.Days[len(o.Days)-1].State != "good" || o.Days[0].State != "" || o.Rows[0].Before != o.Rows[0].Rows {
		t.Fatalf("overview after: %+v %v", o, err)
	}
	p, err := a.PlanRestore(all[0].ID, "")
	if err != nil || p.Mode != "replace" || len(p.Consents) != 1 {
		t.Fatalf("plan: %+v %v", p, err)
	}
	if _, err := a.StartRestore(service.StartRestoreInput{PlanID: p.ID}); errs.CodeOf(err) != errs.Consent {
		t.Errorf("without consent: %v", err)
	}
	if _, err := a.StartRestore(service.StartRestoreInput{PlanID: p.ID, Consents: p.Consents}); err != nil {
		t.Fatal(err)
	}
	wait(t, a)
	r, err := a.LastResult()
	if err != nil || r == nil || r.Status != "succeeded" || r.Safety == nil || r.Profile == nil {
		t.Fatalf("result: %+v %v", r, err)
	}
	if _, err := a.Backups(); errs.CodeOf(err) != errs.Denied {
		t.Errorf("the session has not ended: %v", err)
	}
}

// wait returns when no job runs and all that follows one has been done.
func wait(t *testing.T, a *App) {
	t.Helper()
	if err := a.sys.Desk.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}
