package postgres

import (
	"reflect"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/diff"
	"cofre/internal/testdb"
)

// compared is what has changed in the database at url since file was made of it.
func compared(t *testing.T, url, file string, held []archive.Table) (tables []diff.Table) {
	t.Helper()
	old, end, err := archive.OpenRecords(t.Context(), file, t.TempDir())
	defer end()
	if err != nil {
		t.Fatal(err)
	}
	now, err := new(Engine).Probe(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	err = new(Engine).Records(t.Context(), target(url), func(live archive.Records) error {
		tables, err = diff.Compare(t.Context(), diff.Side{Records: old, Tables: held}, diff.Side{Records: live, Tables: now.Tables}, diff.Options{TempDir: t.TempDir()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestALiveDatabaseIsComparedWithItsBackup(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, twins+zoo+`
		CREATE TABLE diary (a int, b int, at timestamptz, "Wo rt" text, twice int GENERATED ALWAYS AS (a * 2) STORED, spans tstzrange, PRIMARY KEY (b, a));
		INSERT INTO diary (a, b, at, "Wo rt", spans) SELECT i, i % 7, '2026-03-01 12:00'::timestamptz + i * interval '1 hour 1 microsecond', E'tab\t, line\n, back\\slash ' || i,
			tstzrange('2026-01-01', '2026-01-02') FROM generate_series(1, 500) i;
		CREATE TABLE loose (v text); INSERT INTO loose VALUES ('x'), ('x'), (NULL), ('\N'), ('\.');
		ALTER DATABASE `+quote(testdb.DatabaseName(url))+` SET timezone = 'America/Sao_Paulo'`)
	file, held := dump(t, url)
	testdb.Exec(t, url, "ALTER DATABASE "+quote(testdb.DatabaseName(url))+" SET timezone = 'Asia/Tokyo'")
	if got := compared(t, url, file, held.Tables); len(got) > 0 {
		t.Fatalf("nothing was changed, but: %+v", got)
	}
	testdb.Exec(t, url, `DELETE FROM diary WHERE a <= 3; UPDATE diary SET "Wo rt" = '' WHERE a = 10; UPDATE diary SET at = at + interval '1 microsecond' WHERE a = 11;
		INSERT INTO diary (a, b) VALUES (1000, 1); DELETE FROM loose WHERE v IS NULL; INSERT INTO loose VALUES (''), ('x');
		CREATE TABLE later (n int); INSERT INTO later VALUES (1)`)
	want := []diff.Table{
		{Name: "public.diary", Before: 500, After: 498, Added: 1, Removed: 3, Changed: 2},
		{Name: "public.loose", Before: 5, After: 6, Added: 2, Removed: 1},
		{Name: "public.later", Before: -1, After: 1, Added: 1},
	}
	got := compared(t, url, file, held.Tables)
	if e := got[0].Examples; len(e) != 6 || *e[0].Fields[0].Before != "2026-03-01 13:00:00.000001+00" || *e[4].Fields[0].Before != "tab\t, line\n, back\\slash 10" || *e[4].Fields[0].After != "" {
		t.Errorf("examples %+v", e)
	}
	for i := range got {
		got[i].Examples = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestArchivesMadeInTwoTimeZonesAreComparedAsInstants(t *testing.T) {
	url := testdb.Postgres(t).Database(t)
	testdb.Exec(t, url, twins+zoo+`
		CREATE DOMAIN instant AS timestamptz; CREATE TYPE lap AS (start timestamptz, name text);
		CREATE TABLE diary (id int PRIMARY KEY, at timestamptz(3) NOT NULL, also instant, laps lap[], span tstzrange, "said At" text DEFAULT 'it is now');
		INSERT INTO diary SELECT i, '2026-03-01 12:00'::timestamptz + i * interval '1 hour', now(), ARRAY[('2026-03-01 12:00', 'a')::lap], tstzrange('2026-01-01', '2026-01-02'),
			'2026-03-01 12:00:00-03' FROM generate_series(1, 50) i`)
	in := func(zone string) string {
		testdb.Exec(t, url, "ALTER DATABASE "+quote(testdb.DatabaseName(url))+" SET timezone = '"+zone+"'")
		file, _ := dump(t, url)
		return file
	}
	files := []string{in("America/Sao_Paulo"), in("Asia/Kolkata")}
	testdb.Exec(t, url, `UPDATE diary SET "said At" = '2026-03-01 15:00:00+00' WHERE id = 7; ALTER TABLE diary ALTER "said At" TYPE varchar(40)`)
	files = append(files, in("Asia/Kolkata"))
	var sides [3]diff.Side
	for i, file := range files {
		c, err := archive.Inspect(t.Context(), file, archive.InspectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		records, end, err := archive.OpenRecords(t.Context(), file, t.TempDir())
		defer end()
		if err != nil {
			t.Fatal(err)
		}
		sides[i] = diff.Side{Records: records, Tables: c.Tables}
	}
	if got, err := diff.Compare(t.Context(), sides[0], sides[1], diff.Options{TempDir: t.TempDir()}); err != nil || len(got) > 0 {
		t.Errorf("nothing was changed, but: %+v, %v", got, err)
	}
	// What looks like a time in a text is a text.
	got, err := diff.Compare(t.Context(), sides[0], sides[2], diff.Options{TempDir: t.TempDir()})
	if err != nil || len(got) != 1 || got[0].Changed != 1 || len(got[0].Examples[0].Fields) != 1 ||
		!reflect.DeepEqual(got[0].Altered, []diff.Alteration{{Column: "said At", Change: "type", Before: "text", After: "character varying(40)"}}) {
		t.Errorf("%+v, %v", got, err)
	}
}
