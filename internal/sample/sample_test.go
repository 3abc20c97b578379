package sample

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"cofre/internal/errs"
)

func write(t *testing.T, o Options) (string, Summary) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sample.sqlite3")
	summary, err := Write(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return path, summary
}

func open(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// each calls do with the rows of a query.
func each(t *testing.T, db *sql.DB, query string, do func(values []any)) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		do(values)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// column returns the first column of the rows of a query.
func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	var all []string
	each(t, db, query, func(values []any) { all = append(all, fmt.Sprint(values[0])) })
	return all
}

// content is a fingerprint of every row of every table.
func content(t *testing.T, path string) string {
	t.Helper()
	db, hash := open(t, path), sha256.New()
	for _, name := range column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name") {
		each(t, db, fmt.Sprintf("SELECT * FROM %q", name), func(values []any) { fmt.Fprintf(hash, "%s %v\n", name, values) })
	}
	return hex.EncodeToString(hash.Sum(nil))[:16]
}

// The fingerprints are those of every machine: they change only when the sample
// is meant to change.
func TestTheSameSeedGivesTheSameRowsEverywhere(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{App: Finance, Rows: 2000, Seed: 1}, "307ee49603cbdef7"},
		{Options{App: Finance, Rows: 2000, Seed: 2}, "8af2ccd7c145c18e"},
		{Options{App: Fleet, Rows: 2000, Seed: 1}, "b90d32d68a43f2e4"},
		{Options{App: Fleet, Rows: 2000, Seed: 2}, "86a1b35ebdb6636d"},
	} {
		path, _ := write(t, c.o)
		if got := content(t, path); got != c.want {
			t.Errorf("%s, seed %d: rows have fingerprint %s, want %s", c.o.App, c.o.Seed, got, c.want)
		}
	}
}

func TestSamplesPassSQLitesOwnChecks(t *testing.T) {
	for _, app := range []string{Finance, Fleet} {
		for _, rows := range []int{1, 2, 29, 733, 20_000} {
			path, _ := write(t, Options{App: app, Rows: rows})
			db := open(t, path)
			if got := column(t, db, "PRAGMA integrity_check"); len(got) != 1 || got[0] != "ok" {
				t.Errorf("%s with %d rows: integrity_check says %q", app, rows, got)
			}
			if got := column(t, db, "PRAGMA foreign_key_check"); len(got) > 0 {
				t.Errorf("%s with %d rows: foreign keys of %q point to nothing", app, rows, got)
			}
		}
	}
}

func TestTheMainTableHasTheRowsThatWereAskedFor(t *testing.T) {
	for app, main := range map[string]string{Finance: "finances_transaction", Fleet: "abastecimentos"} {
		for _, rows := range []int{1, 29, 4321} {
			path, _ := write(t, Options{App: app, Rows: rows})
			if got := column(t, open(t, path), "SELECT count(*) FROM "+main); got[0] != fmt.Sprint(rows) {
				t.Errorf("%s has %s rows, want %d", main, got[0], rows)
			}
		}
	}
}

func TestTheUsualSampleIsThreeFamiliesWithFiveThousandTransactions(t *testing.T) {
	path, summary := write(t, Options{})
	db := open(t, path)
	got := column(t, db, "SELECT (SELECT count(*) FROM finances_family) || ' ' || (SELECT count(*) FROM finances_transaction)")
	if summary.App != Finance || got[0] != "3 5000" {
		t.Errorf("the default is %s with %s families and transactions", summary.App, got[0])
	}
	if roles := column(t, db, "SELECT DISTINCT role FROM finances_familymember ORDER BY 1"); fmt.Sprint(roles) != "[ADMIN CHILD PARENT]" {
		t.Errorf("the members' roles are %v", roles)
	}
}

func TestTheSummaryCountsEveryTable(t *testing.T) {
	for _, app := range []string{Finance, Fleet} {
		var last, total int64
		path, summary := write(t, Options{App: app, Rows: 9000, Progress: func(d, n int64) {
			if d < last {
				t.Errorf("%s: progress went back from %d to %d", app, last, d)
			}
			last, total = d, n
		}})
		db, sum := open(t, path), int64(0)
		names := column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
		if len(names) != len(summary.Tables) {
			t.Fatalf("%s: the summary has %d tables, the file %d", app, len(summary.Tables), len(names))
		}
		for i, table := range summary.Tables {
			if rows := column(t, db, fmt.Sprintf("SELECT count(*) FROM %q", names[i])); table.Name != names[i] || fmt.Sprint(table.Rows) != rows[0] {
				t.Errorf("%s: the summary says %v, the file has %s rows in %s", app, table, rows[0], names[i])
			}
			sum += table.Rows
		}
		if last != sum || total != sum || summary.Rows != sum {
			t.Errorf("%s: progress ended at %d of %d, the summary says %d, %d rows were written", app, last, total, summary.Rows, sum)
		}
		if info, err := os.Stat(path); err != nil || info.Size() != summary.Bytes {
			t.Errorf("%s: the summary says %d bytes, the file has %d (%v)", app, summary.Bytes, info.Size(), err)
		}
	}
}

func TestDatesAreOfTheTwoYearsThatTheSampleTells(t *testing.T) {
	path, _ := write(t, Options{Rows: 50_000})
	got := column(t, open(t, path), `SELECT min(date) || ' ' || max(date) || ' ' || count(DISTINCT strftime('%Y-%m', date)) || ' ' ||
		(SELECT count(*) FROM finances_transaction t JOIN finances_flowgroup g ON g.id = t.flow_group_id JOIN finances_period p ON p.id = g.period_id
		 WHERE t.date NOT BETWEEN p.start_date AND p.end_date) FROM finances_transaction`)
	if got[0] != "2024-01-01 2025-12-20 24 0" {
		t.Errorf("first day, last day, months, transactions outside their period: %s", got[0])
	}
}

func TestWrongOptionsAreRefusedBeforeAFileExists(t *testing.T) {
	for _, c := range []struct {
		o      Options
		reason string
	}{{Options{App: "shop"}, "sample.app"}, {Options{Rows: -1}, "sample.rows"}} {
		path := filepath.Join(t.TempDir(), "sample.sqlite3")
		_, err := Write(context.Background(), path, c.o)
		wantError(t, err, errs.Invalid, c.reason)
		wantEmpty(t, filepath.Dir(path))
	}
}

func TestACancelledWriteLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	path := filepath.Join(t.TempDir(), "sample.sqlite3")
	_, err := Write(ctx, path, Options{Rows: 1_000_000, Progress: func(done, _ int64) {
		if done > 200_000 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || errs.CodeOf(err) != errs.Cancelled {
		t.Errorf("a cancelled write returned %v", err)
	}
	wantEmpty(t, filepath.Dir(path))
}

func wantError(t *testing.T, err error, code errs.Code, reason string) {
	t.Helper()
	if e := errs.Of(err); e == nil || e.Code != code || e.Reason != reason {
		t.Errorf("got %v, want %s (%s)", err, reason, code)
	}
}

func wantEmpty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left in the folder: %v (%v)", left, err)
	}
}
