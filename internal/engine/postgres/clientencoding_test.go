package postgres

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/testdb"
)

// TestArchivesInEncodingsThatOnlyClientsHaveAreRestored: in these, the second byte of a
// character may be that of a backslash, behind which a quote would not end a text.
func TestArchivesInEncodingsThatOnlyClientsHaveAreRestored(t *testing.T) {
	c := testdb.Postgres(t)
	admin := c.URL(testdb.Superuser, testdb.Password, "postgres")
	encodings := []string{"SJIS", "SHIFT_JIS_2004", "GB18030", "BIG5", "GBK", "UHC", "JOHAB"}
	if os.Getenv(testdb.BinVariable) == "" { // all of them against many servers
		encodings = encodings[:3]
	}
	for _, encoding := range encodings {
		t.Run(encoding, func(t *testing.T) {
			url := c.Database(t)
			of := new(Engine).Beside(target(admin), testdb.DatabaseName(url))
			forgetSides(t, c, of)
			testdb.Exec(t, url, `CREATE FUNCTION taken(c int, e name) RETURNS bytea LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN convert_from(convert_to(chr(c), e), e) = chr(c) THEN convert_to(chr(c), e) END; EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$`)
			sign := testdb.Query(t, url, `SELECT chr(c) FROM generate_series(x'4e00'::int, x'd7a0'::int) c WHERE length(taken(c, '`+encoding+`')) > 1
				ORDER BY get_byte(taken(c, '`+encoding+`'), 1) <> 92, c LIMIT 1`)[0]
			name, rows := sign, int64(50)
			if encoding == "SJIS" {
				rows = 9000 // enough for several connections
			}
			if encoding == "JOHAB" || encoding == "SHIFT_JIS_2004" {
				name = "t" // which are not read here
			}
			testdb.Exec(t, url, `DROP FUNCTION taken; CREATE TABLE "`+name+`" (id int PRIMARY KEY, v text DEFAULT E'a\\b`+sign+`', w text CHECK (w <> E'\\`+sign+`'), "; '`+name+`" text);
				INSERT INTO "`+name+`" SELECT i, '`+sign+`' || i, E'\\`+sign+`\t' || md5(i::text), repeat('`+sign+`', 40) FROM generate_series(1, `+strconv.FormatInt(rows, 10)+`) i;
				COMMENT ON TABLE "`+name+`" IS E'it''s \\`+sign+`'`)
			before := text(t, url)
			escaping := "ALTER DATABASE " + quote(testdb.DatabaseName(url)) + " SET standard_conforming_strings = off"
			for kind, args := range map[string][]string{"custom": {"-Fc"}, "inserts that escape": {"-Fc", "--inserts", "--rows-per-insert=100"}, "script that escapes": {"-Fp"}} {
				if kind != "custom" {
					testdb.Exec(t, url, escaping)
				}

				file := filepath.Join(t.TempDir(), "x")
				if out, err := exec.Command(filepath.Join(c.Clients(t)[0].Bin, "pg_dump"), append(args, "-E", encoding, "-f", file, url)...).CombinedOutput(); err != nil {
					t.Fatalf("%s", out)
				}
				testdb.Exec(t, url, "ALTER DATABASE "+quote(testdb.DatabaseName(url))+" RESET ALL")
				testdb.Exec(t, url, `DELETE FROM "`+name+`"`)
				if got := restored(t, url, file); len(got.Tables) != 1 || got.Tables[0].Rows != rows || got.Tables[0].Name != "public."+name {
					t.Errorf("%s: restored were %v", kind, got.Tables)
				}
				if got := text(t, url); got != before {
					t.Errorf("%s: in one transaction:\n%s", kind, difference(before, got))
				}
				if encoding != "JOHAB" && encoding != "SHIFT_JIS_2004" {
					if differ := compared(t, url, file, []archive.Table{{Name: "public." + name, Rows: rows}}); len(differ) > 0 {
						t.Errorf("nothing was changed, but: %+v", differ)
					}
				}
				if kind != "custom" || encoding != "SJIS" {
					continue
				}
				names, got := aside(t, of, file, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
				if len(got.Tables) != 1 || got.Tables[0].Rows != rows {
					t.Errorf("built aside were %v", got.Tables)
				}
				if got := text(t, of.URL); got != before {
					t.Errorf("aside:\n%s", difference(before, got))
				}
				if err := new(Engine).DropAside(t.Context(), of, names.Before); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
