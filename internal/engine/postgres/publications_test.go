package postgres

import (
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

// published are the publications of a database, as far as servers 12 and later know.
func published(t *testing.T, url string) string {
	t.Helper()
	return strings.Join(testdb.Query(t, url, `SELECT concat_ws(' ', pubname, CASE WHEN puballtables THEN 'all' END, pubowner::regrole, pubinsert, pubdelete,
		(SELECT string_agg(prrelid::regclass::text, ',' ORDER BY 1) FROM pg_publication_rel WHERE prpubid = p.oid)) FROM pg_publication p ORDER BY 1`), "\n")
}

func TestPublicationsComeBackWithTheBackupAndOthersStay(t *testing.T) {
	c := testdb.Postgres(t)
	for name, restore := range map[string]func(t *testing.T, of backup.Target, file string){
		"aside":              func(t *testing.T, of backup.Target, file string) { aside(t, of, file, sideTime) },
		"in one transaction": func(t *testing.T, of backup.Target, file string) { restored(t, of.URL, file) },
	} {
		t.Run(name, func(t *testing.T) {
			owner := c.Role(t, "publisher", "")
			url := c.Database(t)
			of := target(url)
			forgetSides(t, c, of)
			testdb.Exec(t, url, `CREATE TABLE a (n int, m int); CREATE TABLE b (n int); CREATE SCHEMA "My shop"; CREATE TABLE "My shop".c (n int);
				CREATE PUBLICATION known FOR TABLE a WITH (publish = 'insert'); CREATE PUBLICATION "all of it" FOR ALL TABLES`)
			file, _ := dump(t, url)
			some := `CREATE PUBLICATION later FOR TABLE a, "My shop".c, gone`
			if c.Major >= 15 {
				some = `CREATE PUBLICATION later FOR TABLE a (n) WHERE (n > 1), "My shop".c, gone; CREATE PUBLICATION shop FOR TABLES IN SCHEMA "My shop"`
			}
			testdb.Exec(t, url, `ALTER PUBLICATION known ADD TABLE b; DROP PUBLICATION "all of it"; CREATE TABLE gone (n int);
				CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, delete'); `+some+`; ALTER PUBLICATION later OWNER TO `+owner)
			restore(t, of, file)
			want := "all of it all postgres t t\neverything all postgres t t\nknown postgres t f a\nlater " + owner + ` t t "My shop".c,a`
			if c.Major >= 15 {
				want += "\nshop postgres t t"
				if got := testdb.Query(t, url, "SELECT concat_ws(' ', tablename, attnames, rowfilter) FROM pg_publication_tables WHERE pubname IN ('later', 'shop') ORDER BY pubname, 1"); strings.Join(got, "; ") != "a {n} (n > 1); c {n}; c {n}" {
					t.Errorf("published are %q", got)
				}
			}
			if got := published(t, url); got != want {
				t.Errorf("publications are\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestARoleThatMayMakeNoPublicationRestoresWithoutIt(t *testing.T) {
	c := testdb.Postgres(t)
	owner := c.Role(t, "app", "CREATEDB")
	url := c.DatabaseOf(t, owner)
	of := target(c.As(owner, url))
	forgetSides(t, c, of)
	testdb.Exec(t, of.URL, "CREATE TABLE a (n int)")
	file, _ := dump(t, of.URL)
	testdb.Exec(t, of.URL, "CREATE PUBLICATION mine FOR TABLE a")
	testdb.Exec(t, url, "CREATE PUBLICATION everything FOR ALL TABLES")
	aside(t, of, file, sideTime)
	if got, want := published(t, url), "mine "+owner+" t t a"; got != want {
		t.Errorf("publications are %q, want %q", got, want)
	}
}
