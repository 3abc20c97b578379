package postgres

import (
	"slices"
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
	if got := compared(t, url, file, held.Tables); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
