package state

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

func restoring(id string, minutes int) backup.Record {
	return backup.Record{
		ID: id, Kind: "restore", Target: "wimm_prod", Identity: "postgresql:db/wimm_prod", By: "Ana",
		StartedAt: noon.Add(time.Duration(minutes) * time.Minute), Step: "apply", Status: "running",
		Steps:    []backup.StepTime{{Name: backup.StepStage, Took: 400 * time.Millisecond}},
		BackupID: "b", File: "/b.dump", SafetyID: "s", Safety: "/pre_restore.dump", Bytes: 1 << 40,
		Before: []backup.Table{{Name: "users", Rows: 14}}, After: []backup.Table{{Name: "users", Rows: 11}},
	}
}

func TestAJobIsWrittenDownAsItGoes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	j := openAt(t, path).Journal()
	r := restoring("a", 0)
	if err := j.Begin(ctx, r); err != nil {
		t.Fatal(err)
	}
	if err := j.Begin(ctx, r); err == nil {
		t.Error("the same job began twice")
	}
	after := openAt(t, path).Journal() // as the next start finds it after a crash
	open, err := after.Open(ctx)
	if err != nil || len(open) != 1 || !reflect.DeepEqual(open[0], r) {
		t.Fatalf("%v\n got %+v\nwant %+v", err, open, r)
	}
	r.EndedAt, r.Status, r.Acknowledged = noon.Add(time.Hour), "rolled_back", true
	r.Failure = errs.New(errs.RolledBack, "restore.rolled_back", errs.Args{"target": "wimm_prod"}).Because(errs.New(errs.Unavailable, "space", errs.Args{"place": "/"}))
	if err := j.Update(ctx, r); err != nil {
		t.Fatal(err)
	}
	if open, err := after.Open(ctx); err != nil || len(open) != 0 {
		t.Errorf("an ended job is open: %+v, %v", open, err)
	}
	all, err := after.Recent(ctx, 10, 0)
	if err != nil || len(all) != 1 || !reflect.DeepEqual(all[0], r) {
		t.Errorf("%v\n got %+v\nwant %+v", err, all, r)
	}
}

func TestJobsAreReadInTheirOrder(t *testing.T) {
	j := open(t).Journal()
	for i := range 5 {
		if err := j.Begin(ctx, restoring(fmt.Sprint(i), i)); err != nil {
			t.Fatal(err)
		}
	}
	ids := func(all []backup.Record, err error) (s string) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			s += r.ID
		}
		return s
	}
	if got := ids(j.Open(ctx)); got != "01234" {
		t.Errorf("Open: %s", got)
	}
	if got := ids(j.Recent(ctx, 2, 1)); got != "32" {
		t.Errorf("Recent: %s", got)
	}
	if got := ids(j.Recent(ctx, 10, 10)); got != "" {
		t.Errorf("Recent beyond the end: %s", got)
	}
}

func TestWhatIsAskedOfOneDatabaseOrUnreadIsFoundAmongManyJobs(t *testing.T) {
	db := open(t)
	j := db.Journal()
	write := func(minutes int, change func(*backup.Record)) {
		r := restoring(fmt.Sprint(minutes), minutes)
		change(&r)
		if err := j.Begin(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	write(0, func(r *backup.Record) { r.Status = "interrupted" })
	write(1, func(r *backup.Record) { r.Status, r.Settled = "succeeded", true })
	write(2, func(r *backup.Record) { r.Status, r.Acknowledged = "interrupted", true })
	write(3, func(r *backup.Record) { r.Status, r.Settled, r.Acknowledged = "failed", true, true })
	write(4, func(r *backup.Record) { r.Kind = "backup" })
	write(5, func(r *backup.Record) { r.Identity = "another" })
	ids := func(all []backup.Record, err error) (s string) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			s += r.ID
		}
		return s
	}
	identity := restoring("", 0).Identity
	for i, status := range []string{"succeeded", "succeeded", "failed", "succeeded", "succeeded"} {
		write(10+i, func(r *backup.Record) { r.Kind, r.Status = "prune", status })
	}
	began := func(minutes int) time.Time { return restoring("", minutes).StartedAt }
	for want, got := range map[string]string{
		"141311":   ids(j.DoneSince(ctx, "prune", identity, began(12), 9)), // with the one before
		"1413":     ids(j.DoneSince(ctx, "prune", identity, began(12), 2)),
		"14131110": ids(j.DoneSince(ctx, "prune", identity, began(9), 9)),
		"14":       ids(j.DoneSince(ctx, "prune", identity, began(99), 9)),
		"":         ids(j.DoneSince(ctx, "verify", identity, began(0), 9)),
	} {
		if got != want {
			t.Errorf("DoneSince: %s, want %s", got, want)
		}
	}
	if got := ids(j.Of(ctx, "restore", identity, -1)); got != "3210" {
		t.Errorf("Of: %s", got)
	}
	if got := ids(j.Of(ctx, "restore", identity, 1)); got != "3" {
		t.Errorf("the newest: %s", got)
	}
	if got := ids(j.Unread(ctx)); got != "10" {
		t.Errorf("Unread: %s", got)
	}
	var how string
	if err := db.sql.QueryRow("EXPLAIN QUERY PLAN SELECT record FROM jobs WHERE "+unread+" ORDER BY started_at DESC, id DESC").Scan(new(int), new(int), new(int), &how); err != nil || !strings.Contains(how, "jobs_unread") {
		t.Errorf("all jobs are read through for it: %q, %v", how, err)
	}
}

func TestTheLastOneThatSucceededIsFoundByKindAndDatabase(t *testing.T) {
	j := open(t).Journal()
	write := func(id, kind, identity, status string, minutes int) {
		r := restoring(id, minutes)
		r.Kind, r.Identity, r.Status = kind, identity, status
		if err := j.Update(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := j.LastDone(ctx, "backup", "x"); err != nil || r != nil {
		t.Errorf("of none: %+v, %v", r, err)
	}
	write("old", "backup", "x", "succeeded", 0)
	write("new", "backup", "x", "succeeded", 2)
	write("failed", "backup", "x", "failed", 3)
	write("other kind", "restore", "x", "succeeded", 4)
	write("other database", "backup", "y", "succeeded", 5)
	if r, err := j.LastDone(ctx, "backup", "x"); err != nil || r == nil || r.ID != "new" || len(r.Steps) != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
}
