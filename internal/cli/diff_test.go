package cli

import (
	"context"
	"os"
	"strings"
	"testing"

	"cofre/internal/sample"
	"cofre/internal/testdb"
)

type differs struct {
	Same                    bool
	Sentence, Unknown       string
	Added, Removed, Changed int64
	Tables                  []tableDiffers
}

type tableDiffers struct {
	Name                    string
	Before, After           int64
	Added, Removed, Changed int64
	Altered                 []struct{ Column, Change, Before, After string }
	Uncompared              []string
	Examples                []struct {
		Kind        string
		Key, Fields []struct {
			Column        string
			Before, After *string
		}
	}
}

func (d differs) table(t *testing.T, name string) (one tableDiffers) {
	t.Helper()
	for _, one = range d.Tables {
		if one.Name == name {
			return one
		}
	}
	t.Fatalf("no %s in %+v", name, d)
	return one
}

func TestADifferenceIsSaidInTheNamesThatPeopleUse(t *testing.T) {
	home, live := t.TempDir(), t.TempDir()+"/live.sqlite3"
	if _, err := sample.Write(context.Background(), live, sample.Options{App: sample.Finance, Rows: 500, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", live, "--json").want(t, 0))
	diff := func(args ...string) answer {
		return cofre(t, home, append([]string{"diff", made.ID, "--db", live}, args...)...)
	}
	if d := read[differs](t, diff("--json", "--exit-code").want(t, 0)); !d.Same || !strings.HasPrefix(d.Sentence, "No row differs") {
		t.Fatalf("%+v", d)
	}

	before, err := os.ReadFile(live)
	if err != nil {
		t.Fatal(err)
	}
	sqliteExec(t, live, `PRAGMA foreign_keys = OFF; DELETE FROM finances_family WHERE id = 1;
		DELETE FROM finances_transaction WHERE id IN (1, 2); UPDATE finances_transaction SET amount = amount + 1 WHERE id = 3;
		CREATE TABLE later(x); INSERT INTO later VALUES (1)`)
	d := read[differs](t, diff("--json").want(t, 0))
	want := "This restore removes 1 row in 1 table that the backup does not have, brings back 2 transactions and 1 family, changes 1 transaction and makes, drops or alters 1 table."
	if d.Same || d.Added != 3 || d.Removed != 1 || d.Changed != 1 || d.Sentence != want {
		t.Errorf("%+v", d)
	}
	if e := d.table(t, "finances_transaction").Examples; len(e) != 3 || e[0].Kind != "added" || *e[0].Key[0].After != "1" || e[2].Kind != "changed" || e[2].Fields[0].Column != "amount" {
		t.Errorf("examples %+v", e)
	}
	diff("--exit-code").want(t, 4)
	if out := diff("--lang", "pt-BR").want(t, 0).out; !strings.Contains(out, "Esta restauração remove 1 linha em 1 tabela que o backup não tem, traz de volta 2 lançamentos e 1 família") || !strings.Contains(out, "later") || !strings.Contains(out, "~ id 3: amount ") || !strings.Contains(out, "+ id 1: ") {
		t.Errorf("%s", out)
	}
	sqliteExec(t, live, "ALTER TABLE finances_transaction ADD COLUMN mood TEXT")
	if out := diff().want(t, 0).out; !strings.Contains(out, "column mood is removed (TEXT)") {
		t.Errorf("%s", out)
	}
	if a := read[differs](t, diff("--json").want(t, 0)).table(t, "finances_transaction").Altered; len(a) != 1 || a[0].Change != "removed" || a[0].Before != "TEXT" {
		t.Errorf("%+v", a)
	}

	old := t.TempDir() + "/old.sqlite3"
	if err := os.WriteFile(old, before, 0o600); err != nil {
		t.Fatal(err)
	}
	if d := read[differs](t, cofre(t, home, "diff", old, live, "--json").want(t, 0)); d.Added != 1 || d.Removed != 3 || d.Changed != 1 || !strings.HasPrefix(d.Sentence, "From old.sqlite3 to live.sqlite3, the change removes 2 transactions") {
		t.Errorf("%+v", d)
	}
	if got := diff(old, "--json").want(t, 2).problem(t); got.Error.Code != "invalid" {
		t.Errorf("%+v", got)
	}
	cofre(t, home, "diff", made.ID).want(t, 2)
	cofre(t, home, "diff", made.ID, t.TempDir()+"/none").want(t, 10)
}

func TestArchivesAreComparedByPrimaryKeyWithTheServerAndWithEachOther(t *testing.T) {
	home, url := t.TempDir(), testdb.Postgres(t).Database(t)
	postgresExec(t, url, people+`CREATE TABLE keyless(x text); INSERT INTO keyless VALUES ('a'), ('b');
		CREATE TABLE pairs("b c" int, a int, n text, PRIMARY KEY (a, "b c")); INSERT INTO pairs VALUES (1, 1, 'x'), (2, 1, 'y')`)
	first := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", url, "--json").want(t, 0))
	postgresExec(t, url, `UPDATE people SET name = 'Rui' WHERE id = 2; DELETE FROM people WHERE id = 1; INSERT INTO people VALUES (10, 'Eva');
		UPDATE keyless SET x = 'c' WHERE x = 'b'; UPDATE pairs SET n = 'z' WHERE "b c" = 2`)
	second := read[struct{ ID, File string }](t, cofre(t, home, "backup", "--db", url, "--json").want(t, 0))
	if d := read[differs](t, cofre(t, home, "diff", second.ID, "--db", url, "--json").want(t, 0)); !d.Same {
		t.Errorf("%+v", d)
	}
	for name, d := range map[string]differs{
		"restore": read[differs](t, cofre(t, home, "diff", first.ID, "--db", url, "--json").want(t, 0)),
		"files":   read[differs](t, cofre(t, home, "diff", second.File, first.ID, "--json").want(t, 0)),
	} {
		if d.Unknown != "" || d.Added != 2 || d.Removed != 2 || d.Changed != 2 || len(d.Tables) != 3 {
			t.Errorf("%s: %+v", name, d)
		}
	}
	lite := testdb.SQLite(t, people)
	d := read[differs](t, cofre(t, home, "diff", lite, "--db", url, "--json").want(t, 0))
	if p := d.table(t, "public.people"); d.Unknown != "" || p.Added != 1 || p.Removed != 1 || p.Changed != 1 || *p.Examples[2].Fields[0].Before != "Rui" {
		t.Errorf("%+v", d)
	}
}

func TestLargeObjectsAreToldByTheirName(t *testing.T) {
	home, url := t.TempDir(), testdb.Postgres(t).Database(t)
	postgresExec(t, url, people+"; SELECT lo_from_bytea(71, 'one'), lo_from_bytea(72, 'two')")
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", url, "--json").want(t, 0))
	postgresExec(t, url, "SELECT lo_unlink(71), lo_put(72, 0, 'T'), lo_create(73), lo_create(74)")
	out := cofre(t, home, "diff", made.ID, "--db", url).want(t, 0).out
	for _, want := range []string{"removes 2 large objects that the backup does not have, brings back 1 large object and changes 1 large object.", " Large objects\n", "− oid 73: bytes 0", "~ oid 72: sha256 "} {
		if !strings.Contains(out, want) {
			t.Errorf("%s: want %q", out, want)
		}
	}
	if out := cofre(t, home, "verify", made.ID, "--rehearse", "--db", url).want(t, 0).out; !strings.Contains(out, "proven") {
		t.Errorf("%s", out)
	}
}

func TestTheTwoKindsOfDatabaseAreComparedAsAMigrationWouldWriteThem(t *testing.T) {
	home, url, file := t.TempDir(), testdb.Postgres(t).Database(t), t.TempDir()+"/finance.sqlite3"
	if _, err := sample.Write(context.Background(), file, sample.Options{App: sample.Finance, Rows: 800, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	cofre(t, home, "restore", file, "--db", url, "--yes", "--migrate", "--json").want(t, 0)
	if d := read[differs](t, cofre(t, home, "diff", file, "--db", url, "--json").want(t, 0)); !d.Same {
		t.Fatalf("nothing was changed, but: %+v", d)
	}
	postgresExec(t, url, `UPDATE finances_transaction SET amount = amount + 1 WHERE id = 3; DELETE FROM finances_transaction WHERE id IN (4, 5);
		INSERT INTO finances_family SELECT (jsonb_populate_record(f, jsonb_build_object('id', 99, 'public_id', md5('99')::uuid))).* FROM finances_family f WHERE id = 1; ALTER TABLE finances_family ADD COLUMN search tsvector`)
	made := read[struct{ ID, File string }](t, cofre(t, home, "backup", "--db", url, "--json").want(t, 0))
	for name, args := range map[string][]string{"live": {file, "--db", url}, "dump": {made.File, file}} {
		d := read[differs](t, cofre(t, home, append([]string{"diff", "--json"}, args...)...).want(t, 0))
		money, families := d.table(t, "public.finances_transaction"), d.table(t, "public.finances_family")
		if len(d.Tables) != 2 || money.Added != 2 || money.Changed != 1 || money.Removed != 0 || families.Removed != 1 || families.Altered[0].Change != "removed" {
			t.Errorf("%s: %+v", name, d)
		}
		if f := money.Examples[len(money.Examples)-1].Fields; len(f) != 1 || f[0].Column != "amount" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if d := read[differs](t, cofre(t, home, "diff", made.File, "--db", file, "--json").want(t, 0)); d.Added != 1 || d.Removed != 2 || d.Changed != 1 {
		t.Errorf("%+v", d)
	}
}

func TestColumnsThatTheTwoKindsCannotCompareAreNamed(t *testing.T) {
	home, url := t.TempDir(), testdb.Postgres(t).Database(t)
	postgresExec(t, url, `CREATE TYPE mood AS ENUM ('calm', 'glad'); CREATE DOMAIN short AS varchar(9); CREATE TABLE "Note"(id int PRIMARY KEY, words tsvector, mood mood, name short);
		INSERT INTO "Note" VALUES (1, 'a b', 'glad', 'x')`)
	lite := testdb.SQLite(t, `CREATE TABLE note(ID INTEGER PRIMARY KEY, words TEXT, mood TEXT, name TEXT); INSERT INTO note VALUES (1, 'b a', 'glad', 'x')`)
	made := read[struct{ File string }](t, cofre(t, home, "backup", "--db", url, "--json").want(t, 0))
	for _, args := range [][]string{{lite, "--db", url}, {made.File, lite}} {
		d := read[differs](t, cofre(t, home, append([]string{"diff", "--json"}, args...)...).want(t, 0))
		if n := d.table(t, "public.Note"); d.Same || d.Sentence != "1 column could not be compared." || d.Added+d.Removed+d.Changed != 0 || len(n.Uncompared) != 1 || n.Uncompared[0] != "words" {
			t.Errorf("%+v", d)
		}
	}
	if out := cofre(t, home, "diff", lite, "--db", url).want(t, 0).out; !strings.Contains(out, "column words could not be compared") {
		t.Errorf("%s", out)
	}
}
