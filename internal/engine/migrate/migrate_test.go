package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/engine/postgres"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// live is a PostgreSQL database of a test.
type live struct {
	t   *testing.T
	url string
}

func database(t *testing.T, schema string) live {
	t.Helper()
	db := live{t, testdb.Postgres(t).Database(t)}
	if schema != "" {
		testdb.Exec(t, db.url, schema)
	}
	return db
}

func (db live) target() backup.Target {
	return backup.Target{Kind: backup.PostgreSQL, Name: testdb.DatabaseName(db.url), URL: db.url}
}

// migrate migrates as a restore does: the target's engine holds it from the beginning.
func migrate(ctx context.Context, m *Migrator, t backup.Target, file, plain string, p backup.Progress) (backup.Migrated, error) {
	into, err := new(postgres.Engine).Hold(ctx, t)
	if err != nil {
		return backup.Migrated{}, err
	}
	defer into.Release()
	return m.Migrate(ctx, t, into, backup.Archive{File: file}, plain, p)
}

func run(ctx context.Context, t backup.Target, file string, choices Choices, p backup.Progress) (*Report, backup.Contents, error) {
	t.Choices = choices
	done, err := migrate(ctx, new(Migrator), t, file, file, p)
	return done.Report, done.Contents, err
}

func examine(t backup.Target, file string, choices Choices) (*Examination, error) {
	t.Choices = choices
	return new(Migrator).Examine(context.Background(), t, file, "")
}

// rows runs a query of one text column and joins its rows.
func (db live) rows(sql string) string {
	db.t.Helper()
	return strings.Join(testdb.Query(db.t, db.url, "SET timezone = 'UTC'; "+sql), "\n")
}

// everything is all content and all of the schema, as a text to compare.
func (db live) everything() string {
	db.t.Helper()
	names := testdb.Query(db.t, db.url, `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`)
	var all strings.Builder
	for _, n := range names {
		all.WriteString(n + "\n" + strings.Join(testdb.Query(db.t, db.url, "SELECT t::text FROM "+n+" t ORDER BY 1"), "\n") + "\n")
	}
	return all.String() + db.structure()
}

// structure is the schema, as a text to compare: object identifiers left out.
func (db live) structure() string {
	db.t.Helper()
	return strings.Join(testdb.Query(db.t, db.url, `
		SELECT 'index ' || pg_get_indexdef(indexrelid) || ' ' || coalesce(obj_description(indexrelid, 'pg_class'), '') FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace::regnamespace::text !~ '^pg_'
		UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated || coalesce(obj_description(oid, 'pg_constraint'), '') FROM pg_constraint WHERE connamespace::regnamespace::text !~ '^(pg_|information_schema)'
		UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
		UNION ALL SELECT 'view ' || oid::regclass || pg_get_viewdef(oid) FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
		UNION ALL SELECT 'column ' || a.attrelid::regclass || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull || a.attidentity::text || a.attgenerated::text || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || coalesce(a.attacl::text, '') || coalesce(col_description(a.attrelid, a.attnum), '')
			FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attnum > 0 AND NOT attisdropped AND c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
		UNION ALL SELECT 'table ' || oid::regclass || relowner::regrole || coalesce(relacl::text, '') || relreplident::text || coalesce(obj_description(oid, 'pg_class'), '') FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
		ORDER BY 1`), "\n")
}

// migrate migrates and returns the report; an error fails the test.
func (db live) migrate(file string, choices Choices) *Report {
	db.t.Helper()
	r, held, err := run(context.Background(), db.target(), file, choices, nil)
	if err != nil {
		db.t.Fatal(err)
	}
	for _, t := range r.Tables {
		if t.Read != t.Written+t.LeftOut || t.ReadBack != t.Fingerprint && t.ReadBack != "" {
			db.t.Errorf("%s: %+v", t.Table, t)
		}
	}
	for _, t := range held.Tables {
		schema, name, _ := strings.Cut(t.Name, ".")
		if got := db.rows("SELECT count(*) FROM " + quoteName(schema) + "." + quoteName(name)); got != fmt.Sprint(t.Rows) {
			db.t.Errorf("%s is said to hold %d rows and holds %s", t.Name, t.Rows, got)
		}
	}
	return r
}

// refuse migrates, expects an error of that code, and that nothing was changed.
func (db live) refuse(file string, choices Choices, code errs.Code) error {
	db.t.Helper()
	before := db.everything()
	_, _, err := run(context.Background(), db.target(), file, choices, nil)
	if errs.CodeOf(err) != code {
		db.t.Errorf("got %v, want %s", err, code)
	}
	if after := db.everything(); after != before {
		db.t.Errorf("a refused migration changed the database:\n%s\n--- was\n%s", after, before)
	}
	return err
}

func (db live) examine(file string, choices Choices) []Finding {
	db.t.Helper()
	before := db.everything()
	e, err := examine(db.target(), file, choices)
	if err != nil {
		db.t.Fatal(err)
	}
	if db.everything() != before {
		db.t.Error("looking changed the database")
	}
	return e.Findings
}

// choose is a decision about one kind of finding in one column.
func choose(table, column, finding string, a Action) Choice {
	return Choice{Table: table, Column: column, Finding: finding, Action: a}
}

// brief writes findings in one line each: level, place, code, rows, options, examples.
func brief(findings []Finding, least backup.Level) []string {
	var list []string
	for _, f := range findings {
		if loudness[f.Level] >= loudness[least] {
			list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %d %v %s", f.Level, f.Place(), f.Code, f.Rows, f.Options, exampled(f))))
		}
	}
	return list
}

const accounts = `CREATE TABLE acct(id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, uid uuid NOT NULL, owner varchar(20) NOT NULL, paid boolean NOT NULL, amount numeric(14,4), meta jsonb, at timestamptz, day date, raw bytea);
	CREATE INDEX acct_owner ON acct(owner); CREATE TABLE extra(id int PRIMARY KEY); INSERT INTO extra VALUES (9); INSERT INTO acct(uid, owner, paid) VALUES ('00000000-0000-4000-8000-000000000000', 'before', true);`

const accountsSQLite = `CREATE TABLE acct(id integer PRIMARY KEY AUTOINCREMENT, uid char(32) NOT NULL, owner varchar(20) NOT NULL, paid bool NOT NULL, amount decimal, meta text, at datetime, day date, raw blob);
	INSERT INTO acct VALUES (7, 'a0eebc999c0b4ef8bb6d6bb9bd380a11', 'Zoë', 1, 10.1, '{"a":[1,2]}', '2025-03-01 12:00:00.25', '2025-03-01', x'00ff'),
		(8, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12', 'x', 0, '12345.6789', NULL, '2025-03-01T12:00:00Z', NULL, NULL);`

func TestTheTargetsOwnSchemaIsTheTruth(t *testing.T) {
	db := database(t, accounts)
	before := db.structure()
	db.migrate(testdb.SQLite(t, accountsSQLite), Choices{})
	got := db.rows(`SELECT concat_ws('|', id, uid, owner, paid, amount, meta, at, day, encode(raw, 'hex')) FROM acct ORDER BY id`)
	want := `7|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|Zoë|t|10.1000|{"a": [1, 2]}|2025-03-01 12:00:00.25+00|2025-03-01|00ff
8|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12|x|f|12345.6789|2025-03-01 12:00:00+00`
	if got != want {
		t.Errorf("arrived:\n%s\nwant:\n%s", got, want)
	}
	if id := db.rows("INSERT INTO acct(uid, owner, paid) VALUES ('00000000-0000-4000-8000-000000000000', 'n', false) RETURNING id"); id != "9" {
		t.Errorf("the next key is %s", id)
	}
	if n := db.rows("SELECT count(*) FROM extra"); n != "0" {
		t.Errorf("a table that only the target has holds %s rows", n)
	}
	if after := db.structure(); after != before {
		t.Errorf("the schema was changed:\n%s\n--- was\n%s", after, before)
	}
}

func TestDirtyDataStopsBeforeAnythingChanges(t *testing.T) {
	db := database(t, accounts)
	file := testdb.SQLite(t, accountsSQLite+`INSERT INTO acct VALUES (20, 'not-a-uuid', 'owner far too long for its column', 2, 'abc', '{bad', 'yesterday', '2025-02-31', NULL);`)
	db.refuse(file, Choices{}, errs.Invalid)
	got := brief(db.examine(file, Choices{}), backup.Warning)
	want := []string{
		"blocker acct.uid not_uuid 1 [leave stop] id 20 → not-a-uuid",
		"blocker acct.owner too_long 1 [convert leave stop] id 20 → owner far too long for its column → owner far too long f",
		"blocker acct.paid not_boolean 1 [leave stop] id 20 → 2",
		"blocker acct.amount not_number 1 [null leave stop] id 20 → abc",
		"blocker acct.meta not_json 1 [null leave stop] id 20 → {bad",
		"blocker acct.at not_moment 1 [null leave stop] id 20 → yesterday",
		"blocker acct.day not_moment 1 [null leave stop] id 20 → 2025-02-31",
	}
	if !slices.Equal(got[:len(got)-1], want) || !strings.HasPrefix(got[len(got)-1], "warning public.extra table_extra") {
		t.Errorf("found:\n%s", strings.Join(got, "\n"))
	}
}

func TestChoicesAreCarriedOut(t *testing.T) {
	db := database(t, accounts)
	file := testdb.SQLite(t, accountsSQLite+`INSERT INTO acct VALUES (20, '`+strings.Repeat("0", 32)+`', 'owner far too long for its column', 1, 'abc', '{bad', 'yesterday', NULL, NULL), (21, 'no', '', 1, 1, NULL, NULL, NULL, NULL);`)
	r := db.migrate(file, Choices{Each: []Choice{
		choose("acct", "uid", "not_uuid", Leave), choose("acct", "owner", "too_long", Convert), choose("acct", "amount", "not_number", Null),
		choose("acct", "meta", "not_json", Null), choose("acct", "at", "not_moment", Null), choose("other", "at", "not_moment", Null)}})
	if got := db.rows("SELECT concat_ws('|', id, owner, amount, meta, at) FROM acct WHERE id > 8"); got != "20|owner far too long f" {
		t.Errorf("arrived: %s", got)
	}
	a := r.Tables[0]
	if a.Read != 4 || a.Written != 3 || a.LeftOut != 1 || !slices.Contains(a.Conversions, Conversion{Column: "amount", Type: "numeric(14,4)", Finding: "not_number", Values: 1, Nulls: 1}) {
		t.Errorf("report: %+v", a)
	}
	if id := db.rows("INSERT INTO acct(uid, owner, paid) VALUES ('00000000-0000-4000-8000-000000000000', 'n', false) RETURNING id"); id != "22" {
		t.Errorf("the next key is %s: a key that was ever given must not come again", id)
	}
}

const familySchema = `CREATE TABLE family(id int PRIMARY KEY, name text UNIQUE); CREATE TABLE member(id int PRIMARY KEY, family_id int REFERENCES family, boss int REFERENCES member, code text NOT NULL, UNIQUE (code));
	CREATE TABLE note(id int PRIMARY KEY, member_id int NOT NULL REFERENCES member);`

const familySQLite = `CREATE TABLE family(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE member(id INTEGER PRIMARY KEY, family_id INT, boss INT, code TEXT); CREATE TABLE note(id INTEGER PRIMARY KEY, member_id INT);
	INSERT INTO family VALUES (1, 'Silva'), (2, 'Souza'), (3, 'Silva'); INSERT INTO member VALUES (1, 1, NULL, 'a'), (2, 9, 1, 'b'), (3, 2, 77, 'c'), (4, 3, 1, 'd'), (5, 1, 4, NULL), (6, NULL, 5, 'a');
	INSERT INTO note VALUES (1, 1), (2, 4), (3, 5), (4, 6), (5, 2);`

func TestKeysAreCheckedBeforeTheLoad(t *testing.T) {
	db := database(t, familySchema)
	file := testdb.SQLite(t, familySQLite)
	got := brief(db.examine(file, Choices{}), backup.Info)
	want := []string{
		"blocker family.name duplicate 2 [leave stop] id 1 → Silva; id 3 → Silva",
		"blocker member.code null_value 1 [leave stop] id 5 → NULL",
		"blocker member.boss orphan 1 [null leave stop] id 3 → 77",
		"blocker member.family_id orphan 1 [null leave stop] id 2 → 9",
		"blocker member.code duplicate 2 [leave stop] id 1 → a; id 6 → a",
	}
	if !slices.Equal(got, want) {
		t.Errorf("found:\n%s", strings.Join(got, "\n"))
	}
	db.refuse(file, Choices{}, errs.Invalid)
}

func TestLeavingARowOutFollowsWhatPointsToIt(t *testing.T) {
	db := database(t, familySchema)
	file := testdb.SQLite(t, familySQLite)
	choices := Choices{Each: []Choice{
		choose("family", "name", Duplicate, Leave), // 3 goes, so 4 points nowhere
		choose("member", "family_id", Orphan, Leave),
		choose("member", "boss", Orphan, Null),
		choose("member", "code", NullValue, Leave),
		choose("member", "code", Duplicate, Leave),
	}}
	// Members 2, 4, 5 and 6 go; the notes that point to them are found, and nobody has decided about those.
	got := brief(db.examine(file, choices), backup.Blocker)
	if want := []string{"blocker note.member_id orphan 4 [leave stop] id 2 → 4; id 3 → 5; id 4 → 6"}; !slices.Equal(got, want) {
		t.Errorf("found:\n%s", strings.Join(got, "\n"))
	}
	db.refuse(file, choices, errs.Invalid)
	choices.Each = append(choices.Each, choose("note", "member_id", Orphan, Leave))
	db.migrate(file, choices)
	if got := db.rows("SELECT string_agg(id || ':' || coalesce(boss::text, '-'), ' ' ORDER BY id) FROM member UNION ALL SELECT string_agg(id::text, ' ') FROM note UNION ALL SELECT string_agg(name, ' ' ORDER BY id) FROM family"); got != "1:- 3:-\n1\nSilva Souza" {
		t.Errorf("arrived: %s", got)
	}
}
