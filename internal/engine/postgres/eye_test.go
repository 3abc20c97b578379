package postgres

import (
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

// sees looks until the sign is another one than before, and says how long that took.
func sees(t *testing.T, eye backup.Eye, before backup.Sight) (backup.Sight, time.Duration) {
	t.Helper()
	for began := time.Now(); ; {
		s, err := eye.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if s.Sign != before.Sign {
			return s, time.Since(began)
		}
		if time.Since(began) > 30*time.Second {
			t.Fatal("nothing is seen")
		}
		<-time.After(100 * time.Millisecond)
	}
}

func TestAnEyeSeesWhatOthersWriteAndTellsWhichRows(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, "CREATE TABLE note (id int); INSERT INTO note SELECT generate_series(1, 100); CREATE TABLE other (id int)")
	eye := (&Engine{}).Watch(target(url))
	defer eye.Close()
	var zero backup.Sight
	first, _ := sees(t, eye, zero)
	for first.Edits["public.note"].Inserted != 100 {
		first, _ = sees(t, eye, first)
	}
	testdb.Exec(t, url, "DELETE FROM note WHERE id <= 31; UPDATE note SET id = id WHERE id = 40")
	second, took := sees(t, eye, first)
	if took > 5*time.Second {
		t.Errorf("a deletion was seen after %s", took)
	}
	f, ok := second.Since(first)
	cause := f.Cause(backup.Watch{Tables: []string{"note"}})
	if !ok || cause.Deleted != 31 || cause.Changed != 1 || cause.Added != 0 || len(cause.Tables) != 1 {
		t.Errorf("%v %+v", ok, cause)
	}
	if second.Of == "" || second.Of != first.Of {
		t.Errorf("of %q and %q", first.Of, second.Of)
	}

	// What the counts do not tell is for a comparison of the rows.
	for _, statement := range []string{"TRUNCATE note", "DROP TABLE other", "SELECT pg_stat_reset()"} {
		before, err := eye.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		testdb.Exec(t, url, statement)
		after, _ := sees(t, eye, before)
		if _, ok := after.Since(before); ok {
			t.Errorf("%s: the counts are subtracted", statement)
		}
	}
}

func TestAnEyeHoldsNobodyUpAndIsSeenByItsName(t *testing.T) {
	url := testdb.Postgres(t).Database(t)
	testdb.Exec(t, url, "CREATE TABLE note (id int)")
	eye := (&Engine{}).Watch(target(url))
	defer eye.Close()
	if _, err := eye.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := open(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close(t.Context())
	if err := s.script(t.Context(), "SET lock_timeout = '2s'; BEGIN; LOCK TABLE note IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	names, err := s.text(t.Context(), "SELECT application_name || ' ' || state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
	if err != nil || len(names) != 1 || names[0] != "cofre idle" {
		t.Errorf("sessions %q, %v", names, err)
	}
	y := eye.(*eyeOf)
	y.at = time.Time{}
	if _, err := eye.Look(t.Context()); err != nil { // while the table is locked
		t.Error(err)
	}
}

func TestAnEyeSurvivesTheServer(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, "CREATE TABLE note (id int); INSERT INTO note VALUES (1)")
	eye := (&Engine{}).Watch(target(url)).(*eyeOf)
	defer eye.Close()
	before, err := eye.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.Crash(t)
	eye.at = time.Time{}
	if _, err := eye.Look(t.Context()); err == nil {
		t.Fatal("the session of a server that has crashed answers")
	}
	eye.at = time.Time{}
	if after, err := eye.Look(t.Context()); err != nil || after.Of != before.Of {
		t.Errorf("%+v, %v", after, err)
	}
}
