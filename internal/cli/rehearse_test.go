package cli

import (
	"database/sql"
	"encoding/json"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"cofre/internal/testdb"
)

// rehearsed is what verify --rehearse answers, and what list says of a backup.
type rehearsed struct {
	ID     string
	State  string
	Good   bool
	Proven *struct {
		At      string
		TookMS  int64 `json:"took_ms"`
		On      string
		Version string
		Counted int
	}
	Failure *struct{ Code, Reason, Message, Details string }
}

func listedIn(t *testing.T, home, id string) rehearsed {
	t.Helper()
	all := read[struct{ Backups []rehearsed }](t, cofre(t, home, "list", "--json").want(t, 0))
	for _, b := range all.Backups {
		if b.ID == id {
			return b
		}
	}
	t.Fatalf("%s is not in the list", id)
	return rehearsed{}
}

// databases are the names of those on the server, and what the one holds.
func databases(t *testing.T, live string) string {
	t.Helper()
	return strings.Join(testdb.Query(t, live, "SELECT datname FROM pg_database ORDER BY 1"), " ") + "\n" + postgresText(t, live)
}

func backedUp(t *testing.T, home, db string, more ...string) string {
	t.Helper()
	return read[struct{ ID string }](t, cofre(t, home, append([]string{"backup", "--db", db, "--json"}, more...)...).want(t, 0)).ID
}

func TestARehearsalProvesASQLiteBackupAndLeavesNothing(t *testing.T) {
	home, live := t.TempDir(), liveSQLite(t)
	before, err := os.ReadFile(live.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, compress := range []string{"none", "zstd"} {
		id := backedUp(t, home, live.url, "--compress", compress)
		if b := listedIn(t, home, id); b.State != "good" || b.Proven != nil {
			t.Errorf("a new backup is %+v", b)
		}
		a := read[rehearsed](t, cofre(t, home, "verify", id, "--rehearse", "--json").want(t, 0))
		if !a.Good || a.State != "proven" || a.Proven == nil || a.Proven.On != "" {
			t.Errorf("%s: got %+v", compress, a)
		}
		cofre(t, home, "verify", id).want(t, 0)
		if b := listedIn(t, home, id); b.State != "proven" || b.Proven == nil {
			t.Errorf("%s: the list says %+v", compress, b)
		}
	}
	if out := cofre(t, home, "list").want(t, 0).out; !strings.Contains(out, "proven today") {
		t.Error(out)
	}
	if after, err := os.ReadFile(live.url); err != nil || string(after) != string(before) {
		t.Error("the live database has changed", err)
	}
	if left, _ := filepath.Glob(filepath.Join(home, "*", "work", "*")); len(left) > 0 {
		t.Error("left behind:", left)
	}
	cofre(t, home, "verify", backedUp(t, home, live.url), "--rehearse", "--db", live.url).want(t, 2)
	cofre(t, home, "verify", backedUp(t, home, live.url), "--db", live.url).want(t, 2)
}

func TestADamagedBackupIsFailedWithItsReasonUntilItIsReadWhole(t *testing.T) {
	home, live := t.TempDir(), liveSQLite(t)
	id := backedUp(t, home, live.url)
	file := read[struct{ Backups []struct{ File string } }](t, cofre(t, home, "list", "--json").want(t, 0)).Backups[0].File
	cofre(t, home, "verify", file, "--rehearse").want(t, 0)
	if b := listedIn(t, home, id); b.State != "proven" {
		t.Errorf("named by its path: %+v", b)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := []byte(strings.Replace(string(whole), "Ana", "Eva", 1))
	if err := os.WriteFile(file, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, how := range [][]string{{file}, {id, "--rehearse"}} {
		if p := cofre(t, home, append([]string{"verify", "--json"}, how...)...).want(t, 13).problem(t); p.Error.Code != "corrupt" {
			t.Error(p)
		}
		if b := listedIn(t, home, id); b.State != "failed" || b.Failure == nil || b.Failure.Reason != "archive.hash" || b.Proven == nil {
			t.Errorf("the list says %+v", b)
		}
	}
	if out := cofre(t, home, "list").want(t, 0).out; !strings.Contains(out, "failed: ") {
		t.Error(out)
	}
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	cofre(t, home, "verify", id).want(t, 0)
	if b := listedIn(t, home, id); b.State != "proven" {
		t.Errorf("whole again it is %+v", b)
	}
}

func TestARehearsalBesideALiveDatabaseProvesThePostgresBackup(t *testing.T) {
	home, live := t.TempDir(), livePostgres(t)
	id := backedUp(t, home, live.url)
	before := databases(t, live.url)
	a := read[rehearsed](t, cofre(t, home, "verify", id, "--rehearse", "--db", live.url, "--json").want(t, 0))
	if a.State != "proven" || a.Proven == nil || !strings.HasPrefix(a.Proven.On, "127.0.0.1:") || a.Proven.Version == "" || a.Proven.TookMS <= 0 || a.Proven.Counted != 0 {
		t.Errorf("got %+v", a)
	}
	if after := databases(t, live.url); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	if b := listedIn(t, home, id); b.State != "proven" {
		t.Errorf("the list says %+v", b)
	}
	sqlite := testdb.SQLite(t, people)
	cofre(t, home, "verify", id, "--rehearse", "--db", sqlite).want(t, 2)
}

func TestARehearsalSaysOfWhichTablesItHasOnlyCountedTheRows(t *testing.T) {
	script := filepath.Join(t.TempDir(), "app.sql")
	dump := "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 12.1\n-- Dumped by pg_dump version 12.1\n\nSET statement_timeout = 0;\nCREATE TABLE public.t (id integer);\nCREATE TABLE public.empty (id integer);\nCOPY public.t (id) FROM stdin;\n1\n\\.\n\nCOPY public.empty (id) FROM stdin;\n\\.\n\n--\n-- PostgreSQL database dump complete\n--\n"
	if err := os.WriteFile(script, []byte(dump), 0o600); err != nil {
		t.Fatal(err)
	}
	home, live := t.TempDir(), livePostgres(t)
	if a := read[rehearsed](t, cofre(t, home, "verify", script, "--rehearse", "--db", live.url, "--json").want(t, 0)); a.Proven == nil || a.Proven.Counted != 1 {
		t.Errorf("got %+v", a.Proven)
	}
	if out := cofre(t, home, "verify", script, "--rehearse", "--db", live.url).want(t, 0).out; !strings.Contains(out, "Of 1 table only") {
		t.Error(out)
	}
}

func TestARehearsalWithoutAServerOrARightUsesAPrivateServer(t *testing.T) {
	home, live := t.TempDir(), livePostgres(t)
	id := backedUp(t, home, live.url)
	before := databases(t, live.url)
	cluster := testdb.Postgres(t)
	poor := cluster.As(cluster.Role(t, "poor", ""), live.url)
	for _, with := range [][]string{nil, {"--db", poor}} {
		a := read[rehearsed](t, cofre(t, home, append([]string{"verify", id, "--rehearse", "--json"}, with...)...).want(t, 0))
		if a.State != "proven" || a.Proven == nil || a.Proven.On != "" || a.Proven.Version == "" {
			t.Errorf("got %+v", a)
		}
	}
	if after := databases(t, live.url); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	for _, folder := range lentFolders(t, home) {
		if _, err := os.Stat(folder); !os.IsNotExist(err) {
			t.Error("left behind:", folder)
		}
	}
}

func TestABackupThatReadsAsGoodAndCannotBeRestoredIsFailed(t *testing.T) {
	for name, script := range map[string]string{
		"a rule that looks into another table": `CREATE TABLE a(id int PRIMARY KEY); CREATE TABLE b(x int);
			CREATE FUNCTION known(int) RETURNS boolean LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM public.b WHERE x = $1)';
			ALTER TABLE a ADD CHECK (known(id)); INSERT INTO b VALUES (1); INSERT INTO a VALUES (1);`,
		"a function that relies on a search path": `CREATE TABLE rates(x int); INSERT INTO rates VALUES (2);
			CREATE FUNCTION rate() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT max(x) FROM rates';
			CREATE TABLE c(v int CHECK (v < rate())); INSERT INTO c VALUES (1);`,
	} {
		t.Run(name, func(t *testing.T) {
			home, live := t.TempDir(), livePostgres(t)
			postgresExec(t, live.url, script)
			id := backedUp(t, home, live.url)
			before := databases(t, live.url)
			cofre(t, home, "verify", id).want(t, 0)
			for _, with := range [][]string{nil, {"--db", live.url}} {
				if p := cofre(t, home, append([]string{"verify", id, "--rehearse", "--json"}, with...)...).want(t, 13).problem(t); p.Error.Details == "" {
					t.Errorf("it says %+v", p)
				}
				cofre(t, home, "verify", id).want(t, 0)
				if b := listedIn(t, home, id); b.State != "failed" || b.Failure == nil || b.Failure.Reason != "rehearse.failed" || b.Failure.Details == "" {
					t.Errorf("the list says %+v", b)
				}
			}
			if after := databases(t, live.url); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

func TestWhatKeepsARehearsalFromBeingMadeDoesNotFailTheBackup(t *testing.T) {
	home, live := t.TempDir(), livePostgres(t)
	id := backedUp(t, home, live.url)
	still := func(t *testing.T, a answer) {
		t.Helper()
		if p := a.problem(t); !strings.Contains(p.Error.Message, "read whole and is good") || p.Error.Details == "" {
			t.Errorf("it says %+v", p)
		}
		if b := listedIn(t, home, id); b.State != "good" {
			t.Errorf("the list says %+v", b)
		}
	}
	t.Run("server down", func(t *testing.T) {
		closed, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		u, _ := url.Parse(live.url)
		u.Host = closed.Addr().String()
		closed.Close()
		still(t, cofre(t, home, "verify", id, "--rehearse", "--db", u.String(), "--json").want(t, 14))
	})
	t.Run("wrong password", func(t *testing.T) {
		u, _ := url.Parse(live.url)
		u.User = url.UserPassword(testdb.Superuser, "wrong")
		still(t, cofre(t, home, "verify", id, "--rehearse", "--db", u.String(), "--json").want(t, 12))
	})
	t.Run("a certificate that is none", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "root.pem")
		if err := os.WriteFile(file, []byte("none"), 0o600); err != nil {
			t.Fatal(err)
		}
		u, _ := url.Parse(live.url)
		u.RawQuery = url.Values{"sslmode": {"verify-ca"}, "sslrootcert": {file}}.Encode()
		still(t, cofre(t, home, "verify", id, "--rehearse", "--db", u.String(), "--json").want(t, 2))
	})
	t.Run("a script of sqlite3", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "dump.sql")
		if err := os.WriteFile(file, []byte("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(x);\nINSERT INTO t VALUES(1);\nCOMMIT;\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cofre(t, home, "verify", file).want(t, 0)
		if p := cofre(t, home, "verify", file, "--rehearse", "--json").want(t, 3).problem(t); !strings.Contains(p.Error.Message, "read whole and is good") {
			t.Errorf("it says %+v", p)
		}
	})
	t.Run("newer server", func(t *testing.T) {
		newer := filepath.Join(t.TempDir(), "newer.sql")
		dump := "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 99.1\n-- Dumped by pg_dump version 99.1\n\nSET statement_timeout = 0;\nCREATE TABLE public.t (id integer);\nCOPY public.t (id) FROM stdin;\n1\n\\.\n\n--\n-- PostgreSQL database dump complete\n--\n"
		if err := os.WriteFile(newer, []byte(dump), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, with := range [][]string{nil, {"--db", live.url}} {
			p := cofre(t, home, append([]string{"verify", newer, "--rehearse", "--json"}, with...)...).want(t, 14).problem(t)
			if !strings.Contains(p.Error.Message, "read whole and is good") || !strings.Contains(p.Error.Details, "99.1") {
				t.Errorf("it says %+v", p)
			}
		}
	})
}

func TestAfterAKillInARehearsalTheNextStartCleansUp(t *testing.T) {
	t.Run("private server", func(t *testing.T) {
		home, live := t.TempDir(), livePostgres(t)
		id := backedUp(t, home, live.url)
		if !killedAt(t, home, "build", "verify", id, "--rehearse") {
			t.Fatal("it was over before it could be killed")
		}
		folders := lentFolders(t, home)
		if len(folders) != 1 {
			t.Fatal(folders)
		}
		if _, err := os.Stat(filepath.Join(folders[0], "data", "postmaster.pid")); err != nil {
			t.Fatal("no server was running:", err)
		}
		if a := cofre(t, home, "list", "--json").want(t, 0); strings.Contains(a.err, "interrupted") {
			t.Error("a person is told of a rehearsal:", a.err)
		}
		if _, err := os.Stat(folders[0]); !os.IsNotExist(err) {
			t.Error("left behind:", folders[0], err)
		}
		if b := listedIn(t, home, id); b.State != "good" {
			t.Errorf("the list says %+v", b)
		}
	})
	for _, file := range []string{"password", "data/PG_VERSION", "data/postmaster.pid"} {
		t.Run("private server that has just made "+file, func(t *testing.T) {
			home, live := t.TempDir(), livePostgres(t)
			id := backedUp(t, home, live.url)
			if !killedWhen(t, home, func(p progressLine) bool { return p.Step == "lend" && appears(t, home, file) }, "verify", id, "--rehearse") {
				t.Fatal("it was over before it could be killed")
			}
			folder := lentFolders(t, home)[0]
			for range 100 { // programs that are still running may make files meanwhile
				cofre(t, home, "list").want(t, 0)
				if _, err := os.Stat(folder); os.IsNotExist(err) {
					return
				}
			}
			t.Error("left behind:", folder)
		})
	}
	t.Run("beside a live database", func(t *testing.T) {
		home, live := t.TempDir(), livePostgres(t)
		postgresExec(t, live.url, "CREATE TABLE much AS SELECT g, repeat(md5(g::text), 10) AS pad FROM generate_series(1, 200000) g")
		id := backedUp(t, home, live.url)
		before := databases(t, live.url)
		filling := func(p progressLine) bool { return p.Step == "build" && p.Done > 0 }
		if !killedWhen(t, home, filling, "verify", id, "--rehearse", "--db", live.url) {
			t.Fatal("it was over before it could be killed")
		}
		if databases(t, live.url) == before {
			t.Fatal("it was killed before a database was made")
		}
		cofre(t, home, "info", "--db", live.url).want(t, 0)
		if after := databases(t, live.url); after != before {
			t.Error("the live server has changed")
		}
		if a := cofre(t, home, "list", "--json").want(t, 0); strings.Contains(a.err, "interrupted") {
			t.Error("a person is told of a rehearsal:", a.err)
		}
	})
	t.Run("a file", func(t *testing.T) {
		home, live := t.TempDir(), liveSQLite(t)
		id := backedUp(t, home, live.url)
		if !killedAt(t, home, "build", "verify", id, "--rehearse") {
			t.Skip("it was over before it could be killed")
		}
		cofre(t, home, "list").want(t, 0)
		if left, _ := filepath.Glob(filepath.Join(home, "*", "work", "*")); len(left) > 0 {
			t.Error("left behind:", left)
		}
	})
}

func TestACancelledRehearsalLeavesNothing(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signal that asks a program to stop")
	}
	home, live := t.TempDir(), livePostgres(t)
	postgresExec(t, live.url, "CREATE TABLE much AS SELECT g, repeat(md5(g::text), 10) AS pad FROM generate_series(1, 50000) g")
	id := backedUp(t, home, live.url)
	before := databases(t, live.url)
	for _, with := range [][]string{nil, {"--db", live.url}} {
		for _, step := range []string{"stage", "lend", "build", "compare"} {
			sent, code := signalledWhen(t, home, os.Interrupt, func(p progressLine) bool { return p.Step == step }, append([]string{"verify", id, "--rehearse"}, with...)...)
			if beside := with != nil; sent == (beside && step == "lend") {
				t.Errorf("%s %v: the step was taken: %v", step, with, sent)
			}
			if sent && code != 130 && step != "compare" { // the last step may be over already
				t.Errorf("%s %v: exit %d", step, with, code)
			}
			if after := databases(t, live.url); after != before {
				t.Errorf("%s %v: the server has changed:\n%s", step, with, after)
			}
			if b := listedIn(t, home, id); code == 130 && b.State != "good" {
				t.Fatalf("%s %v: the list says %+v", step, with, b)
			}
			for _, folder := range lentFolders(t, home) {
				if _, err := os.Stat(folder); !os.IsNotExist(err) {
					t.Error(step, "left behind:", folder)
				}
			}
			if code != 130 { // proven: begin again with a new one
				id = backedUp(t, home, live.url)
			}
		}
	}
}

func TestARehearsalThatIsCancelledWhileItsServerIsMadeLeavesNothing(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signal that asks a program to stop")
	}
	home, live := t.TempDir(), livePostgres(t)
	id := backedUp(t, home, live.url)
	for _, file := range []string{"password", "data/PG_VERSION", "data/postmaster.pid"} {
		sent, code := signalledWhen(t, home, os.Interrupt, func(p progressLine) bool {
			return p.Step == "lend" && appears(t, home, file)
		}, "verify", id, "--rehearse")
		if !sent || code != 130 {
			t.Errorf("%s: sent %v, exit %d", file, sent, code)
		}
		for _, folder := range lentFolders(t, home) {
			if _, err := os.Stat(folder); !os.IsNotExist(err) {
				t.Errorf("%s: left behind: %s", file, folder)
			}
		}
		if b := listedIn(t, home, id); b.State != "good" {
			t.Errorf("%s: the list says %+v", file, b)
		}
	}
}

// appears waits for a file in the folder of the private server.
func appears(t *testing.T, home, file string) bool {
	t.Helper()
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); {
		for _, folder := range lentFolders(t, home) {
			if _, err := os.Stat(filepath.Join(folder, file)); err == nil {
				return true
			}
		}
	}
	return false
}

// lentFolders are those of private servers that the journal knows of.
func lentFolders(t *testing.T, home string) (folders []string) {
	t.Helper()
	state, err := filepath.Glob(filepath.Join(home, "state.db"))
	if err != nil || len(state) == 0 {
		state, _ = filepath.Glob(filepath.Join(home, "*", "state.db"))
	}
	if len(state) != 1 {
		t.Fatal("no state.db in", home)
	}
	db, err := sql.Open("sqlite", escaped(state[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, record := range rows(t, db, "SELECT record FROM jobs") {
		var r struct {
			Left struct{ Server string }
		}
		if err := json.Unmarshal([]byte(record[0]), &r); err != nil {
			t.Fatal(err)
		}
		if r.Left.Server != "" {
			folders = append(folders, r.Left.Server)
		}
	}
	return folders
}
