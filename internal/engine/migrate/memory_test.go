package migrate

import (
	"context"
	"os"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

func TestTheDoctorReadsOnceForAPlanAndTheRestoreThatFollows(t *testing.T) {
	for name, schema := range map[string]string{"into its tables": familySchema, "into an empty database": ""} {
		t.Run(name, func(t *testing.T) {
			db := database(t, schema)
			file := testdb.SQLite(t, familySQLite)
			target := db.target()
			target.Choices = Choices{Each: []Choice{choose("family", "name", Duplicate, Leave), choose("member", "family_id", Orphan, Leave), choose("member", "boss", Orphan, Null),
				choose("member", "code", NullValue, Leave), choose("member", "code", Duplicate, Leave), choose("note", "member_id", Orphan, Leave)}}
			m := &Migrator{}
			if _, _, err := m.Preflight(context.Background(), target, backup.Archive{File: file}, ""); err != nil {
				t.Fatal(err)
			}
			found, seen := m.known.found, m.known.seen
			if _, _, err := m.Preflight(context.Background(), target, backup.Archive{File: file}, ""); err != nil || m.known.found != found || m.known.seen != seen {
				t.Fatalf("the second plan read everything again: %v", err)
			}
			if _, err := migrate(context.Background(), m, target, file, file, nil); err != nil || m.known.found != found || m.known.seen != seen {
				t.Fatalf("the restore read everything again: %v", err)
			}
		})
	}
}

func TestTheDoctorReadsAgainWhenAnythingIsAnother(t *testing.T) {
	db := database(t, familySchema)
	file := testdb.SQLite(t, familySQLite)
	m := &Migrator{}
	look := func(target backup.Target) *diagnosis {
		t.Helper()
		if _, _, err := m.Preflight(context.Background(), target, backup.Archive{File: file}, ""); err != nil {
			t.Fatal(err)
		}
		return m.known.found
	}
	last := look(db.target())
	again := func(what string, target backup.Target) {
		t.Helper()
		if now := look(target); now == last {
			t.Errorf("another %s, and it was not read again", what)
		} else {
			last = now
		}
	}
	decided := db.target()
	decided.Choices.Each = []Choice{choose("member", "boss", Orphan, Null)}
	again("choice", decided)
	testdb.Exec(t, db.url, "ALTER TABLE note ALTER member_id DROP NOT NULL")
	again("schema", decided)
	if err := os.Chtimes(file, time.Time{}, time.Unix(1_700_000_000, 0)); err != nil {
		t.Fatal(err)
	}
	again("file", decided)
	again("database", database(t, familySchema).target())
}

func TestTheDefaultStandsInForAValueThatMustBeThere(t *testing.T) {
	db := database(t, `CREATE TABLE p(id int PRIMARY KEY, name text NOT NULL DEFAULT 'it''s none', n int NOT NULL DEFAULT '-1'::integer, at timestamptz NOT NULL DEFAULT now(), u uuid NOT NULL DEFAULT md5(random()::text)::uuid, j jsonb NOT NULL DEFAULT '{}')`)
	file := testdb.SQLite(t, `CREATE TABLE p(id INTEGER PRIMARY KEY, name, n, at, u, j); INSERT INTO p VALUES (1, NULL, NULL, NULL, '00000000-0000-4000-8000-000000000000', NULL), (2, 'x', 5, '2025-01-01', '00000000-0000-4000-8000-000000000000', '[1]')`)
	each := []Choice{choose("p", "name", NullValue, Default), choose("p", "n", NullValue, Default), choose("p", "at", NullValue, Default), choose("p", "j", NullValue, Default)}
	for _, f := range db.examine(file, Choices{Each: each}) {
		if f.Code == NullValue && (f.Action != Default || f.Level != backup.Warning) {
			t.Errorf("%s: %+v", f.Place(), f)
		}
	}
	r := db.migrate(file, Choices{Each: each})
	if got := db.rows("SELECT concat_ws('|', id, name, n, at = (SELECT max(at) FROM p), j) FROM p ORDER BY id"); got != "1|it's none|-1|t|{}\n2|x|5|f|[1]" {
		t.Errorf("arrived: %s", got)
	}
	if c := r.Tables[0].Conversions[0]; c != (Conversion{Column: "name", Type: "text", Finding: NullValue, Values: 1}) {
		t.Errorf("report: %+v", r.Tables[0].Conversions)
	}
	// One that differs from row to row is no stand-in that a plan could show.
	dirty := testdb.SQLite(t, `CREATE TABLE p(id INTEGER PRIMARY KEY, name, n, at, u, j); INSERT INTO p VALUES (1, 'x', 1, '2025-01-01', NULL, '{}')`)
	for _, f := range db.examine(dirty, Choices{Each: []Choice{choose("p", "u", NullValue, Default)}}) {
		if f.Code == NullValue && (f.Action != Stop || len(f.Options) != 2) {
			t.Errorf("%+v", f)
		}
	}
}
