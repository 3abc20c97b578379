package boot

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/service"
	"cofre/internal/watch"
)

// atStart is what Cofre does and tells when it is started beside a database.
func atStart(t *testing.T, s *System) (told []service.WatchNews) {
	t.Helper()
	tell := func(n service.WatchNews) { told = append(told, n) }
	if err := errors.Join(s.Scheduler.BringBack(t.Context(), tell), s.Scheduler.CheckWatched(t.Context(), tell)); err != nil {
		t.Fatal(err)
	}
	return told
}

// another puts a new file in the place of the database, which is surely another one.
func another(t *testing.T, path, sql string) {
	t.Helper()
	if sql == "" {
		if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
			t.Fatal(err)
		}
	} else {
		otherProgram(t, path+".new", sql)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func TestOnlyWhatWasLostIsBroughtBackWithoutAQuestion(t *testing.T) {
	for name, c := range map[string]struct {
		lose   func(t *testing.T, s *System, path string)
		choice bool   // to bring back without asking
		back   bool   // it is
		ask    string // else why it is only offered; "" not even that
	}{
		"nobody chose it":     {func(t *testing.T, _ *System, path string) { os.Remove(path) }, false, false, "choice"},
		"the file is missing": {func(t *testing.T, _ *System, path string) { os.Remove(path) }, true, true, ""},
		"zero bytes":          {func(t *testing.T, _ *System, path string) { another(t, path, "") }, true, true, ""},
		"a new one, empty":    {func(t *testing.T, _ *System, path string) { another(t, path, "CREATE TABLE note(id)") }, true, true, ""},
		"only a schema's story": {func(t *testing.T, _ *System, path string) {
			another(t, path, "CREATE TABLE django_migrations(id); INSERT INTO django_migrations VALUES(1)")
		}, true, true, ""},
		"its rows were deleted": {func(t *testing.T, _ *System, path string) { otherProgram(t, path, "DELETE FROM note") }, true, false, "same"},
		"deleted, then missing": {func(t *testing.T, s *System, path string) {
			otherProgram(t, path, "DELETE FROM note WHERE id > 1")
			if _, err := s.Scheduler.SetWatch(t.Context(), "", path, service.WatchInput{On: true, Changes: 1000, Quiet: 2, BringBack: true}); err != nil {
				t.Fatal(err)
			}
			atStart(t, s) // Cofre sees the deletion
			os.Remove(path)
		}, true, false, "deleted"},
		"only its log is left": {func(t *testing.T, _ *System, path string) {
			if err := os.Rename(path, path+".away"); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path+"-wal", []byte("rows that are not in the file yet"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, true, false, "unsure"},
		"its drive is not mounted": {func(t *testing.T, s *System, path string) { // the folder is that of another one
			all, err := s.Desk.Connected.All(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Service.Watched.Remember(t.Context(), all[0].ID, func(m *watch.Memory) { m.Of = "9999999:1" }); err != nil {
				t.Fatal(err)
			}
			os.Remove(path)
		}, true, false, "unsure"},
		"backed up empty since": {func(t *testing.T, s *System, path string) {
			otherProgram(t, path, "DELETE FROM note")
			madeBy(t, s, path)
			os.Remove(path)
		}, true, false, "deleted"},
		"it has a row": {func(t *testing.T, _ *System, path string) {
			another(t, path, "CREATE TABLE note(id); INSERT INTO note VALUES(1)")
		}, true, false, ""},
		"it is a text":       {func(t *testing.T, _ *System, path string) { os.WriteFile(path, []byte("Dear diary"), 0o600) }, true, false, ""},
		"its folder is away": {func(t *testing.T, _ *System, path string) { os.Rename(filepath.Dir(path), filepath.Dir(path)+".away") }, true, false, ""},
		"its backup is gone": {func(t *testing.T, s *System, path string) {
			os.Remove(path)
			for _, e := range automatics(t, s) {
				t.Error("unexpected", e.File)
			}
			all, _ := s.Service.Entries(t.Context(), backup.Filter{})
			os.Remove(all[0].File)
		}, true, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "inner", "app.sqlite3")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			otherProgram(t, path, "CREATE TABLE note(id INTEGER PRIMARY KEY); INSERT INTO note VALUES(1),(2),(3);")
			s := watching(t, t.TempDir(), path)
			madeBy(t, s, path)
			// Only the offer is looked at here: a rule of its own would wait for quiet.
			if _, err := s.Scheduler.SetWatch(t.Context(), "", path, service.WatchInput{Deletions: true, Quiet: 2, BringBack: c.choice}); err != nil {
				t.Fatal(err)
			}
			if told := atStart(t, s); len(told) > 0 {
				t.Fatalf("nothing is lost, and it tells %+v", told)
			}
			c.lose(t, s, path)
			if !c.choice {
				if _, err := s.Scheduler.SetWatch(t.Context(), "", path, service.WatchInput{On: true, Deletions: true, Quiet: 2}); err != nil {
					t.Fatal(err)
				}
			}
			told := atStart(t, s)
			switch {
			case c.back:
				if len(told) != 1 || told[0].Err != nil || told[0].Restored == nil || told[0].Restored.Before.Rows() > 1 || told[0].Restored.After.Rows() != 3 {
					t.Fatalf("not brought back: %+v", told)
				}
				target, _ := backup.ParseTarget(path)
				q, err := s.Service.Asked(t.Context(), target)
				if err != nil || q == nil || !q.Automatic || q.After != 3 {
					t.Errorf("nobody is told: %+v, %v", q, err)
				}
				if again := atStart(t, s); len(again) > 0 {
					t.Errorf("and again: %+v", again)
				}
				os.Remove(path) // somebody does not want it there
				if again := atStart(t, s); len(again) != 1 || again[0].Offer == nil || again[0].Offer.Ask != "changed" {
					t.Errorf("brought back against a person: %+v", again)
				}
			case c.ask != "":
				if len(told) != 1 || told[0].Offer == nil || told[0].Offer.Ask != c.ask {
					t.Errorf("told %+v", told)
				}
			case len(told) > 0:
				t.Errorf("told %+v", told)
			}
		})
	}
}

func TestARestoreForAnEmptyDatabaseGoesOverNoRow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.sqlite3")
	otherProgram(t, path, notes)
	s := watching(t, t.TempDir(), path)
	madeBy(t, s, path)
	target, _ := backup.ParseTarget(path)
	all, err := s.Service.Entries(t.Context(), backup.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Service.Plan(t.Context(), backup.Ref{ID: all[0].Manifest.ID}, target)
	if err != nil {
		t.Fatal(err)
	}
	p.Vacant = true
	op, err := s.Service.Restore(t.Context(), p, p.Consents)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := op.Wait(); errs.Of(err) == nil || errs.Of(err).Reason != "restore.not_vacant" || r.Status != backup.Untouched {
		t.Errorf("%+v, %v", r.Status, err)
	}
}

func TestAnOfferThatWasDeclinedIsNotMadeAgainForTheSameState(t *testing.T) {
	d, _, path := atTheWindow(t)
	offer := func() *service.OfferView {
		t.Helper()
		v, err := d.Overview(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v.Offer
	}
	if o := offer(); o != nil {
		t.Fatalf("offered over rows: %+v", o)
	}
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if o := offer(); o == nil || o.State != "missing" || o.Rows == 0 || o.Declined {
		t.Fatalf("%+v", o)
	}
	if err := d.NotNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o := offer(); o == nil || !o.Declined {
		t.Errorf("asked again: %+v", o)
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	if o := offer(); o != nil {
		t.Errorf("it is back: %+v", o)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if o := offer(); o == nil || o.Declined {
		t.Errorf("it is lost anew, and nobody is asked: %+v", o)
	}
}

func TestWhatIsLostIsBroughtBackBeforeItIsBackedUpEmpty(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.sqlite3")
	otherProgram(t, path, notes)
	s := watching(t, t.TempDir(), path)
	madeBy(t, s, path)
	if _, err := s.Scheduler.SetWatch(t.Context(), "", path, service.WatchInput{Deletions: true, Quiet: 2, BringBack: true}); err != nil {
		t.Fatal(err)
	}
	atStart(t, s)
	another(t, path, "CREATE TABLE note(id); CREATE TABLE log(at)")
	target, err := backup.ParseTarget(path)
	if err != nil {
		t.Fatal(err)
	}
	hourly(t, s, target)
	// Another one works at the start: it is waited for.
	release, err := s.Scheduler.Lock()
	if err != nil {
		t.Fatal(err)
	}
	lock := s.Scheduler.Lock
	s.Scheduler.Lock = func() (func(), error) {
		got, err := lock()
		if errs.CodeOf(err) == errs.Busy && release != nil {
			release()
			release = nil
		}
		return got, err
	}
	s.KeepSchedules(t.Context())
	scheduled := func() *backup.Entry {
		all, err := s.Service.Entries(t.Context(), backup.Filter{Identity: target.Identity()})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			if e.Manifest.Purpose == backup.Scheduled {
				return &e
			}
		}
		return nil
	}
	eventually(t, "a scheduled backup", func() bool { return scheduled() != nil })
	if rows := (backup.Contents{Tables: scheduled().Manifest.Tables}).Rows(); rows != 100 {
		t.Errorf("what is due was backed up with %d rows", rows)
	}
}
