package postgres

import (
	"slices"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// TestWhoMayRestore restores with roles that have more or less of what it takes, by
// both methods. The database then holds exactly the backup and its application works
// with it as before; or the role is refused, and nothing has changed.
func TestWhoMayRestore(t *testing.T) {
	c := testdb.Postgres(t)
	ofSchema := "" // who owns a database owns its schema public, and may drop what others have in it
	if c.Major < 15 {
		ofSchema = "postgres.not_owner"
	}
	for who, test := range map[string]struct {
		script     string // of the database THIS, whose objects are all APP's, for the role ME
		inPlace    string // the reason of the refusal, "" where it may
		aside      string
		attributes string
	}{
		"owns all":                           {"ALTER DATABASE THIS OWNER TO ME; REASSIGN OWNED BY APP TO ME", "", "", "CREATEDB"},
		"owns all, makes no databases":       {"ALTER DATABASE THIS OWNER TO ME; REASSIGN OWNED BY APP TO ME", "", "postgres.no_createdb", ""},
		"acts for the owner":                 {"GRANT APP TO ME", "", "", "CREATEDB"},
		"acts for the owner, makes none":     {"GRANT APP TO ME", "", "postgres.no_createdb", ""},
		"owns the database, not the objects": {"ALTER DATABASE THIS OWNER TO ME", ofSchema, "", "CREATEDB"},
		"owns some of the objects":           {"ALTER DATABASE THIS OWNER TO ME; ALTER TABLE b OWNER TO ME; GRANT ALL ON b TO APP", ofSchema, "", "CREATEDB"},
		"owns the objects, not the database": {"REASSIGN OWNED BY APP TO ME; ALTER DATABASE THIS OWNER TO APP; GRANT CREATE ON DATABASE THIS TO ME", "", "postgres.side_owner", "CREATEDB"},
		"owns nothing":                       {"GRANT ALL ON ALL TABLES IN SCHEMA public TO ME; GRANT CREATE ON DATABASE THIS TO ME", "postgres.not_owner", "postgres.side_owner", "CREATEDB"},
	} {
		for _, method := range []string{"in place", "aside"} {
			t.Run(who+", "+method, func(t *testing.T) {
				app, me := c.Role(t, "app", ""), c.Role(t, "me", test.attributes)
				url := c.DatabaseOf(t, app)
				testdb.Exec(t, url, "GRANT ALL ON SCHEMA public TO "+app+", "+me)
				testdb.Exec(t, c.As(app, url), "CREATE TABLE a (n int PRIMARY KEY); INSERT INTO a VALUES (1), (2); CREATE TABLE b (n int REFERENCES a); INSERT INTO b VALUES (2); CREATE VIEW v AS SELECT n FROM a")
				for _, sql := range strings.Split(strings.NewReplacer("THIS", quote(testdb.DatabaseName(url)), "APP", app, "ME", me).Replace(test.script), "; ") {
					testdb.Exec(t, url, sql)
				}
				of := target(c.As(me, url))
				forgetSides(t, c, of)
				file, _ := dump(t, url)
				testdb.Exec(t, url, "DELETE FROM b; INSERT INTO a VALUES (3)")
				const held = "SELECT n FROM a UNION ALL SELECT n * 10 FROM b ORDER BY 1"
				refused, want := test.inPlace, "[1 2 20]"
				if method == "aside" {
					refused = test.aside
				}
				if refused != "" {
					want = "[1 2 3]"
				}

				var err error
				if method == "aside" {
					err = tryAside(t, of, file, refused)
				} else {
					checks, wrong := new(Engine).Preflight(t.Context(), of, backup.Archive{}, file)
					if wrong != nil || slices.ContainsFunc(checks, func(c backup.Check) bool { return c.Level == backup.Blocker && c.Code == refused }) != (refused != "") {
						t.Errorf("the plan says %v, %v; want %q", checks, wrong, refused)
					}
					_, err = new(Engine).Restore(t.Context(), of, file, unheard)
				}
				if (err == nil) != (refused == "") || err != nil && errs.CodeOf(err) != errs.Denied {
					t.Errorf("error = %v, want %q", err, refused)
				}
				if got := testdb.Query(t, url, held); "["+strings.Join(got, " ")+"]" != want {
					t.Errorf("the database holds %v, want %s", got, want)
				}
				if !strings.Contains(test.script, "REASSIGN") {
					testdb.Exec(t, c.As(app, url), "INSERT INTO a VALUES (7); UPDATE b SET n = 7; SELECT * FROM v; DELETE FROM b")
				}
			})
		}
	}
}

// tryAside restores aside where it may, and else sees to it that not asking first
// would have done no harm.
func tryAside(t *testing.T, of backup.Target, file, refused string) error {
	t.Helper()
	e := &Engine{}
	can, why, err := e.CanSwap(t.Context(), of, backup.Archive{})
	if err != nil || can != (refused == "") || !can && why[0].Code != refused {
		t.Fatalf("CanSwap = %v, %v, %v, want %q", can, why, err, refused)
	}
	names := e.NamesFor(of, sideTime)
	if _, err := e.BuildAside(t.Context(), of, file, names, unheard); err != nil {
		return err
	}
	return e.Swap(t.Context(), of, names)
}
