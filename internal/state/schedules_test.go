package state

import (
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/schedule"
)

func TestSchedulesAndTheirRunsAreKeptAndGoWithTheirConnection(t *testing.T) {
	db := open(t)
	book, ctx := db.Schedules(), t.Context()
	if err := db.Connections().Put(ctx, backup.Connection{ID: "c", Name: "app", Kind: backup.SQLite}); err != nil {
		t.Fatal(err)
	}
	s := schedule.Schedule{ID: "1", Name: "Nightly", Connection: "c", Kind: schedule.Backup, When: "daily 03:00", Zone: "UTC", Since: time.Unix(1000, 5).UTC()}
	if err := book.Put(ctx, s); err != nil {
		t.Fatal(err)
	}
	if err := book.Put(ctx, schedule.Schedule{ID: "2", Name: "nightly", Connection: "c"}); errs.Of(err).Reason != "schedule.name_taken" {
		t.Errorf("a name twice: %v", err)
	}
	if all, err := book.Schedules(ctx); err != nil || len(all) != 1 || all[0] != s {
		t.Fatalf("%+v, %v", all, err)
	}
	if last, err := book.Last(ctx, "1"); err != nil || last != nil {
		t.Errorf("before the first run: %+v, %v", last, err)
	}
	r := schedule.Run{Schedule: "1", Due: time.Unix(2000, 0).UTC(), Attempt: 2, StartedAt: time.Unix(2001, 0).UTC(), Status: schedule.Running}
	if _, err := db.sql.Exec("INSERT INTO runs (schedule, ended_at, run) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT '1', 1, '{}' FROM n", schedule.KeptRuns+5); err != nil {
		t.Fatal(err)
	}
	var err error
	if r.ID, err = book.Begin(ctx, r); err != nil {
		t.Fatal(err)
	}
	if runs, err := book.Runs(ctx, "1", 2*schedule.KeptRuns); err != nil || len(runs) != schedule.KeptRuns || runs[0].ID != r.ID {
		t.Errorf("%d runs stay, %v", len(runs), err)
	}
	if open, err := book.Open(ctx); err != nil || len(open) != 1 || open[0].ID != r.ID {
		t.Errorf("open: %+v, %v", open, err)
	}
	r.EndedAt, r.Status, r.Failure, r.Backup = time.Unix(2002, 0).UTC(), schedule.Failed, errs.New(errs.Unavailable, "state.write", errs.Args{"path": "x"}), "b"
	if err := book.End(ctx, r); err != nil {
		t.Fatal(err)
	}
	last, err := book.Last(ctx, "1")
	if err != nil || last == nil || last.Failure == nil || last.Failure.Reason != "state.write" {
		t.Fatalf("%+v, %v", last, err)
	}
	got := *last
	got.Failure, r.Failure = nil, nil
	if got != r {
		t.Errorf("\n got %+v\nwant %+v", got, r)
	}
	if err := db.Connections().Delete(ctx, "c"); err != nil {
		t.Fatal(err)
	}
	if all, err := book.Schedules(ctx); err != nil || len(all) != 0 {
		t.Errorf("without its connection: %+v, %v", all, err)
	}
	if runs, err := book.Runs(ctx, "1", 5); err != nil || len(runs) != 0 {
		t.Errorf("runs of none: %+v, %v", runs, err)
	}
}
