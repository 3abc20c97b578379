package backup_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

func TestThePlanOfAMigrationIsComparedWithWhatItWouldWrite(t *testing.T) {
	m := newMoving(t, backup.OneTransaction)
	before := m.content()
	p := m.plan(backup.OneTransaction)
	d, err := m.restorer.DifferPlan(t.Context(), p, func(backup.Update) {})
	if err != nil || d.Unknown != "" || len(d.Tables) == 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	got := ""
	for _, table := range d.Tables { // nothing of the history; what is not in the file is emptied, not dropped; no column changes
		got += fmt.Sprintf("%s %d→%d +%d −%d ~%d %t\n", table.Name, table.Before, table.After, table.Added, table.Removed, table.Changed, table.Columns)
	}
	if want := "public.payment 1→9000 +8999 −0 ~1 false\npublic.person 1→40 +39 −0 ~1 false\npublic.note 1→0 +0 −1 ~0 false\n"; got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	if m.content() != before {
		t.Error("comparing has changed the database")
	}
	if _, err := m.restorer.Restore(t.Context(), p, []backup.Consent{backup.ConsentOverwrite, backup.ConsentMigrate}, &script{}); err != nil {
		t.Fatal(err)
	}
	// Since is a column that only the target has: nobody knows what the migration would
	// write there, and what it holds would go.
	for _, since := range []string{"", "UPDATE person SET since = '2020-02-02'"} {
		testdb.Exec(t, m.admin, since)
		after, err := m.restorer.DifferPlan(t.Context(), m.plan(backup.OneTransaction), func(backup.Update) {})
		if err != nil {
			t.Fatal(err)
		}
		want := []backup.TableDiff{{Name: "public.person", Before: 40, After: 40, Uncompared: []string{"since"}}}
		if !reflect.DeepEqual(after.Tables, want) || after.Same() {
			t.Errorf("after the migration, and %q, the plan of the same would change %+v", since, after.Tables)
		}
	}
}

func TestWhatHasNoTwoSidesIsNotCompared(t *testing.T) {
	for name, p := range map[string]backup.Plan{
		"no database yet": {Archive: backup.Archive{File: "x"}},
		"a broken one":    {Exists: true, KeepAs: "y", Archive: backup.Archive{File: "x"}},
		"a kept one":      {Exists: true},
		"blocked":         {Exists: true, Mode: backup.Blocked, Archive: backup.Archive{File: "x"}},
	} {
		if _, err := new(backup.Restorer).DifferPlan(t.Context(), p, nil); err == nil || p.Comparable() {
			t.Errorf("%s: %v", name, errors.Unwrap(err))
		}
	}
}
