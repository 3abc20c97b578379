package boot

import (
	"context"
	"os"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/service"
)

func TestTheDaysTellWhichHadAGoodBackup(t *testing.T) {
	s, target, today := live(t)
	if _, err := s.Desk.CreateAdministrator(t.Context(), "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.SaveConnection(t.Context(), service.ConnectionInput{Kind: "sqlite", Path: target.Path}); err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.Local)
	s.Service.Now = func() time.Time { return noon }
	on := func(back int) time.Time { return noon.AddDate(0, 0, -back).Add(-time.Hour) }
	put := func(id string, at time.Time, state backup.State, file string) {
		e := today
		e.Manifest.ID, e.Manifest.CreatedAt, e.State, e.File = id, at, state, file
		if err := s.Service.Archiver.Catalog.Put(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	gone := today.File + ".gone"
	put(today.Manifest.ID, on(1), backup.Good, today.File)
	put("proven", on(2), backup.Proven, today.File)
	put("and a good one later", on(2).Add(time.Minute), backup.Good, today.File)
	put("failed", on(3), backup.Failed, today.File)
	put("missing", on(4), backup.Good, gone)
	if _, err := os.Stat(gone); err == nil {
		t.Fatal("it is there")
	}
	still := today // nothing had changed for two days
	still.Manifest.ID, still.Manifest.CreatedAt, still.SameAt = "still", on(10), on(8)
	if err := s.Service.Archiver.Catalog.Put(t.Context(), still); err != nil {
		t.Fatal(err)
	}
	pruned := backup.Record{ID: "job", Kind: "backup", Identity: target.Identity(), StartedAt: on(6), EndedAt: on(6), Status: "succeeded", BackupID: "pruned", Bytes: 7}
	if err := s.Service.Journal.Begin(t.Context(), pruned); err != nil {
		t.Fatal(err)
	}
	if err := s.Service.Journal.Update(t.Context(), pruned); err != nil {
		t.Fatal(err)
	}

	o, err := s.Desk.Overview(t.Context())
	if err != nil || len(o.Days) != 35 {
		t.Fatal(len(o.Days), err)
	}
	for back, want := range []string{"", "good", "proven", "none", "none", "none", "gone", "none", "", "", "good", ""} {
		day := o.Days[len(o.Days)-1-back]
		if day.State != want || day.Date != noon.AddDate(0, 0, -back).Format(time.DateOnly) {
			t.Errorf("%d days ago: %+v, want %q", back, day, want)
		}
	}
	if day := o.Days[len(o.Days)-2]; day.Rows <= 0 || day.Bytes != today.Manifest.Bytes || day.At != on(1).UnixMilli() {
		t.Errorf("its backup: %+v", day)
	}
	if o.DatabaseFree <= 0 || o.DatabaseTotal < o.DatabaseFree {
		t.Errorf("room for the database: %d of %d", o.DatabaseFree, o.DatabaseTotal)
	}
}

// cleaned is a catalogue of which everything is deleted once it was listed.
type cleaned struct{ backup.Catalog }

func (cleaned) Get(context.Context, string) (backup.Entry, error) {
	return backup.Entry{}, errs.New(errs.NotFound, "backup.unknown", nil)
}

func TestABackupThatGoesWhileTheOverviewIsReadHoldsItNotUp(t *testing.T) {
	s, target, _ := live(t)
	if _, err := s.Desk.CreateAdministrator(t.Context(), "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.SaveConnection(t.Context(), service.ConnectionInput{Kind: "sqlite", Path: target.Path}); err != nil {
		t.Fatal(err)
	}
	s.Service.Archiver.Catalog = cleaned{s.Service.Archiver.Catalog}
	o, err := s.Desk.Overview(t.Context())
	if err != nil || o.Contents == nil || len(o.Rows) == 0 || o.Rows[0].Before != -1 {
		t.Fatalf("%+v, %v", o.Rows, err)
	}
	if today := o.Days[len(o.Days)-1]; today.State != "good" || today.Rows != -1 {
		t.Errorf("%+v", today)
	}
}

func TestTheOverviewNamesTheNextPlannedBackup(t *testing.T) {
	d, _, _ := atTheWindow(t)
	all, err := d.Connections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if o, err := d.Overview(t.Context()); err != nil || o.Next != nil {
		t.Fatalf("none is planned: %+v %v", o.Next, err)
	}
	x := &service.Scheduler{Service: d.Service, Connected: d.Connected, Secrets: d.Secrets, Book: d.Scheduler.Book}
	for name, when := range map[string]string{"nightly": "daily 03:00", "hourly": "hourly"} {
		if _, err := x.Add(t.Context(), service.ScheduleInput{Name: name, Connection: all[0].ID, Kind: "backup", When: when}); err != nil {
			t.Fatal(err)
		}
	}
	o, err := d.Overview(t.Context())
	if err != nil || o.Next == nil || o.Next.When != "hourly" && time.UnixMilli(o.Next.At).Hour() != 3 {
		t.Errorf("%+v %v", o.Next, err)
	}
	for _, name := range []string{"nightly", "hourly"} {
		if err := x.Pause(t.Context(), name, true); err != nil {
			t.Fatal(err)
		}
	}
	if o, err := d.Overview(t.Context()); err != nil || o.Next != nil {
		t.Errorf("both are paused: %+v %v", o.Next, err)
	}
}
