package postgres

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// quickly is BuildAside without its second, slow way.
func quickly(t *testing.T, of backup.Target, file string) (*building, *quick) {
	t.Helper()
	live, err := open(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	defer live.close(t.Context())
	e := &Engine{}
	b := &building{engine: e, target: of, live: live.database, file: file, name: e.NamesFor(of, sideTime).Aside, same: true, progress: unheard}
	if b.furniture, err = live.furniture(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b.door, err = e.door(t.Context(), of); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.door.close(t.Context()) })
	q := b.quick(t.Context())
	if q != nil {
		t.Cleanup(q.close)
	}
	return b, q
}

func TestSeveralConnectionsFillWhatTheApplicationsRoleMayNotMake(t *testing.T) {
	c := testdb.Postgres(t)
	owner := c.Role(t, "app", "")
	url := c.DatabaseOf(t, owner)
	of := target(url)
	forgetSides(t, c, of)
	testdb.Exec(t, url, bigTwins+zoo+"ALTER SCHEMA shop OWNER TO "+owner+`;
		DO $$BEGIN EXECUTE (SELECT string_agg(format('ALTER TABLE %s OWNER TO `+owner+`', oid::regclass), ';') FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace IN ('shop'::regnamespace, 'public'::regnamespace)); END$$;
		CREATE VIEW grouped AS SELECT n, filler FROM left_twin GROUP BY n; CREATE MATERIALIZED VIEW of_it AS SELECT count(*) FROM grouped`)
	file, held := dump(t, url)
	want := text(t, url)
	b, q := quickly(t, of, file)
	if q == nil || q.role != owner || q.connections < 2 {
		t.Fatalf("quick = %+v", q)
	}
	var last backup.Update
	b.progress = func(u backup.Update) { last = u }
	built, err := b.fill(t.Context(), q.fill, b.measure)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(built.Tables, held.Tables) || last.Done != last.Total || last.Total == 0 {
		t.Errorf("built %v, want %v; last told %+v", built.Tables, held.Tables, last)
	}
	if got := text(t, b.engine.Beside(of, b.name).URL); got != want {
		t.Errorf("the database aside differs:\n%s", difference(want, got))
	}
}

func TestPgRestoreIsNotGivenWhatIsNotPgDumps(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	of := target(url)
	forgetSides(t, c, of)
	testdb.Exec(t, url, bigTwins+"CREATE INDEX hostile ON left_twin (filler) WHERE filler <> '"+strings.Repeat("x", 200)+"'")
	file, _ := dump(t, url)
	honest, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	mark := filepath.Join(os.TempDir(), "cofre-was-here") //nolint:usetesting // the server's user can't write into the test's own folder
	for what, swap := range map[string][2]string{
		"an index that is a program": {"CREATE INDEX hostile ON public.left_twin USING btree (filler) WHERE (filler <> '" + strings.Repeat("x", 100),
			"COPY public.left_twin FROM PROGRAM 'touch " + mark + "'; CREATE INDEX hostile ON public.left_twin USING btree (filler) WHERE (filler <> '"},
		"rows that are a program": {"COPY public.right_twin (n, filler) FROM stdin;", "COPY public.right_twin FROM PROGRAM 'exit 1'"},
		"a change of role":        {"CREATE INDEX hostile ON public.left_twin USING btree (filler) WHERE (filler <> '" + strings.Repeat("x", 100), "RESET ROLE; CREATE INDEX hostile ON public.left_twin USING btree (filler) WHERE (filler <> '"},
	} {
		t.Run(what, func(t *testing.T) {
			from := []byte(swap[0])
			to := append([]byte(swap[1]), bytes.Repeat([]byte(" "), max(0, len(from)-len(swap[1])))...)
			from = honest[bytes.Index(honest, from):][:len(to)]
			hostile := filepath.Join(t.TempDir(), "hostile.dump")
			if !bytes.Contains(honest, []byte(swap[0])) || os.WriteFile(hostile, bytes.Replace(honest, from, to, 1), 0o600) != nil {
				t.Fatal("the archive could not be changed")
			}
			if _, q := quickly(t, of, hostile); q != nil {
				t.Error("pg_restore was to run it")
			}
			names := new(Engine).NamesFor(of, sideTime)
			_, err := new(Engine).BuildAside(t.Context(), of, hostile, names, unheard)
			if err == nil { // the one session has skipped the change of role
				err = new(Engine).DropAside(t.Context(), of, names.Aside)
			} else if errs.CodeOf(err) == errs.Invalid {
				err = nil
			}
			if err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(mark); err == nil {
				os.Remove(mark)
				t.Error("the program ran")
			}
			if left := sideDatabases(t, c, of); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

func TestEveryFormatIsBuiltAside(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	of := target(url)
	forgetSides(t, c, of)
	testdb.Exec(t, url, bigTwins+"CREATE SCHEMA s; CREATE TABLE s.a (n int); INSERT INTO s.a VALUES (1)")
	want := text(t, url)
	plain := filepath.Join(t.TempDir(), "plain.sql")
	if err := os.WriteFile(plain, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"plain": plain}
	for name, letter := range map[string]string{"directory": "d", "tar": "t"} {
		files[name] = filepath.Join(t.TempDir(), "archive")
		pgDump(t, url, "--format="+letter, "--file="+files[name])
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			if _, q := quickly(t, of, file); (q != nil) != (name == "directory") {
				t.Errorf("several connections: %v", q != nil)
			}
			names := new(Engine).NamesFor(of, sideTime)
			if _, err := new(Engine).BuildAside(t.Context(), of, file, names, unheard); err != nil {
				t.Fatal(err)
			}
			if got := text(t, new(Engine).Beside(of, names.Aside).URL); got != want {
				t.Errorf("the database aside differs:\n%s", difference(want, got))
			}
			if err := new(Engine).DropAside(t.Context(), of, names.Aside); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestADatabaseAsideSortsAsTheLiveOne(t *testing.T) {
	c := testdb.Postgres(t)
	if c.Major < 15 {
		t.Skip("a database of ICU's needs PostgreSQL 15")
	}
	admin := c.URL(testdb.Superuser, testdb.Password, "postgres")
	testdb.Exec(t, admin, `CREATE DATABASE side_icu TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'pt-BR' LC_COLLATE 'C' LC_CTYPE 'C'`)
	of := new(Engine).Beside(target(admin), "side_icu")
	t.Cleanup(func() { testdb.Exec(t, admin, "DROP DATABASE side_icu") })
	forgetSides(t, c, of)
	file, _ := dump(t, of.URL)
	const locale = "SELECT to_jsonb(d) - 'oid' - 'datname' - 'datfrozenxid' - 'datminmxid' - 'datacl' FROM pg_database d WHERE datname = current_database()"
	want := testdb.Query(t, of.URL, locale)
	aside(t, of, file, sideTime)
	if got := testdb.Query(t, of.URL, locale); !slices.Equal(got, want) {
		t.Errorf("the database is now %v, was %v", got, want)
	}
}

func TestOnlyTheRefusedTimeoutOfANewerPgRestoreIsPassedOver(t *testing.T) {
	const (
		refused = "pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter \"transaction_timeout\"\nCommand was: SET transaction_timeout = 0;\n\n"
		copying = "pg_restore: error: COPY failed for table \"a\": ERROR:  invalid input syntax\nCONTEXT:  COPY a, line 1\n"
		index   = "pg_restore: error: could not execute query: ERROR:  relation \"i\" already exists\nCommand was: CREATE INDEX i ON public.a USING btree (n);\n\n"
		sum     = "pg_restore: warning: errors ignored on restore: 2\n"
	)
	for said, want := range map[string]bool{
		refused + refused + sum: true,
		// Two processes at once: the beginning of one line inside the other.
		"pg_restore: error: pg_restore: error: " + strings.Repeat(strings.TrimPrefix(refused, "pg_restore: error: "), 2): true,
		"pg_restore: processing data for pg_restore: error: " + strings.TrimPrefix(refused, "pg_restore: error: "):       true,
		refused + copying + sum: false,
		refused + index + sum:   false,
		"pg_restore: pg_restore: error: creating INDEX \"public.i\"\n" + refused[len("pg_restore: error: "):] + copying: false,
		sum: false,
		"":  false,
	} {
		cmd := exec.CommandContext(t.Context(), "unused")
		heard := listen(cmd, func(string) {})
		if _, err := io.WriteString(cmd.Stderr, said); err != nil {
			t.Fatal(err)
		}
		if got := onlyStrange(heard.heard()); got != want {
			t.Errorf("onlyStrange = %v:\n%s", got, said)
		}
	}
}
