package postgres

import (
	"path/filepath"
	"slices"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func target(url string) backup.Target {
	return backup.Target{Kind: backup.PostgreSQL, Name: testdb.DatabaseName(url), URL: url}
}

func unheard(backup.Update) {}

func TestFirst(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, `CREATE TABLE a (id serial PRIMARY KEY, t text); INSERT INTO a (t) SELECT 'x' || n FROM generate_series(1, 1000) n;
	CREATE TYPE mood AS ENUM ('a','b'); CREATE DOMAIN d AS int CHECK (value > 0); CREATE TYPE comp AS (a int, b text);
	CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'select $1'; CREATE VIEW v AS SELECT * FROM a; SELECT lo_create(0)`)
	e := &Engine{}
	ctx := t.Context()
	before, err := e.Probe(ctx, target(url))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dump")
	held, err := e.Dump(ctx, target(url), file, backup.DumpOptions{}, func(u backup.Update) { t.Logf("%+v", u) })
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", held)
	if !slices.Equal(before.Tables, held.Tables) {
		t.Errorf("%v %v", before, held)
	}
	testdb.Exec(t, url, `CREATE TABLE b (id int); DELETE FROM a WHERE id < 500; CREATE SCHEMA other; CREATE TABLE other.x (i int)`)
	after, err := e.Restore(ctx, target(url), file, func(u backup.Update) { t.Logf("%+v", u) })
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", after)
	if !slices.Equal(after.Tables, held.Tables) {
		t.Errorf("%v %v", after, held)
	}
	checks, err := e.Preflight(ctx, target(url), backup.Archive{Contents: held}, file)
	t.Log(checks, err)
	t.Log(e.ToolsFor(ctx, target(url)))
}
