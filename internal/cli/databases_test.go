package cli

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
)

func sqliteExec(t *testing.T, path, script string) {
	t.Helper()
	execute(t, "sqlite", escaped(path), script)
}
func postgresExec(t *testing.T, url, script string) { t.Helper(); execute(t, "pgx", url, script) }

func execute(t *testing.T, driver, dsn, script string) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
}

// escaped makes a path with odd characters one that the driver takes as it is.
func escaped(path string) string {
	r := strings.NewReplacer("%", "%25", "#", "%23", "?", "%3f", "\n", "%0a")
	return "file:" + r.Replace(path)
}

// sqliteText is all that a SQLite file holds, as text.
func sqliteText(t *testing.T, path string) string {
	t.Helper()
	return whole(t, "sqlite", escaped(path), `SELECT name FROM sqlite_schema WHERE type IN ('table','view') ORDER BY name`)
}

// postgresText is all that the public schema of a database holds, as text.
func postgresText(t *testing.T, url string) string {
	t.Helper()
	return whole(t, "pgx", url, `SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r','v') ORDER BY 1`)
}

func whole(t *testing.T, driver, dsn, tables string) string {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var b strings.Builder
	for _, name := range rows(t, db, tables) {
		fmt.Fprintf(&b, "%s: %s\n", name[0], fmt.Sprint(rows(t, db, fmt.Sprintf("SELECT * FROM %q ORDER BY 1", name[0]))))
	}
	return b.String()
}

func rows(t *testing.T, db *sql.DB, query string) (all [][]string) {
	t.Helper()
	r, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	columns, err := r.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := r.Scan(values...); err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(columns))
		for i, v := range values {
			row[i] = fmt.Sprint(*v.(*any))
		}
		all = append(all, row)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
