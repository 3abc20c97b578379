package boot

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/service"
)

// atTheWindow logs an administrator in, with a saved connection to the live database.
func atTheWindow(t *testing.T) (d *service.Desk, id, database string) {
	t.Helper()
	t.Setenv("COFRE_KEYRING", "off")
	s, target, e := live(t)
	if _, err := s.Desk.CreateAdministrator(t.Context(), "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.SaveConnection(t.Context(), service.ConnectionInput{Kind: "sqlite", Path: target.Path}); err != nil {
		t.Fatal(err)
	}
	return s.Desk, e.Manifest.ID, target.Path
}

func TestACopyReplacesNothingThatIsNeeded(t *testing.T) {
	d, id, database := atTheWindow(t)
	e, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	data, dir := filepath.Dir(d.LogFile), t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(data, link); err != nil {
		t.Skip("no links here:", err)
	}
	mine := filepath.Join(dir, "mine.sqlite3")
	if err := os.WriteFile(archive.ManifestPath(mine), []byte(`{"my": "settings"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	notes := filepath.Join(dir, "notes.sqlite3")
	if err := os.WriteFile(archive.ManifestPath(notes), []byte("my notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(data, "state.db"):             "save.own",
		filepath.Join(data, "state.db-wal"):         "save.own",
		filepath.Join(data, "job.lock"):             "save.own",
		filepath.Join(data, "new name"):             "save.own",
		filepath.Join(link, "state.db"):             "save.own",
		filepath.Join(data, "backups", "a.sqlite3"): "save.own",
		database:          "save.in_use",
		database + "-wal": "save.in_use",
		e.File:            "save.own", // in the repository
		mine:              "save.no_manifest",
		notes:             "save.no_manifest",
	} {
		err := d.SaveCopy(t.Context(), id, path)
		if e := errs.Of(err); e == nil || e.Code != errs.Invalid || e.Reason != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	for path, want := range map[string]string{archive.ManifestPath(mine): `{"my": "settings"}`, archive.ManifestPath(notes): "my notes"} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v", path, got, err)
		}
	}
	again := filepath.Join(dir, "copy.sqlite3")
	for range 2 { // the dialog has asked before the second
		if err := d.SaveCopy(t.Context(), id, again); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(again); err != nil {
		t.Fatal(err)
	}
	if err := d.SaveCopy(t.Context(), id, again); err != nil {
		t.Errorf("where only the manifest of an earlier copy lies: %v", err)
	}
}

func TestGuessingAtTheCommandLineLocksNobodyOut(t *testing.T) {
	d, _, _ := atTheWindow(t)
	for range 5 {
		if _, err := d.SavedTarget(t.Context(), "app.sqlite3", "a wrong password"); errs.CodeOf(err) != errs.Denied {
			t.Fatal(err)
		}
	}
	if _, err := d.Login(t.Context(), "ana", "a long password"); err != nil {
		t.Error(err)
	}
}

func TestTheResultOfARestoreIsReadUntilThePersonGoesOn(t *testing.T) {
	for how, goOn := range map[string]func(d *service.Desk) error{
		"login": func(d *service.Desk) error { _, err := d.Login(t.Context(), "ana", "a long password"); return err },
		"leave": func(d *service.Desk) error { d.Leave(); return nil },
	} {
		t.Run(how, func(t *testing.T) {
			d, id, _ := atTheWindow(t)
			all, err := d.Connections(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Activate(t.Context(), all[0].ID); err != nil {
				t.Fatal(err)
			}
			restoreAtTheWindow(t, d, id)
			if d.LastResult() == nil || d.SignedIn() == nil {
				t.Fatal("the session has not ended with a result to read")
			}
			if _, err := d.Login(t.Context(), "ana", "wrong"); err == nil || d.LastResult() == nil {
				t.Errorf("a wrong password took the result away: %v", err)
			}
			if err := goOn(d); err != nil {
				t.Fatal(err)
			}
			if r := d.LastResult(); r != nil {
				t.Errorf("the next person reads %+v", r)
			}
		})
	}
}

func restoreAtTheWindow(t *testing.T, d *service.Desk, id string) {
	t.Helper()
	p, err := d.PlanRestore(t.Context(), backup.Ref{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.StartRestore(t.Context(), service.StartRestoreInput{PlanID: p.ID, Consents: p.Consents}); err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// remembered is a journal whose last restore is given.
type remembered struct {
	backup.Journal
	last backup.Record
}

func (r remembered) LastDone(context.Context, string, string) (*backup.Record, error) {
	return &r.last, nil
}

func TestTheOverviewExpectsEveryStepOfARestore(t *testing.T) {
	for method, steps := range map[string][]backup.StepName{
		"in place": {backup.StepStage, backup.StepSafety, backup.StepApply, backup.StepVerify},
		"aside":    {backup.StepStage, backup.StepBuild, backup.StepCompare, backup.StepSwap},
	} {
		d, _, _ := atTheWindow(t)
		var last backup.Record
		for _, step := range steps {
			last.Steps = append(last.Steps, backup.StepTime{Name: step, Took: time.Second})
		}
		d.Service.Journal = remembered{d.Service.Journal, last}
		v, err := d.Overview(t.Context())
		if err != nil || v.ExpectedRestoreMS != 4000 {
			t.Errorf("%s: %d ms expected, %v", method, v.ExpectedRestoreMS, err)
		}
	}
}

func TestThePlanOfAnUndoNamesTheUndoOfTheCommandLine(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	s, target, e := live(t)
	p, err := s.Service.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, target)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := restore(t, s, p); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.CreateAdministrator(t.Context(), "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	c, err := s.Desk.SaveConnection(t.Context(), service.ConnectionInput{Kind: "sqlite", Path: target.Path})
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Desk.PlanUndo(t.Context())
	if want := "cofre undo --connection " + c.Name + " --yes"; err != nil || v.Command != want {
		t.Errorf("%q %v, want %q", v.Command, err, want)
	}
}
