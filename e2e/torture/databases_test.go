package torture

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/testdb"
)

var scenarios = []scenario{
	{name: "SQLite to SQLite", open: openSQLite},
	{name: "SQLite to SQLite, undo", open: openSQLite, undo: true},
	{name: "PostgreSQL in one transaction", open: openPostgres("")},
	{name: "PostgreSQL in one transaction, undo", open: openPostgres(""), undo: true},
	{name: "PostgreSQL aside and swapped", open: openPostgres("CREATEDB")},
	{name: "PostgreSQL aside and swapped, undo", open: openPostgres("CREATEDB"), undo: true},
	{name: "SQLite to PostgreSQL in one transaction", open: openPostgres(""), source: openSQLite},
	{name: "SQLite to PostgreSQL in one transaction, undo", open: openPostgres(""), source: openSQLite, undo: true},
	{name: "SQLite to PostgreSQL aside", open: openPostgres("CREATEDB"), source: openSQLite},
	{name: "SQLite to PostgreSQL aside, undo", open: openPostgres("CREATEDB"), source: openSQLite, undo: true},
}

// sqliteDB is a file in a folder of its own.
type sqliteDB struct{ path string }

func openSQLite(t *testing.T) database { return sqliteDB{testdb.SQLite(t, "")} }

func (d sqliteDB) url() string { return d.path }

func (d sqliteDB) query(t *testing.T, statement string) (text []string) {
	t.Helper()
	db, err := sql.Open("sqlite", d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	rows, err := db.Query(statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		text = append(text, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return text
}

const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "

func (d sqliteDB) fill(t *testing.T, which int) {
	t.Helper()
	script := `CREATE TABLE person (id integer PRIMARY KEY, name text NOT NULL);
		CREATE TABLE payment (id integer PRIMARY KEY, person integer NOT NULL REFERENCES person (id), note text);
		CREATE TABLE later (id integer PRIMARY KEY, x text);
		CREATE INDEX payment_person ON payment (person);` +
		fmt.Sprintf(numbers, 500) + `INSERT INTO person SELECT i, 'Pessoa ' || i FROM n;` +
		fmt.Sprintf(numbers, 4000) + `INSERT INTO payment SELECT i, i % 500 + 1, printf('%.80c', 'x') || i FROM n;`
	if which == 1 {
		script = `DELETE FROM payment WHERE id % 3 = 0; UPDATE person SET name = name || '!'; CREATE INDEX person_name ON person (name);` +
			fmt.Sprintf(numbers, 700) + `INSERT INTO later SELECT i, 'later ' || i FROM n;`
	}
	db, err := sql.Open("sqlite", d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
}

func (d sqliteDB) content(t *testing.T) string {
	t.Helper()
	if sound := d.query(t, "PRAGMA integrity_check"); !slices.Equal(sound, []string{"ok"}) {
		t.Fatalf("the database is not sound: %q", sound)
	}
	text := d.query(t, "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1")
	for _, name := range d.query(t, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1") {
		columns := d.query(t, "SELECT name FROM pragma_table_info('"+name+"')")
		rows := d.query(t, "SELECT concat_ws('|', "+strings.Join(columns, ", ")+") FROM "+name+" ORDER BY 1")
		text = append(text, fmt.Sprintf("%s %d %x", name, len(rows), sha256.Sum256([]byte(strings.Join(rows, "\n")))))
	}
	return strings.Join(text, "\n")
}

// prepare changes between the two ways of journalling.
func (d sqliteDB) prepare(t *testing.T, round int) {
	d.query(t, "PRAGMA journal_mode = "+[]string{"WAL", "DELETE"}[round/3%2])
}

// leftovers are the files beside it, once another program has written: SQLite itself
// leaves an empty journal until then.
func (d sqliteDB) leftovers(t *testing.T, _ bool) []string {
	d.query(t, "PRAGMA user_version = 1")
	found, err := filepath.Glob(filepath.Join(filepath.Dir(d.path), "*"))
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := filepath.Glob(filepath.Join(filepath.Dir(d.path), ".*"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(append(found, hidden...), func(path string) bool { return path == d.path })
}

// postgresDB is a database and the role that owns it.
type postgresDB struct {
	address, role string
	admin         string // the superuser, there
	aside         bool
	kept          []string // the old databases that there should be
}

const connectionLimit = 7

func openPostgres(attributes string) func(t *testing.T) database {
	return func(t *testing.T) database { return newPostgres(t, attributes) }
}

func newPostgres(t *testing.T, attributes string) *postgresDB {
	c := testdb.Postgres(t)
	role := c.Role(t, "torture", attributes)
	d := &postgresDB{admin: c.DatabaseOf(t, role), role: role, aside: attributes != ""}
	d.address = c.As(role, d.admin)
	testdb.Exec(t, d.admin, fmt.Sprintf("ALTER DATABASE %[1]s CONNECTION LIMIT %[2]d; COMMENT ON DATABASE %[1]s IS 'the shop'", d.name(), connectionLimit))
	t.Cleanup(func() { d.forget(t) })
	return d
}

func (d *postgresDB) url() string  { return d.address }
func (d *postgresDB) name() string { return testdb.DatabaseName(d.admin) }

func (d *postgresDB) fill(t *testing.T, which int) {
	script := `CREATE TABLE person (id serial PRIMARY KEY, name text NOT NULL);
		CREATE TABLE payment (id serial PRIMARY KEY, person integer NOT NULL REFERENCES person, note text);
		CREATE INDEX ON payment (person);
		CREATE VIEW rich AS SELECT * FROM payment WHERE person < 9;
		INSERT INTO person (name) SELECT 'Pessoa ' || i FROM generate_series(1, 500) i;
		INSERT INTO payment (person, note) SELECT i % 500 + 1, repeat('x', 80) || i FROM generate_series(1, 4000) i;`
	if which == 1 {
		script = `DROP VIEW rich; DELETE FROM payment WHERE id % 3 = 0; UPDATE person SET name = name || '!';
			CREATE TABLE later (x text); INSERT INTO later SELECT 'later ' || i FROM generate_series(1, 700) i;`
	}
	testdb.Exec(t, d.address, script)
}

func (d *postgresDB) content(t *testing.T) string {
	t.Helper()
	text := testdb.Query(t, d.admin, `
		SELECT concat_ws(' ', 'column', attrelid::regclass, attname, atttypid::regtype, attnotnull, (SELECT rolname FROM pg_roles r WHERE r.oid = c.relowner))
			FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
		UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
		UNION ALL SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL SELECT concat_ws(' ', 'sequence', sequencename, last_value) FROM pg_sequences WHERE schemaname = 'public'
		ORDER BY 1`)
	tables := testdb.Query(t, d.admin, `SELECT format('SELECT %L || count(*) || '' '' || coalesce(md5(string_agg(t::text, E''\n'' ORDER BY t::text)), '''') FROM %s t', c.oid::regclass || ' ', c.oid::regclass)
		FROM pg_class c WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace ORDER BY 1`)
	if len(tables) > 0 {
		text = append(text, testdb.Query(t, d.admin, strings.Join(tables, " UNION ALL "))...)
	}
	return strings.Join(text, "\n")
}

// prepare drops the old databases that were kept.
func (d *postgresDB) prepare(t *testing.T, _ int) { d.forget(t) }

func (d *postgresDB) forget(t *testing.T) {
	for _, name := range d.beside(t) {
		testdb.Exec(t, d.elsewhere(), "DROP DATABASE "+name+" WITH (FORCE)")
	}
	d.kept = nil
}

// elsewhere is a database of the same server.
func (d *postgresDB) elsewhere() string {
	return strings.Replace(d.admin, "/"+d.name()+"?", "/postgres?", 1)
}

func (d *postgresDB) beside(t *testing.T) []string {
	return testdb.Query(t, d.elsewhere(), "SELECT datname::text FROM pg_database WHERE datname LIKE '"+d.name()+`\_\_%' ORDER BY 1`)
}

// leftovers are side databases beyond those that are kept on purpose, sessions of
// the program, and a database that is not open to those it was open to.
func (d *postgresDB) leftovers(t *testing.T, replaced bool) []string {
	var left []string
	beside := d.beside(t)
	for _, name := range beside {
		if !strings.Contains(name, "__before_") {
			left = append(left, name)
		}
	}
	want := len(d.kept)
	if d.aside && replaced && want == 0 { // an undo changes the two
		want = 1
	}
	if !d.aside {
		want = 0
	}
	if len(beside) > want {
		left = append(left, fmt.Sprintf("%d old databases: %q", len(beside), beside))
	}
	d.kept = beside
	about := testdb.Query(t, d.elsewhere(), fmt.Sprintf(`SELECT concat_ws(' ', datallowconn, datconnlimit, shobj_description(oid, 'pg_database')) FROM pg_database WHERE datname = '%s'`, d.name()))
	if want := fmt.Sprintf("t %d the shop", connectionLimit); len(about) != 1 || about[0] != want {
		left = append(left, fmt.Sprintf("the database is %q, want %q", about, want))
	}
	// A session ends when its server notices that nobody is there any more.
	limit := time.Now().Add(10 * time.Second)
	for {
		sessions := testdb.Query(t, d.elsewhere(), "SELECT concat_ws(' ', application_name, datname, state, left(query, 60)) FROM pg_stat_activity WHERE usename = '"+d.role+"'")
		if len(sessions) == 0 {
			return left
		}
		if time.Now().After(limit) {
			return append(left, sessions...)
		}
	}
}
