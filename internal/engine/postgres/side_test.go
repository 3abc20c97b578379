package postgres

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

var sideTime = time.Date(2026, 11, 21, 10, 15, 30, 0, time.UTC)

// sideDatabases are all databases of the cluster that belong to a restore aside of t.
func sideDatabases(t *testing.T, c *testdb.Cluster, of backup.Target) (names []string) {
	t.Helper()
	for _, name := range testdb.Query(t, c.URL(testdb.Superuser, testdb.Password, "postgres"), "SELECT datname FROM pg_database ORDER BY 1") {
		if partOf(databaseOf(of), name) != noPart {
			names = append(names, name)
		}
	}
	return names
}

// forgetSides drops what a test leaves beside t.
func forgetSides(t *testing.T, c *testdb.Cluster, of backup.Target) {
	t.Cleanup(func() {
		for _, name := range sideDatabases(t, c, of) {
			testdb.Exec(t, c.URL(testdb.Superuser, testdb.Password, "postgres"), "DROP DATABASE "+quote(name))
		}
	})
}

// aside restores file into t by way of a side database.
func aside(t *testing.T, of backup.Target, file string, at time.Time) (backup.Names, backup.Contents) {
	t.Helper()
	e := &Engine{}
	if can, why, err := e.CanSwap(t.Context(), of, backup.Archive{}); err != nil || !can {
		t.Fatalf("CanSwap = %v, %v, %v", can, why, err)
	}
	names := e.NamesFor(of, at)
	held, err := e.BuildAside(t.Context(), of, file, names, unheard)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Swap(t.Context(), of, names); err != nil {
		t.Fatal(err)
	}
	return names, held.Contents
}

func TestADatabaseRestoredAsideHoldsExactlyTheBackup(t *testing.T) {
	c := testdb.Postgres(t)
	for name, filler := range map[string]string{"small": "", "with rows for several connections": bigTwins} {
		t.Run(name, func(t *testing.T) {
			url := c.Database(t)
			if filler == "" {
				filler = twins
			}
			testdb.Exec(t, url, filler+zoo)
			of := target(url)
			forgetSides(t, c, of)
			file, held := dump(t, url)
			want := text(t, url)
			testdb.Exec(t, url, mutation)
			changed := text(t, url)

			names, built := aside(t, of, file, sideTime)
			if !slices.Equal(built.Tables, held.Tables) {
				t.Errorf("BuildAside counted %v, the backup has %v", built.Tables, held.Tables)
			}
			if got := text(t, url); got != want {
				t.Errorf("the restored database differs:\n%s", difference(want, got))
			}
			if got := text(t, new(Engine).Beside(of, names.Before).URL); got != changed {
				t.Errorf("the kept database differs:\n%s", difference(changed, got))
			}

			kept, err := new(Engine).Kept(t.Context(), of)
			if err != nil || len(kept) != 1 || kept[0].Name != names.Before || kept[0].Bytes == 0 || time.Since(time.UnixMilli(kept[0].At)).Abs() > time.Minute {
				t.Fatalf("Kept = %v, %v", kept, err)
			}
			back := backup.Names{Aside: kept[0].Name, Before: new(Engine).NamesFor(of, sideTime.Add(time.Second)).Before}
			if err := new(Engine).Swap(t.Context(), of, back); err != nil {
				t.Fatal(err)
			}
			if got := text(t, url); got != changed {
				t.Errorf("swapped back, the database differs:\n%s", difference(changed, got))
			}
			for range 2 { // twice is harmless
				if err := new(Engine).DropAside(t.Context(), of, back.Before); err != nil {
					t.Fatal(err)
				}
			}
			if left := sideDatabases(t, c, of); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

// nature is what the server keeps of a database beside its content.
const nature = `
SELECT format('%s %s %s %s %s %s %s', pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit, datallowconn, shobj_description(oid, 'pg_database')) FROM pg_database WHERE datname = current_database()
UNION ALL
(SELECT format('%s %s %s', a.grantee::regrole, privilege_type, is_grantable) FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a WHERE datname = current_database() ORDER BY 1)
UNION ALL
(SELECT s.setrole::regrole || ' ' || s.setconfig::text FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE datname = current_database() ORDER BY 1)
UNION ALL
(SELECT format('%s %s %s %s', defaclrole::regrole, nspname, defaclobjtype, defaclacl) FROM pg_default_acl LEFT JOIN pg_namespace n ON n.oid = defaclnamespace ORDER BY 1)`

func TestASwapCarriesOverAllThatBelongsToTheDatabase(t *testing.T) {
	c := testdb.Postgres(t)
	for _, as := range []string{"the superuser", "its owner"} {
		t.Run("connected as "+as, func(t *testing.T) {
			url, owner, reader := applications(t, c)
			database := quote(testdb.DatabaseName(url))
			testdb.Exec(t, url, strings.NewReplacer("THIS", database, "READER", reader, "OWNER", owner).Replace(`
				ALTER DATABASE THIS SET search_path = "$user", area, "Odd, ""one""", public;
				ALTER DATABASE THIS SET timezone = 'America/Sao_Paulo'; ALTER DATABASE THIS SET application_name = 'it''s \ "fine"';
				ALTER DATABASE THIS SET default_transaction_read_only = off; ALTER DATABASE THIS SET statement_timeout = '90min';
				ALTER ROLE OWNER IN DATABASE THIS SET work_mem = '5MB';
				ALTER DATABASE THIS CONNECTION LIMIT 37;
				COMMENT ON DATABASE THIS IS 'the shop''s \ own';
				REVOKE TEMPORARY ON DATABASE THIS FROM PUBLIC; GRANT CREATE ON DATABASE THIS TO READER WITH GRANT OPTION;
				ALTER DEFAULT PRIVILEGES FOR ROLE OWNER REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
				ALTER DEFAULT PRIVILEGES FOR ROLE OWNER GRANT SELECT ON SEQUENCES TO READER;
				ALTER ROLE OWNER CREATEDB;
				GRANT SELECT ON pg_catalog.pg_subscription TO READER`))
			file, _ := dump(t, url)
			of := target(url)
			if as == "its owner" {
				of = target(c.As(owner, url))
			}
			forgetSides(t, c, of)
			want, rights := testdb.Query(t, url, nature), testdb.Query(t, url, privileges)
			aside(t, of, file, sideTime)
			if got := testdb.Query(t, url, nature); !slices.Equal(got, want) {
				t.Errorf("the database is now:\n%s\nwas:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			got := testdb.Query(t, url, privileges)
			if as == "its owner" && c.Major < 15 { // the schema public is the superuser's, and everybody may use it
				isPublic := func(line string) bool { return strings.HasPrefix(line, "SCHEMA public ") }
				got, rights = slices.DeleteFunc(got, isPublic), slices.DeleteFunc(rights, isPublic)
			}
			if !slices.Equal(got, rights) {
				t.Errorf("privileges are now:\n%s\nwere:\n%s", strings.Join(got, "\n"), strings.Join(rights, "\n"))
			}
			if as == "the superuser" && testdb.Query(t, url, "SELECT has_table_privilege('"+reader+"', 'pg_subscription', 'SELECT')")[0] != "t" {
				t.Error("a grant on a table of the system was lost")
			}
			testdb.Exec(t, c.As(reader, url), "SELECT * FROM area.books; INSERT INTO people (name) VALUES ('new'); SELECT hidden(), names.name FROM names, copies")
			testdb.Exec(t, c.As(owner, url), "CREATE TABLE area.another (n int); UPDATE area.books SET title = 'B'; DROP TABLE people CASCADE")
			testdb.Exec(t, c.As(reader, url), "SELECT * FROM area.another")
		})
	}
}

func TestNamesOfSideDatabasesFitAndAreToldApart(t *testing.T) {
	of := func(database string) backup.Target {
		return new(Engine).Beside(backup.Target{URL: "postgres://h/x"}, database)
	}
	seen := map[string]string{}
	for _, database := range []string{"app", `o'dd "na%me"/ #?`, "família àç", strings.Repeat("x", 63), strings.Repeat("x", 62) + "y", strings.Repeat("é", 31), strings.Repeat("x", 39), "/slash"} {
		names := new(Engine).NamesFor(of(database), sideTime)
		for _, name := range []string{names.Aside, names.Before} {
			if other, ok := seen[name]; ok || len(name) > 63 || !strings.Contains(name, "_20261121_101530") {
				t.Errorf("%q of %q: %d bytes, or also of %q", name, database, len(name), other)
			}
			seen[name] = database
		}
		if partOf(database, names.Aside) != newPart || partOf(database, names.Before) != keptPart || partOf(database+"z", names.Aside) != noPart {
			t.Errorf("%+v are not told to be of %q", names, database)
		}
		if got := databaseOf(of(database)); got != database {
			t.Errorf("a target beside is of %q, want %q", got, database)
		}
	}
}

func TestOddNamesAreRestoredAside(t *testing.T) {
	c := testdb.Postgres(t)
	admin := c.URL(testdb.Superuser, testdb.Password, "postgres")
	for _, database := range []string{`o'dd "na%me"/ #?`, "família àç", strings.Repeat("x", 62) + "y"} {
		t.Run(database, func(t *testing.T) {
			testdb.Exec(t, admin, "CREATE DATABASE "+quote(database))
			of := new(Engine).Beside(target(admin), database)
			t.Cleanup(func() { testdb.Exec(t, admin, "DROP DATABASE IF EXISTS "+quote(database)) })
			forgetSides(t, c, of)
			testdb.Exec(t, of.URL, twins)
			file, _ := dump(t, of.URL)
			want := text(t, of.URL)
			testdb.Exec(t, of.URL, "DELETE FROM left_twin")
			names, _ := aside(t, of, file, sideTime)
			if got := text(t, of.URL); got != want {
				t.Errorf("the restored database differs:\n%s", difference(want, got))
			}
			if err := new(Engine).DropAside(t.Context(), of, names.Before); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOnlyDatabasesOfCofreAreDropped(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	of := target(url)
	forgetSides(t, c, of)
	admin := c.URL(testdb.Superuser, testdb.Password, "postgres")
	other := testdb.DatabaseName(c.Database(t))
	names := new(Engine).NamesFor(of, sideTime)
	for _, name := range []string{names.Aside, names.Before} {
		testdb.Exec(t, admin, "CREATE DATABASE "+quote(name))
		testdb.Exec(t, admin, "COMMENT ON DATABASE "+quote(name)+" IS 'mine'")
	}
	for _, name := range []string{of.Name, other, "postgres", names.Aside, names.Before} {
		wantReason(t, new(Engine).DropAside(t.Context(), of, name), "denied", "postgres.side_foreign")
		wantReason(t, new(Engine).Swap(t.Context(), of, backup.Names{Aside: name, Before: names.Before}), "denied", "postgres.side_foreign")
	}
	testdb.Exec(t, url, "SELECT 1")
}

func TestWhatCanNotBeRestoredAsideIsToldWhy(t *testing.T) {
	c := testdb.Postgres(t)
	owner := c.Role(t, "app", "")
	creator := c.Role(t, "creator", "CREATEDB")
	for name, test := range map[string]struct{ script, as, want string }{
		"no right to create":      {"", owner, "postgres.no_createdb"},
		"another's database":      {"", creator, "postgres.side_owner"},
		"a slot":                  {"SELECT pg_create_logical_replication_slot('side_slot', 'pgoutput')", testdb.Superuser, "postgres.side_slots"},
		"a template":              {"ALTER DATABASE THIS IS_TEMPLATE true", testdb.Superuser, "postgres.side_system"},
		"a subscription":          {"CREATE SUBSCRIPTION side_sub CONNECTION 'host=127.0.0.1' PUBLICATION p WITH (connect = false, slot_name = NONE)", testdb.Superuser, "postgres.side_subscriptions"},
		"a superuser's setting":   {"ALTER DATABASE THIS SET log_min_duration_statement = 5; ALTER ROLE OWNER CREATEDB", owner, "postgres.side_settings"},
		"a setting nobody knows":  {"ALTER DATABASE THIS SET app.motto = 'x'; ALTER ROLE OWNER CREATEDB", owner, "postgres.side_settings"},
		"another role's settings": {"ALTER ROLE CREATOR IN DATABASE THIS SET work_mem = '5MB'; ALTER ROLE OWNER CREATEDB", owner, "postgres.side_role_settings"},
		"others' defaults":        {"ALTER DEFAULT PRIVILEGES FOR ROLE CREATOR GRANT SELECT ON TABLES TO PUBLIC; ALTER ROLE OWNER CREATEDB", owner, "postgres.side_defaults"},
	} {
		t.Run(name, func(t *testing.T) {
			url := c.DatabaseOf(t, owner)
			database := testdb.DatabaseName(url)
			for _, sql := range strings.Split(strings.NewReplacer("THIS", quote(database), "OWNER", owner, "CREATOR", creator).Replace(test.script), "; ") {
				testdb.Exec(t, url, sql)
			}
			t.Cleanup(func() {
				testdb.Exec(t, url, "ALTER ROLE "+owner+" NOCREATEDB; ALTER DATABASE "+database+" IS_TEMPLATE false; SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()")
				if strings.Contains(test.script, "side_sub ") {
					testdb.Exec(t, url, "DROP SUBSCRIPTION side_sub")
				}
			})
			can, why, err := new(Engine).CanSwap(t.Context(), target(c.As(test.as, url)), backup.Archive{})
			if can || err != nil || len(why) != 1 || why[0].Code != test.want || why[0].Level != backup.Info {
				t.Errorf("CanSwap = %v, %v, %v, want %s", can, why, err, test.want)
			}
		})
	}
	if can, why, err := new(Engine).CanSwap(t.Context(), target(c.URL(testdb.Superuser, testdb.Password, "postgres")), backup.Archive{}); can || err != nil || why[0].Code != "postgres.side_system" {
		t.Errorf("CanSwap of postgres = %v, %v, %v", can, why, err)
	}
}

// A slot or a subscription would go along with the old database, without a word.
func TestWhatTiesADatabaseSinceThePlanStopsTheSwap(t *testing.T) {
	c := testdb.Postgres(t)
	for name, test := range map[string]struct{ tie, untie string }{
		"a slot":         {"SELECT pg_create_logical_replication_slot('late_slot', 'pgoutput')", "SELECT pg_drop_replication_slot('late_slot')"},
		"a subscription": {"CREATE SUBSCRIPTION late_sub CONNECTION 'host=127.0.0.1' PUBLICATION p WITH (connect = false, slot_name = NONE)", "DROP SUBSCRIPTION late_sub"},
	} {
		t.Run(name, func(t *testing.T) {
			owner := c.Role(t, "app", "CREATEDB")
			url := c.DatabaseOf(t, owner)
			of := target(c.As(owner, url))
			forgetSides(t, c, of)
			testdb.Exec(t, of.URL, "CREATE TABLE a (n int)")
			file, _ := dump(t, of.URL)
			e := &Engine{}
			names := e.NamesFor(of, sideTime)
			if _, err := e.BuildAside(t.Context(), of, file, names, unheard); err != nil {
				t.Fatal(err)
			}
			testdb.Exec(t, url, test.tie)
			wantReason(t, e.Swap(t.Context(), of, names), "stale", "postgres.side_tied")
			testdb.Exec(t, url, test.untie) // it is open to everybody
			if err := e.Swap(t.Context(), of, names); err != nil {
				t.Errorf("without the tie: %v", err)
			}
		})
	}
}

func TestASessionThatIsEndingIsNoCompany(t *testing.T) {
	c := testdb.Postgres(t)
	owner := c.Role(t, "app", "CREATEDB")
	url := c.DatabaseOf(t, owner)
	of := target(c.As(owner, url))
	stays, err := open(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	defer stays.close(t.Context())
	can, why, err := new(Engine).CanSwap(t.Context(), of, backup.Archive{})
	if can || err != nil || len(why) != 1 || why[0].Code != "postgres.side_sessions" {
		t.Errorf("with another's session, CanSwap = %v, %v, %v", can, why, err)
	}
	time.AfterFunc(leaving/4, func() { stays.close(context.Background()) })
	if can, why, err := new(Engine).CanSwap(t.Context(), of, backup.Archive{}); err != nil || !can {
		t.Errorf("with one that ends, CanSwap = %v, %v, %v", can, why, err)
	}
}

func TestASwapWaitsForASessionThatItMayNotEndAndThatIsLeaving(t *testing.T) {
	c := testdb.Postgres(t)
	owner := c.Role(t, "app", "CREATEDB")
	url := c.DatabaseOf(t, owner)
	of := target(c.As(owner, url))
	forgetSides(t, c, of)
	testdb.Exec(t, of.URL, "CREATE TABLE a (n int)")
	file, _ := dump(t, of.URL)
	e := &Engine{}
	names := e.NamesFor(of, sideTime)
	if _, err := e.BuildAside(t.Context(), of, file, names, unheard); err != nil {
		t.Fatal(err)
	}
	inside, err := open(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	defer inside.close(t.Context())
	wantReason(t, e.Swap(t.Context(), of, names), "denied", "postgres.rights")
	time.AfterFunc(leaving/4, func() { inside.close(context.Background()) })
	if err := e.Swap(t.Context(), of, names); err != nil {
		t.Error(err)
	}
}

func TestASwapEndsSessionsOfItsDatabaseOnly(t *testing.T) {
	c := testdb.Postgres(t)
	url, other := c.Database(t), c.Database(t)
	of := target(url)
	forgetSides(t, c, of)
	testdb.Exec(t, url, "CREATE TABLE a (n int)")
	file, _ := dump(t, url)
	inside, err := open(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	defer inside.close(t.Context())
	outside, err := open(t.Context(), target(other))
	if err != nil {
		t.Fatal(err)
	}
	defer outside.close(t.Context())
	if err := inside.script(t.Context(), "BEGIN; LOCK TABLE a"); err != nil {
		t.Fatal(err)
	}
	aside(t, of, file, sideTime)
	if err := inside.script(t.Context(), "SELECT 1"); err == nil {
		t.Error("a session of the old content goes on")
	}
	if err := outside.script(t.Context(), "SELECT 1"); err != nil {
		t.Errorf("a session of another database was ended: %v", err)
	}
}

func TestABrokenBackupLeavesNothingAside(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	of := target(url)
	testdb.Exec(t, url, bigTwins+zoo)
	file, _ := dump(t, url)
	want := text(t, url)
	for what, damaged := range broken(t, file) {
		t.Run(what, func(t *testing.T) {
			e := &Engine{}
			if _, err := e.BuildAside(t.Context(), of, damaged, e.NamesFor(of, sideTime), unheard); err == nil {
				t.Error("no error")
			}
			if left := sideDatabases(t, c, of); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
	if got := text(t, url); got != want {
		t.Error("the live database was changed")
	}
}
