package postgres

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestEachWayNotToConnectHasItsOwnWords(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	name := testdb.DatabaseName(url)
	role := c.Role(t, "stranger", "")
	locked := c.Role(t, "locked_out", "")
	testdb.Exec(t, url, "ALTER ROLE "+locked+" NOLOGIN")
	full := c.Role(t, "full", "CONNECTION LIMIT 0")
	closed := c.Database(t)
	testdb.Exec(t, url, "REVOKE CONNECT ON DATABASE "+name+" FROM PUBLIC")
	testdb.Exec(t, url, "ALTER DATABASE "+testdb.DatabaseName(closed)+" ALLOW_CONNECTIONS false")

	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	quiet := silent.Addr().String()

	for _, c := range []struct {
		name, url, reason string
		code              errs.Code
	}{
		{"wrong password", c.URL(role, "wrong", "postgres"), "postgres.password", errs.Denied},
		{"no password", strings.Replace(c.As(role, url), testdbPassword(c.As(role, url)), "", 1), "postgres.password_needed", errs.Denied},
		{"no such role", c.URL("nobody_here", "wrong", "postgres"), "postgres.password", errs.Denied},
		{"no login", c.As(locked, url), "postgres.not_let_in", errs.Denied},
		{"no right to connect", c.As(role, url), "postgres.no_connect", errs.Denied},
		{"no such database", c.URL(testdb.Superuser, testdb.Password, "not_here"), "postgres.no_database", errs.NotFound},
		{"no connection left", c.URL(full, testdb.Password, "postgres"), "postgres.too_many", errs.Unavailable},
		{"closed database", closed, "postgres.closed", errs.Unavailable},
		{"nobody listens", "postgres://u:p@127.0.0.1:1/x", "postgres.refused", errs.Unavailable},
		{"no such host", "postgres://u:p@no-such-host.invalid/x", "postgres.unknown_host", errs.Unavailable},
		{"no socket", "postgres:///x?host=/no/such/folder&user=u", "postgres.socket", errs.Unavailable},
		{"no TLS", strings.Replace(url, "sslmode=disable", "sslmode=require", 1), "postgres.tls_refused", errs.Unavailable},
		{"silence", "postgres://u:p@" + quiet + "/x?connect_timeout=1&sslmode=disable", "postgres.timeout", errs.Unavailable},
		{"no URL", "postgres://u:p@[half/x", "target.url", errs.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := new(Engine).Probe(t.Context(), target(c.url))
			wantReason(t, err, c.code, c.reason)
		})
	}
}

// testdbPassword is the password as a URL spells it, with the colon before it.
func testdbPassword(url string) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(url, "postgres://"), ":")
	password, _, _ := strings.Cut(rest, "@")
	return ":" + password
}

func TestWhatTheServerSaysOfRowsIsNotRepeated(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	file := filepath.Join(t.TempDir(), "plain.sql")
	plain := "CREATE TABLE a (n int, t text UNIQUE);\nCOPY a (n, t) FROM stdin;\n1\tx\nnot-a-number-4711\ty\n\\.\n"
	if err := os.WriteFile(file, []byte(plain), 0o600); err != nil {
		t.Fatal(err)
	}
	e := new(Engine)
	_, err := e.Restore(t.Context(), target(url), pgDumpHeader(t, file), unheard)
	wantReason(t, err, errs.Incompatible, "postgres.does_not_fit")
	if strings.Contains(err.Error(), "4711") || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error = %v", err)
	}
	os.WriteFile(file, []byte("CREATE TABLE a (t text UNIQUE);\nINSERT INTO a VALUES ('somebody@example.org'), ('somebody@example.org');\n"), 0o600)
	_, err = e.Restore(t.Context(), target(url), pgDumpHeader(t, file), unheard)
	if err == nil || strings.Contains(err.Error(), "somebody") {
		t.Errorf("error = %v", err)
	}
}

// pgDumpHeader puts before a script what marks it as one of pg_dump's.
func pgDumpHeader(t *testing.T, file string) string {
	t.Helper()
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	header := "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.18\n-- Dumped by pg_dump version 15.18\n\nSET statement_timeout = 0;\n\n"
	if err := os.WriteFile(file, append([]byte(header), script...), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// holding runs sql in a transaction of another program, and keeps it open.
func holding(t *testing.T, url, sql string) (release func()) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.RuntimeParams["application_name"] = "payroll"
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.PgConn().Exec(t.Context(), "BEGIN; "+sql).ReadAll(); err != nil {
		t.Fatal(err)
	}
	return func() { conn.Close(context.Background()) }
}

func TestALockThatOutlastsTheWaitIsNamed(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, "CREATE TABLE a (n int); INSERT INTO a VALUES (1)")
	file, _ := dump(t, url)
	impatient := target(url)
	impatient.BusyTimeout = 200 * time.Millisecond
	e := new(Engine)
	for name, c := range map[string]struct {
		sql string
		do  func() error
	}{
		"a restore and a reader": {"SELECT * FROM a", func() error {
			_, err := e.Restore(t.Context(), impatient, file, unheard)
			return err
		}},
		"a dump and a change of the table": {"ALTER TABLE a ADD m int", func() error {
			_, err := e.Dump(t.Context(), impatient, filepath.Join(t.TempDir(), "dump"), backup.DumpOptions{}, unheard)
			return err
		}},
		"a probe and a change of the table": {"ALTER TABLE a ADD m int", func() error {
			_, err := e.Probe(t.Context(), impatient)
			return err
		}},
		"a dump and a change of what has no rows": {"LOCK TABLE only_definition IN ACCESS EXCLUSIVE MODE", func() error {
			_, err := e.Dump(t.Context(), impatient, filepath.Join(t.TempDir(), "dump"), backup.DumpOptions{}, unheard)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Contains(c.sql, "only_definition") {
				testdb.Exec(t, url, "CREATE TABLE only_definition (n int) PARTITION BY RANGE (n)")
				defer testdb.Exec(t, url, "DROP TABLE only_definition")
			}
			release := holding(t, url, c.sql)
			defer release()
			err := c.do()
			wantReason(t, err, errs.Busy, "postgres.locked_by")
			if args := errs.Of(err).Args; args["application"] != "payroll" || args["user"] != testdb.Superuser || args["sessions"] != 1 {
				t.Errorf("arguments: %v", args)
			}
		})
	}
	if got := testdb.Query(t, url, "SELECT n FROM a"); len(got) != 1 {
		t.Errorf("rows: %v", got)
	}
}

func TestASecondRestoreOfTheSameDatabaseIsRefused(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, "CREATE TABLE a (n int)")
	file, _ := dump(t, url)
	other, once := make(chan error, 1), false
	_, err := new(Engine).Restore(t.Context(), target(url), file, func(backup.Update) {
		if !once {
			once = true
			_, err := new(Engine).Restore(t.Context(), target(url), file, unheard)
			other <- err
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	wantReason(t, <-other, errs.Busy, "postgres.restoring")
}

func TestRowsThatAPolicyHidesAreNoBackup(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	role := c.Role(t, "limited", "")
	testdb.Exec(t, url, "CREATE TABLE a (n int); ALTER TABLE a ENABLE ROW LEVEL SECURITY; GRANT USAGE ON SCHEMA public TO "+role+"; GRANT SELECT ON a TO "+role)
	_, err := new(Engine).Probe(t.Context(), target(c.As(role, url)))
	wantReason(t, err, errs.Denied, "postgres.row_security")
	testdb.Exec(t, url, "CREATE TABLE b (n int)")
	_, err = new(Engine).Dump(t.Context(), target(c.As(role, url)), filepath.Join(t.TempDir(), "dump"), backup.DumpOptions{}, unheard)
	wantReason(t, err, errs.Denied, "postgres.rights")
}
