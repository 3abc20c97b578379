package postgres

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/testdb"
)

// TestADatabaseInAnotherEncodingIsRestoredUnderItsOwnNames: its archive, its server
// and Cofre write them in different ways.
func TestADatabaseInAnotherEncodingIsRestoredUnderItsOwnNames(t *testing.T) {
	c := testdb.Postgres(t)
	admin := c.URL(testdb.Superuser, testdb.Password, "postgres")
	for i, encoding := range []string{"LATIN1", "EUC_CN", "SQL_ASCII", "no UTF-8 at all"} {
		t.Run(encoding, func(t *testing.T) {
			name := fmt.Sprintf("encoded_%d", i)
			client, shown := "UTF8", func(name string) string { return name }
			bytes := encoding == "no UTF-8 at all"
			if bytes {
				client, encoding, shown = "SQL_ASCII", "SQL_ASCII", strings.NewReplacer("\xe7", `\xE7`, "\xe3", `\xE3`).Replace
			}
			testdb.Exec(t, admin, "CREATE DATABASE "+name+" ENCODING '"+encoding+"' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
			t.Cleanup(func() { testdb.Exec(t, admin, "DROP DATABASE IF EXISTS "+name) })
			schema, table, value := "Finanças", "ação", "pão"
			if encoding == "EUC_CN" {
				schema, table, value = "财务", "表格", "面包"
			}
			if encoding == "SQL_ASCII" {
				schema, table = "plain", "t"
			}
			if bytes {
				schema, table, value = "Finan\xe7as", "a\xe7\xe3o", "p\xe3o"
			}
			of := new(Engine).Beside(target(admin), name)
			forgetSides(t, c, of)
			inUTF8 := of.URL + "&client_encoding=" + client
			testdb.Exec(t, inUTF8, fmt.Sprintf(`CREATE SCHEMA "%[1]s"; CREATE TABLE "%[1]s"."%[2]s" (id int PRIMARY KEY, "%[2]s" text);
				INSERT INTO "%[1]s"."%[2]s" SELECT i, '%[3]s' || (SELECT string_agg(md5(i || ' ' || j), '') FROM generate_series(1, 20) j) FROM generate_series(1, 4000) i;
				CREATE INDEX "%[2]s_i" ON "%[1]s"."%[2]s" (left("%[2]s", 40)); CREATE TABLE "%[2]s_2" (n int); CREATE SCHEMA "1 %[1]s"`, schema, table, value))
			file, held := dump(t, of.URL)
			want := []backup.Table{{Name: shown(schema + "." + table), Rows: 4000}, {Name: shown("public." + table + "_2"), Rows: 0}}
			slices.SortFunc(want, func(a, b backup.Table) int { return strings.Compare(a.Name, b.Name) })
			if !slices.Equal(held.Tables, want) {
				t.Errorf("the archive holds %v", held.Tables)
			}
			if c, err := archive.Inspect(t.Context(), file, archive.InspectOptions{}); err != nil || !slices.Equal(c.Tables, want) {
				t.Errorf("read were %v, %v", c.Tables, err)
			}
			if got := compared(t, of.URL, file, held.Tables); len(got) > 0 {
				t.Errorf("nothing was changed, but: %+v", got)
			}
			before := text(t, of.URL)
			damage := fmt.Sprintf(`DELETE FROM "%s"."%s"`, schema, table)
			testdb.Exec(t, inUTF8, damage)
			if got := compared(t, of.URL, file, held.Tables); len(got) != 1 || got[0].Removed != 4000 || got[0].Name != shown(schema+"."+table) {
				t.Errorf("all rows were deleted, but: %+v", got)
			}
			if got := restored(t, of.URL, file); !slices.Equal(got.Tables, want) {
				t.Errorf("restored were %v", got.Tables)
			}
			if got := text(t, of.URL); got != before {
				t.Errorf("in one transaction:\n%s", difference(before, got))
			}
			testdb.Exec(t, inUTF8, damage)
			names, got := aside(t, of, file, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
			if !slices.Equal(got.Tables, want) {
				t.Errorf("built aside were %v", got.Tables)
			}
			if got := text(t, of.URL); got != before {
				t.Errorf("aside:\n%s", difference(before, got))
			}
			if err := new(Engine).DropAside(t.Context(), of, names.Before); err != nil {
				t.Error(err)
			}
		})
	}
}
