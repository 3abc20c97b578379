package migrate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

const rich = `
	CREATE TABLE log(what text); CREATE FUNCTION noise() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO log VALUES (TG_OP || ' ' || TG_NAME); RETURN NEW; END$$;
	CREATE TABLE kind(id serial PRIMARY KEY, name varchar(30) NOT NULL UNIQUE);
	CREATE TABLE item(id bigint GENERATED ALWAYS AS IDENTITY (START 100) PRIMARY KEY, kind_id int NOT NULL, other_id int, price numeric(10,2) DEFAULT 1.50 CHECK (price >= 0), name text COLLATE "C" NOT NULL,
		upper_name text GENERATED ALWAYS AS (upper(name)) STORED, made timestamptz NOT NULL DEFAULT now(), flag bool DEFAULT true, code int NOT NULL UNIQUE DEFERRABLE);
	ALTER TABLE item ADD CONSTRAINT item_kind FOREIGN KEY (kind_id) REFERENCES kind ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED;
	ALTER TABLE item ADD CONSTRAINT item_loose FOREIGN KEY (other_id) REFERENCES kind NOT VALID;
	COMMENT ON CONSTRAINT item_kind ON item IS 'it''s a \ key'; COMMENT ON TABLE item IS 'items';
	CREATE INDEX item_expr ON item (lower(name) text_pattern_ops DESC) WHERE price > 1; COMMENT ON INDEX item_expr IS 'by name';
	CREATE INDEX item_incl ON item USING btree (kind_id) INCLUDE (price) WITH (fillfactor = 70); CREATE INDEX item_brin ON item USING brin (made); CREATE INDEX item_clustered ON item (made); ALTER TABLE item CLUSTER ON item_clustered;
	CREATE UNIQUE INDEX item_replica ON item (code, id); ALTER TABLE item REPLICA IDENTITY USING INDEX item_replica; CREATE INDEX item_stat ON item ((price * 2)); ALTER INDEX item_stat ALTER COLUMN 1 SET STATISTICS 500;
	CREATE TRIGGER loud AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION noise(); CREATE TRIGGER silent AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION noise(); ALTER TABLE item DISABLE TRIGGER silent;
	CREATE TRIGGER always BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION noise(); ALTER TABLE item ENABLE ALWAYS TRIGGER always; CREATE TRIGGER emptied AFTER TRUNCATE ON item EXECUTE FUNCTION noise();
	CREATE VIEW cheap AS SELECT id, name FROM item WHERE price < 5; CREATE MATERIALIZED VIEW counts AS SELECT kind_id, count(*) FROM item GROUP BY 1; CREATE UNIQUE INDEX counts_kind ON counts(kind_id);
	CREATE MATERIALIZED VIEW unfilled AS SELECT 1 WITH NO DATA;
	CREATE TABLE measure(at date NOT NULL, v float8, PRIMARY KEY (at)) PARTITION BY RANGE (at); CREATE TABLE measure_old PARTITION OF measure FOR VALUES FROM (MINVALUE) TO ('2025-01-01'); CREATE TABLE measure_new PARTITION OF measure FOR VALUES FROM ('2025-01-01') TO (MAXVALUE); CREATE INDEX ON measure(v);
	CREATE TABLE room(id int PRIMARY KEY, during int4range, EXCLUDE USING gist (during WITH &&));
	CREATE SCHEMA other; CREATE TABLE other.thing(id int PRIMARY KEY, item_id bigint REFERENCES item); CREATE SEQUENCE other.thing_id_seq;
	INSERT INTO kind(name) VALUES ('old'); INSERT INTO item(kind_id, name, code) VALUES (1, 'old', 1); REFRESH MATERIALIZED VIEW counts;`

const richSQLite = `
	CREATE TABLE kind(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO kind VALUES (1, 'a'), (5, 'b');
	CREATE TABLE item(id INTEGER PRIMARY KEY, kind_id INT, other_id INT, price, name TEXT, upper_name TEXT, made, code INT);
	INSERT INTO item VALUES (1, 1, 99, 2.5, 'Ação', 'x', '2025-01-01 00:00:00', 1), (2, 5, NULL, NULL, 'b', 'x', 1700000000000, 2);
	CREATE TABLE measure(at TEXT, v REAL); INSERT INTO measure VALUES ('2024-12-31', 1.5), ('2025-01-01', 2.5);
	CREATE TABLE room(id INTEGER PRIMARY KEY, during TEXT); INSERT INTO room VALUES (1, '[1,3)'), (2, '[3,4)');
	CREATE TABLE thing(id INTEGER PRIMARY KEY, item_id INT); INSERT INTO thing VALUES (41, 2);`

func TestAllButTheRowsStaysAsItWas(t *testing.T) {
	db := database(t, rich)
	role := testdb.Postgres(t).Role(t, "reader", "")
	testdb.Exec(t, db.url, "GRANT SELECT, INSERT (name) ON item TO "+role+"; GRANT SELECT ON cheap TO "+role)
	before := db.structure()
	many := `WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO item SELECT i, 1 + 4 * (i % 2), NULL, i % 10, 'n' || i, '', '2025-01-01', i FROM n;`
	for _, file := range []string{testdb.SQLite(t, richSQLite), testdb.SQLite(t, richSQLite+many)} {
		db.migrate(file, Choices{})
		if after := db.structure(); after != before {
			t.Fatalf("the schema was changed:\n%s\n--- was\n%s", after, before)
		}
		if got := db.rows("SELECT concat_ws('|', id, kind_id, other_id, price, name, upper_name, made, flag) FROM item WHERE id < 3 ORDER BY id"); got != "1|1|99|2.50|Ação|AçãO|2025-01-01 00:00:00+00|t\n2|5|b|B|2023-11-14 22:13:20+00|t" {
			t.Errorf("item: %s", got)
		}
		if got := db.rows("SELECT tableoid::regclass || ' ' || v FROM measure ORDER BY at"); got != "measure_old 1.5\nmeasure_new 2.5" {
			t.Errorf("measure: %s", got)
		}
		if got := db.rows("SELECT (SELECT count(*) FROM log) || ' ' || (SELECT sum(count) = (SELECT count(*) FROM item) FROM counts) || ' ' || (SELECT ispopulated FROM pg_matviews WHERE matviewname = 'unfilled') || ' ' || (SELECT indisclustered FROM pg_index WHERE indexrelid = 'item_clustered'::regclass)"); got != "0 true false true" {
			t.Errorf("triggers, materialized views and CLUSTER: %s", got)
		}
		if got := db.rows("SELECT nextval('kind_id_seq') || ' ' || nextval('other.thing_id_seq')"); got != "6 42" {
			t.Errorf("sequences: %s", got)
		}
	}
	if got := db.rows("INSERT INTO item(kind_id, name, code) VALUES (1, 'z', 0) RETURNING id"); got != "30001" {
		t.Errorf("the next identity is %s", got)
	}
}

func TestEmptyTablesBeginAtTheirStart(t *testing.T) {
	db := database(t, rich)
	db.migrate(testdb.SQLite(t, `CREATE TABLE kind(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT); CREATE TABLE item(id INTEGER PRIMARY KEY AUTOINCREMENT, kind_id, name, code); INSERT INTO kind VALUES (7, 'x'); DELETE FROM kind`), Choices{})
	if got := db.rows("SELECT nextval('kind_id_seq') || ' ' || nextval('item_id_seq')"); got != "8 100" {
		t.Errorf("sequences: %s", got)
	}
}

func TestColumnsAndTablesOfOneSideAreListed(t *testing.T) {
	db := database(t, `CREATE TABLE "User"(id int PRIMARY KEY, "Name" text, playlist_track text, must int NOT NULL, filled int NOT NULL DEFAULT 3, nothing text); CREATE TABLE playlist_track(id int); CREATE TABLE only_here(id int); INSERT INTO only_here VALUES (1);
		CREATE TABLE twin(id int); CREATE TABLE "TWIN"(id int)`)
	file := testdb.SQLite(t, `CREATE TABLE user(id INTEGER PRIMARY KEY, name TEXT, PlaylistTrack TEXT, gone TEXT, void TEXT); INSERT INTO user VALUES (1, 'x', 'y', 'z', NULL);
		CREATE TABLE PlaylistTrack(id INT); INSERT INTO PlaylistTrack VALUES (1); CREATE TABLE Twin(id INT); CREATE TABLE lost(id INT); INSERT INTO lost VALUES (1), (2); CREATE TABLE nobody(id INT);
		CREATE VIRTUAL TABLE docs USING fts5(body); CREATE VIRTUAL TABLE shadow USING fts5(name, content='user')`)
	got := brief(db.examine(file, Choices{}), backup.Info)
	want := []string{
		"blocker user.PlaylistTrack column_missing 1 [convert leave stop]",
		"blocker user.gone column_missing 1 [leave stop]",
		"blocker user.must column_required 1 []",
		"blocker PlaylistTrack table_missing 1 [convert leave stop]",
		"blocker lost table_missing 2 [leave stop]",
		"blocker docs table_virtual 0 [leave stop]",
		"warning public.only_here table_extra 0 []",
		"warning shadow table_virtual 0 []",
		"info user.void column_missing 0 []",
		"info user.playlist_track column_null 1 []",
		"info user.filled column_default 1 []",
		"info user.nothing column_null 1 []",
		"info Twin table_ambiguous 0 [leave stop]",
		"info nobody table_missing 0 [leave stop]",
		"info public.TWIN table_extra 0 []",
		"info public.twin table_extra 0 []",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("found:\n%s", strings.Join(got, "\n"))
	}
	db.refuse(file, Choices{}, errs.Invalid)

	testdb.Exec(t, db.url, `ALTER TABLE "User" ALTER must DROP NOT NULL`)
	db.migrate(file, Choices{Each: []Choice{choose("user", "PlaylistTrack", ColumnMissing, Convert), choose("user", "gone", ColumnMissing, Leave),
		choose("PlaylistTrack", "", TableMissing, Convert), choose("lost", "", TableMissing, Leave), choose("docs", "", TableVirtual, Leave)}})
	if got := db.rows(`SELECT concat_ws('|', id, "Name", u.playlist_track, must, filled, nothing, (SELECT count(*) FROM playlist_track), (SELECT count(*) FROM only_here)) FROM "User" u`); got != "1|x|y|3|1|0" {
		t.Errorf("arrived: %s", got)
	}
}

func TestNamesOfAnotherStyleAreTakenForTheSameOnlyWhenToldSo(t *testing.T) {
	db := database(t, `CREATE TABLE playlist(playlist_id int PRIMARY KEY, name text); CREATE TABLE playlist_track(playlist_id int NOT NULL REFERENCES playlist, track_id int NOT NULL, PRIMARY KEY (playlist_id, track_id))`)
	file := testdb.SQLite(t, `CREATE TABLE Playlist(PlaylistId INTEGER PRIMARY KEY, Name TEXT); CREATE TABLE PlaylistTrack(PlaylistId INT, TrackId INT); INSERT INTO Playlist VALUES (1, 'x'); INSERT INTO PlaylistTrack VALUES (1, 2)`)
	e, err := examine(db.target(), file, Choices{})
	if err != nil {
		t.Fatal(err)
	}
	if c := checksOf(e); c[0].Code != "migrate.names_differ" || c[0].Args["n"] != 2 || c[0].Args["where"] != "Playlist.PlaylistId → playlist_id" {
		t.Errorf("checks: %+v", c)
	}
	db.refuse(file, Choices{}, errs.Invalid)
	db.migrate(file, Choices{Alike: true})
	if got := db.rows("SELECT concat_ws(' ', p.playlist_id, name, track_id) FROM playlist p JOIN playlist_track USING (playlist_id)"); got != "1 x 2" {
		t.Errorf("arrived: %s", got)
	}
}

func TestANameOfAnotherStyleTakesNoTableThatBelongsToAnother(t *testing.T) {
	script := `CREATE TABLE UserRole(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO UserRole VALUES (1, 'style'); CREATE TABLE user_role(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO user_role VALUES (1, 'exact')`
	db := database(t, `CREATE TABLE user_role(id int PRIMARY KEY, name text)`)
	want := "blocker UserRole table_missing 1 [leave stop]"
	if got := brief(db.examine(testdb.SQLite(t, script), Choices{Alike: true}), backup.Info); len(got) != 1 || got[0] != want {
		t.Errorf("found: %q", got)
	}
	db.migrate(testdb.SQLite(t, script), Choices{Alike: true, Each: []Choice{choose("UserRole", "", TableMissing, Leave)}})
	if got := db.rows("SELECT name FROM user_role"); got != "exact" {
		t.Errorf("arrived: %s", got)
	}

	// Two that it could be are none.
	db = database(t, `CREATE TABLE user_role(id int PRIMARY KEY); CREATE TABLE user__role(id int PRIMARY KEY)`)
	if got := brief(db.examine(testdb.SQLite(t, "CREATE TABLE UserRole(id INTEGER PRIMARY KEY); INSERT INTO UserRole VALUES (1)"), Choices{Alike: true}), backup.Warning); len(got) != 1 || got[0] != want {
		t.Errorf("found: %q", got)
	}
}

func TestTheHistoryOfTheSchemaStaysWithTheSchema(t *testing.T) {
	schema := `CREATE TABLE django_migrations(id bigserial PRIMARY KEY, app varchar(255), name varchar(255), applied timestamptz); CREATE TABLE alembic_version(version_num varchar(32)); INSERT INTO alembic_version VALUES ('abc');
		INSERT INTO django_migrations(app, name) VALUES ('a', '0001'), ('a', '0002');`
	file := func(names string) string {
		return testdb.SQLite(t, `CREATE TABLE django_migrations(id INTEGER PRIMARY KEY, app TEXT, name TEXT, applied TEXT); INSERT INTO django_migrations(app, name) VALUES `+names)
	}
	for names, want := range map[string]string{
		"('a', '0001'), ('a', '0002')": "2 false",
		"('a', '0001')":                "2 true",
		"('a', '0001'), ('a', '0003')": "2 true",
	} {
		db := database(t, schema)
		r := db.migrate(file(names), Choices{})
		kept := false
		for _, f := range r.Findings {
			kept = kept || f.Code == HistoryKept
		}
		if got := db.rows("SELECT count(*) FROM django_migrations") + fmt.Sprint(" ", kept); got != want {
			t.Errorf("%s: %s, want %s", names, got, want)
		}
		if got := db.rows("SELECT version_num FROM alembic_version"); got != "abc" {
			t.Errorf("a history that only the target has: %q", got)
		}
	}
}

func TestWhatOnlyTheServerChecksLeavesTheTargetAsItWas(t *testing.T) {
	db := database(t, rich)
	for name, script := range map[string]string{
		"a check":             "UPDATE item SET price = -1",
		"an exclusion":        "UPDATE room SET during = '[1,9)'",
		"a generated column":  "UPDATE item SET name = NULL",
		"a unique expression": "UPDATE item SET code = 1",
	} {
		if err := db.refuse(testdb.SQLite(t, richSQLite+script), Choices{}, errs.Invalid); err == nil {
			t.Errorf("%s was passed over", name)
		}
	}
}

func TestThePlanSaysWhatOnlyTheServerChecks(t *testing.T) {
	db := database(t, `CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN small AS positive CONSTRAINT is_small CHECK (VALUE < 100); CREATE DOMAIN must AS text NOT NULL;
		CREATE TABLE t(id int PRIMARY KEY, n small CONSTRAINT odd CHECK (n % 2 = 1), m must, r int4range, EXCLUDE USING gist (r WITH &&)); CREATE UNIQUE INDEX t_lower ON t(lower(m)); CREATE UNIQUE INDEX t_some ON t(n) WHERE n > 3; CREATE TABLE u(id int CHECK (id > 0))`)
	file := testdb.SQLite(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, n INT, m TEXT, r TEXT); INSERT INTO t VALUES (1, 5, 'x', NULL); CREATE TABLE u(id INT);`)
	var rules []string
	for _, f := range db.examine(file, Choices{}) {
		if f.Code == CheckedByServer && f.Level == backup.Info && f.Table == "t" {
			rules = append(rules, f.Args["constraint"].(string))
		} else {
			t.Errorf("%+v", f)
		}
	}
	if got := strings.Join(rules, " "); got != "is_small odd positive_check t_lower t_r_excl t_some" {
		t.Errorf("rules: %s", got)
	}
	db.migrate(file, Choices{})

	dirty := testdb.SQLite(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, n INT, m TEXT, r TEXT); INSERT INTO t VALUES (1, -5, 'x', NULL)`)
	err := db.refuse(dirty, Choices{}, errs.Invalid)
	var e *errs.Error
	if !errors.As(err, &e) || e.Args["constraint"] == "" {
		t.Errorf("got %v", err)
	}
	none := testdb.SQLite(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, n INT, m TEXT, r TEXT); INSERT INTO t VALUES (1, 5, NULL, NULL)`)
	if found := brief(db.examine(none, Choices{}), backup.Warning); len(found) != 1 || !strings.HasPrefix(found[0], "blocker t.m null_value 1 [leave stop]") {
		t.Errorf("a domain that must have a value: %q", found)
	}
}

func TestCancellingLeavesTheTargetAsItWas(t *testing.T) {
	db := database(t, rich)
	file := testdb.SQLite(t, richSQLite+`WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 24000) INSERT INTO item SELECT i, 1, NULL, i % 10, 'n' || i, '', '2025-01-01', i FROM n`)
	before := db.everything()
	var items []string
	seen := map[string]bool{}
	if _, _, err := run(context.Background(), database(t, rich).target(), file, Choices{}, func(u backup.Update) {
		if !seen[u.Item] {
			seen[u.Item] = true
			items = append(items, u.Item)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if len(items) < 10 {
		t.Fatalf("only %q was reported", items)
	}
	for n := 0; n < len(items); n += 3 { // tables, indexes, statistics, keys, the proof
		at := items[n]
		ctx, cancel := context.WithCancel(context.Background())
		_, _, err := run(ctx, db.target(), file, Choices{}, func(u backup.Update) {
			if u.Item == at && (u.Done > 8000 || at != "public.item") {
				cancel()
			}
		})
		cancel()
		if errs.CodeOf(err) != errs.Cancelled {
			t.Errorf("cancelled at %s: %v", at, err)
		}
		if db.everything() != before {
			t.Errorf("cancelling at %s changed the database", at)
		}
	}
}

func TestALockedTableIsBusyAfterTheWait(t *testing.T) {
	db := database(t, rich)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, db.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "BEGIN; SELECT * FROM item"); err != nil {
		t.Fatal(err)
	}
	target := db.target()
	target.BusyTimeout = 50_000_000
	_, _, err = run(ctx, target, testdb.SQLite(t, richSQLite), Choices{}, nil)
	if errs.CodeOf(err) != errs.Busy || errs.Of(err).Reason != "postgres.locked_by" {
		t.Errorf("got %v", err)
	}
}

func TestARoleThatOwnsNothingIsToldBefore(t *testing.T) {
	db := database(t, rich)
	role := testdb.Postgres(t).Role(t, "guest", "")
	testdb.Exec(t, db.url, "GRANT SELECT ON ALL TABLES IN SCHEMA public, other TO "+role+"; GRANT USAGE ON SCHEMA other TO "+role)
	guest := live{t, testdb.Postgres(t).As(role, db.url)}
	target := guest.target()
	e, err := examine(target, testdb.SQLite(t, richSQLite), Choices{})
	if err != nil {
		t.Fatal(err)
	}
	if got := brief(e.Findings, backup.Blocker); len(got) != 6 || !strings.HasPrefix(got[0], "blocker kind not_owner") {
		t.Errorf("found:\n%s", strings.Join(got, "\n"))
	}
}

func TestTheOwnerNeedsNoSuperuser(t *testing.T) {
	role := testdb.Postgres(t).Role(t, "owner", "")
	admin := live{t, testdb.Postgres(t).DatabaseOf(t, role)}
	testdb.Exec(t, admin.url, "GRANT ALL ON SCHEMA public TO "+role)
	db := live{t, testdb.Postgres(t).As(role, admin.url)}
	testdb.Exec(t, db.url, rich)
	db.migrate(testdb.SQLite(t, richSQLite), Choices{})
}

func TestLargeValuesGoThroughInPieces(t *testing.T) {
	db := database(t, `CREATE TABLE big(id int PRIMARY KEY, b bytea, s text, v varchar(10), j jsonb)`)
	file := testdb.SQLite(t, `CREATE TABLE big(id INTEGER PRIMARY KEY, b BLOB, s TEXT, v TEXT, j TEXT); INSERT INTO big VALUES (1, zeroblob(9000000), 'x', 'y', '[1]'), (2, x'01', replace(hex(zeroblob(3000000)), '00', 'ção'), 'z', NULL),
		(3, randomblob(5000000), replace(hex(zeroblob(3000000)), '0', 'b'), NULL, '["' || hex(zeroblob(3000000)) || '"]'), (4, NULL, CAST(zeroblob(5000000) AS TEXT), '', NULL)`)
	if got := brief(db.examine(file, Choices{}), backup.Info); len(got) != 1 || !strings.HasPrefix(got[0], `blocker big.s nul 1 [convert null leave stop] id 4 → \0\0`) {
		t.Errorf("found: %q", got)
	}
	r := db.migrate(file, Choices{Each: []Choice{choose("big", "s", "nul", Convert)}})
	if got := db.rows("SELECT concat_ws('|', id, octet_length(b), length(s), v, length(j::text)) FROM big ORDER BY id"); got != "1|9000000|1|y|3\n2|1|9000000|z\n3|5000000|6000000|6000004\n4|0|" {
		t.Errorf("arrived: %s; report %+v", got, r.Tables)
	}
}

func TestADifferenceOnTheServerIsFound(t *testing.T) {
	// A trigger of the server that no ALTER TABLE can disable stands for whatever may change a value on its way.
	db := database(t, `CREATE TABLE t(id int PRIMARY KEY, v text); CREATE DOMAIN d AS text; CREATE TABLE u(id int, n numeric(10,2))`)
	testdb.Exec(t, db.url, `CREATE FUNCTION lie() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN IF tg_tag = 'ALTER SEQUENCE' THEN UPDATE t SET v = 'lie' WHERE id = 2; END IF; END$$; CREATE EVENT TRIGGER lie ON ddl_command_end EXECUTE FUNCTION lie(); CREATE SEQUENCE t_id_seq`)
	file := testdb.SQLite(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')`)
	_, _, err := run(context.Background(), db.target(), file, Choices{}, nil)
	var e *errs.Error
	if !errors.As(err, &e) || e.Reason != "migrate.differs" {
		t.Errorf("got %v", err)
	}
	if n := db.rows("SELECT count(*) FROM t"); n != "0" {
		t.Errorf("%s rows went in", n)
	}
}

func TestADatabaseOfAnotherCharacterSetTakesWhatItCanHold(t *testing.T) {
	cluster := testdb.Postgres(t)
	admin := cluster.Database(t)
	testdb.Exec(t, admin, "CREATE DATABASE latin ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
	t.Cleanup(func() { testdb.Exec(t, admin, "DROP DATABASE latin") })
	db := live{t, strings.Replace(admin, "/"+testdb.DatabaseName(admin)+"?", "/latin?", 1)}
	testdb.Exec(t, db.url, "CREATE TABLE t(id int PRIMARY KEY, v varchar(5))")
	script := "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'ações');"
	r := db.migrate(testdb.SQLite(t, script), Choices{})
	if got := db.rows("SELECT encode(convert_to(v, 'UTF8'), 'hex') FROM t"); got != "61c3a7c3b56573" || r.Findings[0].Code != Encoding {
		t.Errorf("arrived: %q; %+v", got, r.Findings)
	}
	db.refuse(testdb.SQLite(t, script+"INSERT INTO t VALUES (2, '漢')"), Choices{}, errs.Invalid)
}

func TestTheFileIsNotTouched(t *testing.T) {
	file := testdb.SQLite(t, accountsSQLite)
	before, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	was, _ := os.ReadFile(file)
	database(t, accounts).migrate(file, Choices{})
	after, _ := os.ReadDir(filepath.Dir(file))
	is, _ := os.ReadFile(file)
	if len(after) != len(before) || string(is) != string(was) {
		t.Error("the migration left something in the file or beside it")
	}
}
