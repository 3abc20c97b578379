package postgres

import (
	"slices"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

// TestAClosedDatabaseIsSettled has a swap that was cut off between closing the live
// database and renaming it: nobody can ask that database itself any more.
func TestAClosedDatabaseIsSettled(t *testing.T) {
	c := testdb.Postgres(t)
	admin := c.URL(testdb.Superuser, testdb.Password, "postgres")
	for as, attributes := range map[string]string{"a superuser": "SUPERUSER", "its owner": "CREATEDB", "its owner, who may enter one other": "CREATEDB"} {
		t.Run(as, func(t *testing.T) {
			owner := c.Role(t, "app", attributes)
			url := c.DatabaseOf(t, owner)
			of := target(c.As(owner, url))
			forgetSides(t, c, of)
			testdb.Exec(t, url, "CREATE TABLE a (n int); INSERT INTO a VALUES (1)")
			file, _ := dump(t, url)
			e := &Engine{}
			kept, _ := aside(t, of, file, sideTime)
			names := e.NamesFor(of, sideTime.Add(time.Hour))
			if _, err := e.BuildAside(t.Context(), of, file, names, unheard); err != nil {
				t.Fatal(err)
			}
			doors := as != "its owner, who may enter one other"
			if !doors {
				c.DatabaseOf(t, owner)
				testdb.Exec(t, admin, "REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
				t.Cleanup(func() { testdb.Exec(t, admin, "GRANT CONNECT ON DATABASE postgres, template1 TO PUBLIC") })
			}
			testdb.Exec(t, admin, "ALTER DATABASE "+quote(of.Name)+" ALLOW_CONNECTIONS false")
			if _, err := open(t.Context(), of); err == nil {
				t.Fatal("the database is open")
			}

			if list, err := e.Kept(t.Context(), of); doors && (err != nil || len(list) != 1 || list[0].Name != kept.Before || list[0].Bytes == 0) {
				t.Errorf("Kept = %v, %v", list, err)
			}
			for range 2 {
				if side, err := e.Settle(t.Context(), of, names); err != nil || side != backup.OldSide {
					t.Fatalf("Settle = %v, %v", side, err)
				}
			}
			if got := testdb.Query(t, of.URL, "SELECT n FROM a"); !slices.Equal(got, []string{"1"}) {
				t.Errorf("the database holds %v", got)
			}
			if left := sideDatabases(t, c, of); !slices.Equal(left, []string{kept.Before}) {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

// TestADropThatWasCutOffIsFinished has a side database as the server leaves it when
// it is stopped while it drops it: it can be dropped, and nothing else.
func TestADropThatWasCutOffIsFinished(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	of := target(url)
	forgetSides(t, c, of)
	testdb.Exec(t, url, "CREATE TABLE a (n int)")
	file, _ := dump(t, url)
	e := &Engine{}
	names := e.NamesFor(of, sideTime)
	if _, err := e.BuildAside(t.Context(), of, file, names, unheard); err != nil {
		t.Fatal(err)
	}
	testdb.Exec(t, c.URL(testdb.Superuser, testdb.Password, "postgres"),
		"UPDATE pg_database SET datallowconn = false, datconnlimit = -2 WHERE datname = "+literal(names.Aside))
	if side, err := e.Settle(t.Context(), of, names); err != nil || side != backup.OldSide {
		t.Errorf("Settle = %v, %v", side, err)
	}
	if left := sideDatabases(t, c, of); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}
