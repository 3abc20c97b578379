package boot

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/notify"
	"cofre/internal/service"
)

// hurry has the clock of s go on by that much each time it is read.
func hurry(s *System, step time.Duration) (ahead *atomic.Int64) {
	ahead = new(atomic.Int64)
	s.Service.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Add(int64(step)))) }
	return ahead
}

func TestAWatchRuleThatCanNotWorkIsToldOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.sqlite3")
	otherProgram(t, path, notes)
	s := watching(t, t.TempDir(), path)
	madeBy(t, s, path)
	if err := s.Notices.Book.Put(t.Context(), notify.Channel{ID: "ch", Name: "here", Kind: notify.Desktop, Events: []notify.Event{notify.Failure}, Language: "en"}); err != nil {
		t.Fatal(err)
	}
	check := func() {
		t.Helper()
		if err := s.Scheduler.CheckWatched(t.Context(), func(service.WatchNews) {}); err != nil {
			t.Fatal(err)
		}
	}
	told := func(n int, reason string) {
		t.Helper()
		all, err := s.Notices.Book.Recent(t.Context(), 10)
		if err != nil || len(all) != n {
			t.Fatalf("told %d times: %+v, %v", len(all), all, err)
		}
		if n > 0 && (all[0].Cause == nil || all[0].Cause.Reason != reason || all[0].Subject.Name == "") {
			t.Errorf("told %+v", all[0])
		}
	}
	ahead := hurry(s, time.Second)
	check()
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	check()
	told(0, "")
	ahead.Add(int64(time.Hour))
	check()
	check()
	told(1, "sqlite.missing")
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	check()

	// It is seen, and nothing can be done about it.
	lock := s.Scheduler.Lock
	s.Scheduler.Lock = func() (func(), error) { return nil, errs.New(errs.Denied, "sqlite.read_only", nil) }
	otherProgram(t, path, "DELETE FROM note WHERE id < 50;")
	check()
	check()
	told(2, "sqlite.read_only")
	s.Scheduler.Lock = lock
	check()
	if made := automatics(t, s); len(made) != 1 {
		t.Errorf("%d backups once it could work again", len(made))
	}
	all, err := s.Desk.Connected.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if m, err := s.Service.Watched.Memory(t.Context(), all[0].ID); err != nil || m.Trouble != nil {
		t.Errorf("it can work, and has trouble: %+v, %v", m.Trouble, err)
	}
}

func TestWhatWasJudgedByALostBackupOrAnotherRuleIsLookedAtAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.sqlite3")
	otherProgram(t, path, notes)
	s := watching(t, t.TempDir(), path)
	madeBy(t, s, path)
	rule := service.WatchInput{On: true, Changes: 1000, Quiet: 2}
	set := func() {
		t.Helper()
		if _, err := s.Scheduler.SetWatch(t.Context(), "", path, rule); err != nil {
			t.Fatal(err)
		}
	}
	set()
	hurry(s, time.Second)
	atStart(t, s)
	otherProgram(t, path, "UPDATE note SET text = 'x' WHERE id < 50;")
	atStart(t, s)
	if made := automatics(t, s); len(made) > 0 {
		t.Fatal("backed up against its rule")
	}
	rule.Changes = 10
	set()
	atStart(t, s)
	made := automatics(t, s)
	if len(made) != 1 || made[0].Manifest.Cause.Changed != 49 {
		t.Fatalf("%d backups by the new rule", len(made))
	}
	if told := atStart(t, s); len(told) > 0 {
		t.Fatalf("and again: %+v", told)
	}
	if err := os.Remove(made[0].File); err != nil {
		t.Fatal(err)
	}
	if told := atStart(t, s); len(told) != 1 || told[0].Backup == "" || told[0].Backup == made[0].Manifest.ID {
		t.Errorf("its rows are in no backup, and none is made: %+v", told)
	}
}

// server is a PostgreSQL server that knows one password.
type server struct {
	backup.Engine
	seen func(password string) error
}

func (s server) Watch(t backup.Target) backup.Eye { return guest{s, t} }

type guest struct {
	server server
	target backup.Target
}

func (g guest) Look(context.Context) (backup.Sight, error) {
	return backup.Sight{Sign: "a"}, g.server.seen(g.target.URL)
}

func (guest) Close() {}

// passwords are secrets that hold one.
type passwords struct{ atomic.Value }

func (p *passwords) Get(string) (string, error) { return p.Load().(string), nil }
func (p *passwords) Set(_, s string) error      { p.Store(s); return nil }
func (p *passwords) Delete(string) error        { return nil }

func TestANewPasswordReachesWhoeverWatches(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	s, err := Open(t.Context(), Options{Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	secrets := &passwords{}
	secrets.Store("of-yesterday")
	s.Scheduler.Secrets = secrets
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s.Service.Archiver.Engines[backup.PostgreSQL] = server{s.Service.Archiver.Engines[backup.PostgreSQL], func(url string) error {
		if strings.Contains(url, "of-today") {
			stop()
			return nil
		}
		secrets.Store("of-today")
		return errs.New(errs.Denied, "postgres.password", nil)
	}}
	hurry(s, 30*time.Second)
	c := backup.Connection{ID: "c", Name: "app", Kind: backup.PostgreSQL, Host: "127.0.0.1", Port: 1, User: "app", Database: "app", Watch: backup.Watch{On: true, Deletions: true, Quiet: 2}}
	if err := s.Desk.Connected.Put(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(time.Minute, func() { t.Error("it goes on with the old password"); stop() })
	defer late.Stop()
	if err := s.Scheduler.Watch(ctx, func(service.WatchNews) {}); err != nil {
		t.Fatal(err)
	}
}
