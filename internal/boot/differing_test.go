package boot

import (
	"database/sql"
	"slices"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/service"
)

// planned is the plan of restoring a backup at the window, between what before and
// after write into the live database.
func planned(t *testing.T, before, after string) (*service.Desk, service.PlanView) {
	t.Helper()
	d, id, database := atTheWindow(t)
	all, err := d.Connections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Activate(t.Context(), all[0].ID); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(before); err != nil {
		t.Fatal(err)
	}
	p, err := d.PlanRestore(t.Context(), backup.Ref{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(after); err != nil {
		t.Fatal(err)
	}
	return d, p
}

func TestThePlanAtTheWindowIsComparedRowByRow(t *testing.T) {
	d, p := planned(t, "CREATE TABLE later(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO later VALUES (1, 'a'), (2, 'b')", "CREATE TABLE after_the_plan(v); INSERT INTO after_the_plan VALUES (1)")
	if !p.Comparable {
		t.Fatal("the plan can't be compared")
	}
	for range 2 { // again, as a person may
		v, err := d.Difference(t.Context(), p.ID)
		if err != nil || v.Unknown != "" || len(v.Names) == 0 {
			t.Fatalf("%+v, %v", v, err)
		}
		at := slices.IndexFunc(v.Tables, func(t backup.TableDiff) bool { return t.Name == "later" })
		if at < 0 || v.Tables[at].Removed != 2 || len(v.Tables[at].Examples) != 2 {
			t.Fatalf("%+v", v.Tables)
		}
		if !slices.ContainsFunc(v.Tables, func(t backup.TableDiff) bool { return t.Name == "after_the_plan" && t.Removed == 1 }) {
			t.Fatalf("a table that was made after the plan is not in %+v", v.Tables)
		}
	}
	if _, err := d.Difference(t.Context(), "another"); errs.CodeOf(err) != errs.Stale {
		t.Error(err)
	}
}

func TestAComparisonEndsWhenItIsCancelledAndBeforeARestore(t *testing.T) {
	const rows = "CREATE TABLE later AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT i, 'row ' || i AS v FROM n"
	for how, end := range map[string]func(*service.Desk, service.PlanView) error{
		"cancel": func(d *service.Desk, p service.PlanView) error { return d.CancelDifference(p.ID) },
		"logout": func(d *service.Desk, _ service.PlanView) error { d.Logout(); return nil },
		"restore": func(d *service.Desk, p service.PlanView) error {
			_, err := d.StartRestore(t.Context(), service.StartRestoreInput{PlanID: p.ID, Consents: p.Consents})
			return err
		},
		"another": func(d *service.Desk, p service.PlanView) error { _, err := d.Difference(t.Context(), p.ID); return err },
	} {
		t.Run(how, func(t *testing.T) {
			d, first := planned(t, rows, "")
			// Both sides have the table, so that there are rows to read: the backup of the database as it is now.
			if _, err := d.StartBackup(t.Context(), service.BackupInput{}); err != nil {
				t.Fatal(err)
			}
			if err := d.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			all, err := d.Backups(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			p, err := d.PlanRestore(t.Context(), backup.Ref{ID: all[0].ID})
			if err != nil || p.ID == first.ID {
				t.Fatal(err)
			}
			begun, release := make(chan struct{}), make(chan struct{})
			d.Comparing = func(service.ComparingView) {
				if begun != nil {
					close(begun)
					begun = nil
					<-release
				}
			}
			wait := begun
			ended := make(chan error, 1)
			go func() { _, err := d.Difference(t.Context(), p.ID); ended <- err }()
			<-wait
			close(release)
			if err := end(d, p); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; errs.CodeOf(err) != errs.Cancelled {
				t.Errorf("ended with %v", err)
			}
			if err := d.Settle(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
