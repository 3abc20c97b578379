package migrate

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/engine/postgres"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// aside migrates into a copy of db, as a restore aside does, and returns the copy.
func (db live) aside(m *Migrator, file string, between func(copied backup.Target)) (live, *Report, error) {
	db.t.Helper()
	e, target := new(postgres.Engine), db.target()
	names := e.NamesFor(target, time.Now())
	db.t.Cleanup(func() {
		if err := e.DropAside(context.Background(), target, names.Aside); err != nil {
			db.t.Error(err)
		}
	})
	if _, err := e.CopyAside(context.Background(), target, names, m.Keeps(), func(backup.Update) {}); err != nil {
		db.t.Fatal(err)
	}
	where := e.Beside(target, names.Aside)
	if between != nil {
		between(where)
	}
	into, err := e.Hold(context.Background(), where)
	if err != nil {
		db.t.Fatal(err)
	}
	defer into.Release()
	done, err := m.Migrate(context.Background(), target, into, backup.Archive{File: file}, file, nil)
	return live{db.t, where.URL}, done.Report, err
}

// many are rows enough for indexes to be set aside, and for several ranges.
const many = `WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 24000) INSERT INTO item SELECT i, 1, NULL, i % 10, 'n' || i, '', '2025-01-01', i FROM n`

func TestManyHandsMakeTheSameDatabaseAsOneTransaction(t *testing.T) {
	file := testdb.SQLite(t, richSQLite+many)
	for name, schema := range map[string]string{"its own tables": rich, "an empty database": ""} {
		t.Run(name, func(t *testing.T) {
			one := database(t, schema)
			want := one.migrate(file, Choices{})
			got, report, err := database(t, schema).aside(&Migrator{}, file, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.everything() != one.everything() {
				t.Error("another database came of it")
			}
			if !report.Proven() || len(report.Tables) != len(want.Tables) {
				t.Errorf("%+v", report)
			}
			for i := range want.Tables {
				if report.Tables[i].Fingerprint != want.Tables[i].Fingerprint {
					t.Errorf("%s: %+v", want.Tables[i].Table, report.Tables[i])
				}
			}
		})
	}
}

func TestAHandThatIsCutOffEndsTheMigrationAside(t *testing.T) {
	file := testdb.SQLite(t, richSQLite+many)
	db := database(t, rich)
	before := db.everything()
	for _, what := range []string{"TRUNCATE ONLY ", "FREEZE", "CREATE INDEX", "ANALYZE", "FOREIGN KEY", "TO STDOUT"} {
		cut, _ := through(t, db, func(_ *wire, piece []byte) cutting {
			if bytes.Contains(piece, []byte(what)) && !bytes.Contains(piece, []byte("pg_catalog")) {
				return cutBefore
			}
			return goOn
		})
		e, target := new(postgres.Engine), db.target()
		names := e.NamesFor(target, time.Now())
		if _, err := e.CopyAside(t.Context(), target, names, nil, func(backup.Update) {}); err != nil {
			t.Fatal(err)
		}
		into, err := e.Hold(t.Context(), e.Beside(cut.target(), names.Aside))
		if err != nil {
			t.Fatal(err)
		}
		_, err = new(Migrator).Migrate(t.Context(), cut.target(), into, backup.Archive{File: file}, file, nil)
		into.Release()
		if code := errs.CodeOf(err); code != errs.Unavailable {
			t.Errorf("cut at %s: %v", what, err)
		}
		if err := e.DropAside(t.Context(), target, names.Aside); err != nil {
			t.Errorf("cut at %s: %v", what, err)
		}
	}
	if db.everything() != before {
		t.Error("the live database is not as it was")
	}
}

func TestAServerWithNoRoomForMoreHandsIsFilledByOne(t *testing.T) {
	c := testdb.Postgres(t)
	role := c.Role(t, "app", "CREATEDB")
	db := live{t, c.As(role, c.DatabaseOf(t, role))}
	_, report, err := db.aside(&Migrator{}, testdb.SQLite(t, richSQLite+many), func(backup.Target) {
		testdb.Exec(t, c.Database(t), "ALTER ROLE "+role+" CONNECTION LIMIT 2") // the transaction, and who asks about values
	})
	if err != nil || !report.Proven() {
		t.Errorf("%+v, %v", report, err)
	}
	testdb.Exec(t, c.Database(t), "ALTER ROLE "+role+" CONNECTION LIMIT -1")
}

func TestABusyServerKeepsConnectionsForOthers(t *testing.T) {
	file := testdb.SQLite(t, richSQLite+many)
	c := testdb.Postgres(t)
	db := database(t, rich)
	e, target := new(postgres.Engine), db.target()
	names := e.NamesFor(target, time.Now())
	if _, err := e.CopyAside(t.Context(), target, names, nil, func(backup.Update) {}); err != nil {
		t.Fatal(err)
	}
	var others []*pgx.Conn
	letGo := func() {
		for _, conn := range others {
			conn.Close(context.Background())
		}
		others = nil
	}
	t.Cleanup(func() {
		letGo()
		if err := e.DropAside(context.Background(), target, names.Aside); err != nil {
			t.Error(err)
		}
	})
	for free := 5; free > 4; { // two of them for the transaction and for who asks about values
		conn, err := pgx.Connect(t.Context(), c.URL(testdb.Superuser, testdb.Password, "postgres"))
		if err != nil {
			t.Fatal(err)
		}
		others = append(others, conn)
		if err := conn.QueryRow(t.Context(), "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'").Scan(&free); err != nil {
			t.Fatal(err)
		}
	}
	way, w := through(t, db, func(*wire, []byte) cutting { return goOn })
	into, err := e.Hold(t.Context(), e.Beside(way.target(), names.Aside))
	if err != nil {
		t.Fatal(err)
	}
	defer into.Release()
	done, err := new(Migrator).Migrate(t.Context(), way.target(), into, backup.Archive{File: file}, file, nil)
	if err != nil || !done.Report.Proven() {
		t.Errorf("%+v, %v", done.Report, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.pairs) / 2; n > 3 {
		t.Errorf("%d connections of the 4 that were free", n)
	}
}

func TestNoSettingOfARoleHindersAHandOrWhoAsksAboutValues(t *testing.T) {
	c := testdb.Postgres(t)
	role := c.Role(t, "app", "")
	db := live{t, c.As(role, c.DatabaseOf(t, role))}
	settings := []string{"statement_timeout = '1h'", "lock_timeout = '1h'", "idle_in_transaction_session_timeout = '1h'", "default_transaction_read_only = on", "default_transaction_isolation = 'serializable'"}
	if c.Major >= 14 {
		settings = append(settings, "idle_session_timeout = '1h'")
	}
	if c.Major >= 17 {
		settings = append(settings, "transaction_timeout = '1h'")
	}
	for _, one := range settings {
		testdb.Exec(t, c.Database(t), "ALTER ROLE "+role+" SET "+one)
	}
	own := "SELECT count(*), coalesce(string_agg(name, ' '), '') FROM pg_settings WHERE source = 'user'"
	file := testdb.SQLite(t, richSQLite)
	s, err := new(Migrator).begin(t.Context(), db.target(), db.target(), nil, origin{path: file, plain: file})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	var names string
	var n int
	if err := s.conn.QueryRow(t.Context(), own).Scan(&n, &names); err != nil || n != len(settings) {
		t.Fatalf("the role has %q, %v", names, err)
	}
	hands := s.crew(t.Context(), db.target(), file, mostHands)
	if len(hands) < 2 {
		t.Fatalf("%d hands", len(hands))
	}
	for _, conn := range s.opened {
		if conn == s.conn {
			continue
		}
		if err := conn.QueryRow(t.Context(), own).Scan(&n, &names); err != nil || n != 0 {
			t.Errorf("it has the role's %q, %v", names, err)
		}
	}
}

func TestADifferenceAsideIsFoundWhateverTheDatabaseRunsByItself(t *testing.T) {
	db := database(t, `CREATE TABLE t(id int PRIMARY KEY, v text); CREATE SEQUENCE t_id_seq`)
	testdb.Exec(t, db.url, `CREATE FUNCTION lie() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN IF tg_tag = 'ALTER SEQUENCE' THEN UPDATE public.t SET v = 'lie' WHERE id = 2; END IF; END$$; CREATE EVENT TRIGGER lie ON ddl_command_end EXECUTE FUNCTION lie()`)
	file := testdb.SQLite(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')`)
	_, _, err := db.aside(&Migrator{}, file, nil)
	var e *errs.Error
	if !errors.As(err, &e) || e.Reason != "migrate.differs" {
		t.Errorf("got %v", err)
	}
}
