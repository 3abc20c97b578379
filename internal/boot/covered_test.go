package boot

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/notify"
	"cofre/internal/service"
	"cofre/internal/watch"
)

// covered is a database with one good backup, of which one is expected every day, and
// somebody who hears of silences; the clock is the test's.
type covered struct {
	*System
	t      *testing.T
	target backup.Target
	entry  backup.Entry // as it was made
	now    time.Time
}

func coveredOne(t *testing.T) *covered {
	s, target, e := live(t)
	c := &covered{System: s, t: t, target: target, entry: e, now: e.Manifest.CreatedAt.Add(time.Minute)}
	s.Service.Now = func() time.Time { return c.now }
	connection := backup.Connection{ID: "c", Name: "app", Kind: backup.SQLite, Path: target.Path}
	if err := s.Desk.Connected.Put(t.Context(), connection); err != nil {
		t.Fatal(err)
	}
	if err := s.Notices.Book.Put(t.Context(), notify.Channel{ID: "ch", Name: "here", Kind: notify.Desktop, Events: []notify.Event{notify.Silence}, Language: "en"}); err != nil {
		t.Fatal(err)
	}
	c.look()
	if err := s.Notices.Expect(t.Context(), "c", 24); err != nil {
		t.Fatal(err)
	}
	return c
}

// put changes what the catalogue has of a backup.
func (c *covered) put(change func(*backup.Entry)) {
	c.t.Helper()
	e := c.entry
	change(&e)
	if err := c.Service.Archiver.Catalog.Put(c.t.Context(), e); err != nil {
		c.t.Fatal(err)
	}
}

func (c *covered) look() {
	c.t.Helper()
	if err := c.Notices.Look(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

// pass lets time go by, looking every quarter of an hour.
func (c *covered) pass(d time.Duration) {
	c.t.Helper()
	for end := c.now.Add(d); c.now.Before(end); c.now = c.now.Add(15 * time.Minute) {
		c.look()
	}
}

// told is what was told so far, oldest first.
func (c *covered) told() string {
	c.t.Helper()
	all, err := c.Notices.Book.Recent(c.t.Context(), 100)
	if err != nil {
		c.t.Fatal(err)
	}
	events := []notify.Event{}
	for i := range all {
		events = append(events, all[len(all)-1-i].Event)
	}
	return fmt.Sprint(events)
}

func (c *covered) status() string {
	c.t.Helper()
	p, err := c.Service.Protection(c.t.Context(), c.target, service.Apart)
	if err != nil {
		c.t.Fatal(err)
	}
	return p.Status + " " + p.Reason
}

func TestADatabaseThatWasFoundUnchangedIsCoveredFromThenOn(t *testing.T) {
	c := coveredOne(t)
	for range 20 { // ten days, twice a day
		c.put(func(e *backup.Entry) { e.SameAt = c.now })
		c.pass(12 * time.Hour)
	}
	if got := c.told() + c.status(); got != "[]protected protected" {
		t.Errorf("it is as it was: %s", got)
	}
	c.pass(30 * time.Hour)
	if got := c.told() + c.status(); got != "[silence]attention silent" {
		t.Errorf("nobody has looked since: %s", got)
	}
	c.put(func(e *backup.Entry) { e.SameAt = c.now })
	c.look()
	if got := c.told() + c.status(); got != "[silence recovered]protected protected" {
		t.Errorf("it is the same still: %s", got)
	}
}

func TestAMarkOfTheFutureCoversNothing(t *testing.T) {
	c := coveredOne(t)
	c.put(func(e *backup.Entry) { e.SameAt = c.now.AddDate(1, 0, 0) })
	c.pass(26 * time.Hour)
	if got := c.told(); got != "[silence]" {
		t.Error(got)
	}
	c.now = c.now.Add(8 * 24 * time.Hour)
	if got := c.status(); got != "risk old" {
		t.Error(got)
	}
}

func TestASafetyBackupEndsNoSilenceAndProtectsNothing(t *testing.T) {
	c := coveredOne(t)
	c.pass(26 * time.Hour)
	c.put(func(e *backup.Entry) {
		e.Manifest.ID, e.Manifest.Purpose, e.Manifest.CreatedAt = "safety", backup.Safety, c.now
	})
	c.now = c.now.Add(time.Minute)
	c.look()
	if got := c.told() + c.status(); got != "[silence]attention silent" {
		t.Error(got)
	}
	if err := c.Service.Archiver.Catalog.Delete(t.Context(), c.entry.Manifest.ID); err != nil {
		t.Fatal(err)
	}
	if got := c.status(); got != "risk replaced" {
		t.Error(got)
	}
}

func TestADriveThatIsUnpluggedForAWhileIsNoSilence(t *testing.T) {
	c := coveredOne(t)
	folder := filepath.Dir(c.entry.File)
	unplug, plug := func() { c.move(folder, folder+".away") }, func() { c.move(folder+".away", folder) }
	unplug()
	c.pass(3 * time.Hour)
	plug()
	c.look()
	if got := c.told(); got != "[]" {
		t.Error(got)
	}
	unplug()
	c.pass(23 * time.Hour)
	plug()
	c.look()
	if got := c.told(); got != "[silence]" {
		t.Errorf("its time has come; to plug it in makes no new one: %s", got)
	}
	all, err := c.Notices.Book.Recent(t.Context(), 1)
	if err != nil || len(all[0].Lines) != 2 || all[0].Lines[0].Args["expected_at"] != float64(c.entry.Manifest.CreatedAt.Add(24*time.Hour+time.Minute).UnixMilli()) || all[0].Lines[1].Key != "notify.line.last_good" {
		t.Errorf("%+v, %v", all, err)
	}
}

func (c *covered) move(from, to string) {
	c.t.Helper()
	if err := os.Rename(from, to); err != nil {
		c.t.Fatal(err)
	}
}

func TestADatabaseAtWhichNothingHappensStaysProtected(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.sqlite3")
	otherProgram(t, path, notes)
	s := watching(t, t.TempDir(), path)
	madeBy(t, s, path)
	target, err := backup.ParseTarget(path)
	if err != nil {
		t.Fatal(err)
	}
	later := time.Duration(0)
	s.Service.Now = func() time.Time { return time.Now().Add(later) }
	check := func() service.Protection {
		t.Helper()
		if err := s.Scheduler.CheckWatched(t.Context(), func(n service.WatchNews) { t.Errorf("told: %+v", n) }); err != nil {
			t.Fatal(err)
		}
		p, err := s.Service.Protection(t.Context(), target, service.Apart)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	check()
	for ; later < 20*24*time.Hour; later += 19 * time.Hour { // each time another one who looks
		if p := check(); p.Status != "protected" || p.CoveredAt.Before(s.Service.Now().Add(-time.Hour)) {
			t.Fatalf("%s, %s; covered at %s", p.Status, p.Reason, p.CoveredAt)
		}
	}
	if made := automatics(t, s); len(made) > 0 {
		t.Errorf("%d backups of what has not changed", len(made))
	}
}

func TestAChangeThatTheWatcherNeverGetsIntoABackupIsASilence(t *testing.T) {
	c := coveredOne(t)
	if err := c.Notices.Expect(t.Context(), "c", 0); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Scheduler.SetWatch(t.Context(), "app", "", service.WatchInput{On: true, Changes: 1, Quiet: 30, Pause: 60}); err != nil {
		t.Fatal(err)
	}
	c.pass(10 * 24 * time.Hour)
	if got := c.told(); got != "[]" {
		t.Errorf("nothing has changed: %s", got)
	}
	first := c.now
	err := c.Service.Watched.Remember(t.Context(), "c", func(m *watch.Memory) {
		*m = watch.Memory{Identity: c.target.Identity(), Waiting: &watch.Waiting{Sign: "other", First: first, Last: first}}
	})
	if err != nil {
		t.Fatal(err)
	}
	c.pass(4 * time.Hour)
	if got := c.told(); got != "[]" {
		t.Errorf("there is time for it still: %s", got)
	}
	c.pass(time.Hour)
	if got := c.told(); got != "[silence]" {
		t.Errorf("an hour's pause and three are over: %s", got)
	}
	c.put(func(e *backup.Entry) { e.SameAt = c.now })
	c.look()
	if got := c.told(); got != "[silence recovered]" {
		t.Errorf("it is as its backup: %s", got)
	}
	c.pass(10 * 24 * time.Hour)
	if got := c.told(); got != "[silence recovered]" {
		t.Errorf("it is old, and covered: %s", got)
	}
}
