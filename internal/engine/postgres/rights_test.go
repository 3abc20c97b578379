package postgres

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// TestWhatABackupRunsRunsAsTheOwnerOfTheDatabase: a check, a trigger and an index of a
// backup call functions of the backup while its rows go in. A superuser restores, but
// they run as the owner of the database, in both methods.
func TestWhatABackupRunsRunsAsTheOwnerOfTheDatabase(t *testing.T) {
	c := testdb.Postgres(t)
	owner := c.Role(t, "owner", "")
	url := c.DatabaseOf(t, owner)
	of := target(url)
	forgetSides(t, c, of)
	file := sqlFile(t, `
		CREATE TABLE public.log (who text);
		CREATE FUNCTION public.note() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.log VALUES (current_user); RETURN true; END $$;
		CREATE FUNCTION public.fired() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.note(); RETURN new; END $$;
		CREATE FUNCTION public.key(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM public.note(); RETURN n; END $$;
		CREATE TABLE public.checked (n int CHECK (public.note()));
		CREATE TABLE public.fires (n int);
		CREATE TRIGGER t BEFORE INSERT ON public.fires FOR EACH ROW EXECUTE FUNCTION public.fired();
		INSERT INTO public.checked VALUES (1);
		INSERT INTO public.fires VALUES (1);
		CREATE INDEX i ON public.fires (public.key(n));
	`)
	ran := func(t *testing.T, url string) {
		who := testdb.Query(t, url, "SELECT DISTINCT who FROM public.log")
		if !slices.Equal(who, []string{owner}) {
			t.Errorf("it ran as %q, the owner is %s", who, owner)
		}
	}
	if _, err := new(Engine).Restore(t.Context(), of, file, unheard); err != nil {
		t.Fatal(err)
	}
	ran(t, url)
	names := new(Engine).NamesFor(of, sideTime)
	if _, err := new(Engine).BuildAside(t.Context(), of, file, names, unheard); err != nil {
		t.Fatal(err)
	}
	ran(t, new(Engine).Beside(of, names.Aside).URL)
	if err := new(Engine).DropAside(t.Context(), of, names.Aside); err != nil {
		t.Error(err)
	}
}

// TestWhatOnlyASuperuserMayIsNotDoneForABackup: statements that reach beyond the
// database, whoever connects.
func TestWhatOnlyASuperuserMayIsNotDoneForABackup(t *testing.T) {
	c := testdb.Postgres(t)
	owner := c.Role(t, "owner", "")
	for name, script := range map[string]string{
		"a file of the server":              "CREATE TABLE s.a (t text);\nCOPY s.a FROM '/etc/hostname';\n",
		"a file of the server, written":     "CREATE TABLE s.a (t text);\nCOPY s.a TO '/tmp/cofre-was-here';\n",
		"a program in a function":           "CREATE FUNCTION s.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''true'''; END $$;\nSELECT s.f();\n",
		"a file read by a function":         "CREATE TABLE s.a AS SELECT pg_read_file('/etc/hostname');\n",
		"a setting of the server":           "ALTER SYSTEM SET work_mem = '1GB';\n",
		"a superuser":                       "CREATE ROLE cofre_was_here SUPERUSER;\n",
		"more rights for a role":            "ALTER ROLE " + owner + " SUPERUSER;\n",
		"a view that reads a file":          "CREATE MATERIALIZED VIEW s.m AS SELECT pg_read_file('/etc/hostname');\n",
		"an index that runs a program":      "CREATE FUNCTION s.f(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''true'''; RETURN n; END $$;\nCREATE TABLE s.a (n int);\nINSERT INTO s.a VALUES (1);\nCREATE INDEX i ON s.a (s.f(n));\n",
		"a check that runs a program":       "CREATE FUNCTION s.f() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''true'''; RETURN true; END $$;\nCREATE TABLE s.a (n int);\nINSERT INTO s.a VALUES (1);\nALTER TABLE s.a ADD CHECK (s.f());\n",
		"a library of the server":           "LOAD 'plpgsql';\nCREATE FUNCTION s.f() RETURNS void LANGUAGE c AS '/tmp/evil', 'evil';\n",
		"a change of role":                  "RESET ROLE;\nCREATE ROLE cofre_was_here SUPERUSER;\n",
		"a change of the session's role":    "SET SESSION AUTHORIZATION DEFAULT;\nCREATE ROLE cofre_was_here SUPERUSER;\n",
		"a block that changes the settings": "DO $$ BEGIN EXECUTE 'ALTER ROLE " + owner + " SUPERUSER'; END $$;\n",
	} {
		t.Run(name, func(t *testing.T) {
			url := c.DatabaseOf(t, owner)
			of := target(url)
			forgetSides(t, c, of)
			testdb.Exec(t, c.As(owner, url), "CREATE SCHEMA s; CREATE TABLE s.kept (n int)")
			before := text(t, url)
			file := sqlFile(t, "CREATE SCHEMA s;\n"+script)
			names := new(Engine).NamesFor(of, sideTime)
			_, inPlace := new(Engine).Restore(t.Context(), of, file, unheard)
			_, aside := new(Engine).BuildAside(t.Context(), of, file, names, unheard)
			for method, err := range map[string]error{"in place": inPlace, "aside": aside} {
				if code := errs.CodeOf(err); code != errs.Invalid && code != errs.Incompatible && code != errs.Denied {
					t.Errorf("%s: error = %v", method, err)
				}
			}
			if got := text(t, url); got != before {
				t.Errorf("the database has changed:\n%s", difference(before, got))
			}
			if _, err := os.Stat("/tmp/cofre-was-here"); err == nil {
				t.Error("the server wrote a file")
			}
			risen := testdb.Query(t, url, "SELECT rolname::text FROM pg_roles WHERE rolname = 'cofre_was_here' OR rolsuper AND rolname = '"+owner+"'")
			if len(risen) > 0 {
				t.Errorf("%q has rights", risen)
			}
			if left := sideDatabases(t, c, of); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

// sqlFile is a plain script that looks like pg_dump's.
func sqlFile(t *testing.T, script string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "plain.sql")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	return pgDumpHeader(t, file)
}
