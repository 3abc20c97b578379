package archive

import (
	"slices"
	"strings"
	"testing"

	"cofre/internal/errs"
)

func TestScriptWithAMetaCommandIsRefused(t *testing.T) {
	for _, line := range []string{`\! rm -rf /`, `\copy t from program 'x'`, `\connect other`, `SELECT 1 \gexec`} {
		path := write(t, "x.sql", "--\n-- PostgreSQL database dump\n--\n\n\\restrict a1\n\n"+line+"\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict a1\n")
		_, err := Inspect(t.Context(), path, InspectOptions{})
		wantError(t, err, errs.Invalid, "archive.meta_command")
	}
	path := write(t, "x.sql", "--\n-- PostgreSQL database dump\n--\n\n\\restrict a1\n\nSELECT '\\! x', $a$ \\! $a$, E'\\'; \\! x' ;\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict a1\n")
	if _, err := Inspect(t.Context(), path, InspectOptions{}); err != nil {
		t.Errorf("in strings it is none: %v", err)
	}
}

func TestScriptOfSQLiteIsCounted(t *testing.T) {
	script := "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE IF NOT EXISTS \"a b\" (x, y);\nINSERT INTO \"a b\" VALUES(1,'it''s; (x)');\nINSERT INTO \"a b\" VALUES(2,NULL);\n" +
		"CREATE TABLE [c d](x);\nCREATE TABLE e(x);\nCREATE TRIGGER t AFTER INSERT ON e BEGIN INSERT INTO e VALUES (1); SELECT CASE WHEN 1 THEN 2 END; END;\n" +
		"INSERT INTO sqlite_sequence VALUES('e',1);\nINSERT INTO e VALUES(replace('a\\nb','\\n',char(10)));\nCOMMIT;\n"
	c, err := Inspect(t.Context(), write(t, "x.sql", script), InspectOptions{})
	if want := []Table{{"a b", 2}, {"c d", 0}, {"e", 1}}; err != nil || c.Kind != SQLite || !slices.Equal(c.Tables, want) {
		t.Errorf("%+v, %v", c, err)
	}
	_, err = Inspect(t.Context(), write(t, "x.sql", strings.TrimSuffix(script, "COMMIT;\n")), InspectOptions{})
	wantError(t, err, errs.Corrupt, "archive.dump_cut")
}
