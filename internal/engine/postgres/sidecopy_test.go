package postgres

import (
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

const histories = `CREATE TABLE schema_migrations (version text PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20260101'), ('20260202');`

// emptied removes all rows that a copy leaves out.
const emptied = `DO $$DECLARE t regclass; BEGIN
	FOR t IN SELECT c.oid FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)' AND relname <> 'schema_migrations' LOOP
		EXECUTE format('TRUNCATE %s CASCADE', t);
	END LOOP;
	FOR t IN SELECT c.oid FROM pg_class c WHERE relkind = 'm' LOOP EXECUTE format('REFRESH MATERIALIZED VIEW %s', t); END LOOP;
END$$`

func TestACopyAsideHasAllButTheRowsOfTables(t *testing.T) {
	c := testdb.Postgres(t)
	url, owner, _ := applications(t, c)
	testdb.Exec(t, url, "ALTER ROLE "+owner+" CREATEDB")
	for name, test := range map[string]struct{ url, fill string }{
		"of everything, by a superuser":   {c.Database(t), zoo},
		"of an application, by its owner": {c.As(owner, url), ""},
		"of nothing":                      {c.Database(t), ""},
	} {
		t.Run(name, func(t *testing.T) {
			testdb.Exec(t, test.url, test.fill+histories)
			of := target(test.url)
			forgetSides(t, c, of)
			e, names := new(Engine), new(Engine).NamesFor(of, sideTime)
			before := text(t, test.url)
			unchanged, err := e.CopyAside(t.Context(), of, names, []string{"schema_migrations"}, unheard)
			if err != nil {
				t.Fatal(err)
			}
			if got := text(t, test.url); got != before {
				t.Errorf("the live database has changed:\n%s", difference(before, got))
			}
			if err := unchanged(t.Context()); err != nil {
				t.Errorf("nothing has changed: %v", err)
			}
			testdb.Exec(t, test.url, emptied)
			want, got := text(t, test.url), text(t, e.Beside(of, names.Aside).URL)
			if c.Major < 15 { // the schema public is the superuser's, and everybody may use it
				want = strings.Replace(want, "GRANT ALL ON SCHEMA public TO "+owner+";\n", "", 1)
			}
			if got != want {
				t.Errorf("the copy differs:\n%s", difference(want, got))
			}
			testdb.Exec(t, test.url, "CREATE TABLE since (n int)")
			if err := unchanged(t.Context()); errs.CodeOf(err) != errs.Stale || !strings.Contains(err.Error(), "since") {
				t.Errorf("a table was made since: %v", err)
			}
			testdb.Exec(t, test.url, "DROP TABLE since; INSERT INTO schema_migrations (version) VALUES (20991231)")
			if err := unchanged(t.Context()); errs.CodeOf(err) != errs.Stale {
				t.Errorf("the application has noted a change since: %v", err)
			}
		})
	}
}

func TestWhatCannotBeCopiedJustAsItIsIsRefusedAndLeavesNothing(t *testing.T) {
	c := testdb.Postgres(t)
	for name, change := range map[string]string{
		"a table of a role that one can't act for": "CREATE TABLE area.strange (n int); ALTER TABLE area.strange OWNER TO GUEST",
		"a function of another's":                  "CREATE FUNCTION area.strange() RETURNS int LANGUAGE sql AS 'SELECT 1'",
		"an event trigger":                         "CREATE FUNCTION fire() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; ALTER FUNCTION fire OWNER TO APP; CREATE EVENT TRIGGER fire ON ddl_command_end EXECUTE FUNCTION fire()",
		"a function that a superuser vouches for":  "CREATE FUNCTION sealed(int) RETURNS int LANGUAGE sql IMMUTABLE LEAKPROOF AS 'SELECT 1'; ALTER FUNCTION sealed OWNER TO APP",
	} {
		t.Run(name, func(t *testing.T) {
			url, owner, _ := applications(t, c)
			testdb.Exec(t, url, strings.NewReplacer("GUEST", c.Role(t, "stranger", ""), "APP", owner).Replace(change)+"; ALTER ROLE "+owner+" CREATEDB")
			of, e := target(c.As(owner, url)), new(Engine)
			migration := backup.Archive{Contents: backup.Contents{Kind: backup.SQLite}}
			can, why, err := e.CanSwap(t.Context(), of, migration)
			if err != nil || can || len(why) != 1 || why[0].Code != "postgres.side_not_ours" && why[0].Code != "postgres.side_superuser" {
				t.Errorf("CanSwap = %v, %v, %v", can, why, err)
			}
			before := text(t, url)
			_, err = e.CopyAside(t.Context(), of, e.NamesFor(of, sideTime), nil, unheard)
			if err == nil || errs.CodeOf(err) == errs.Internal {
				t.Errorf("got %v", err)
			}
			t.Log(err)
			if left := sideDatabases(t, c, of); len(left) > 0 || text(t, url) != before {
				t.Errorf("left over: %v", left)
			}
		})
	}
}
