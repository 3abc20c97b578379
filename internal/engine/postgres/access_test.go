package postgres

import (
	"slices"
	"strings"
	"testing"

	"cofre/internal/testdb"
)

// privileges are what every role may do with every object of the person, whoever
// granted it.
const privileges = `
SELECT o.alters || ' ' || o.name || ' ' || o.col || ' ' || CASE WHEN o.own THEN o.owner::regrole::text ELSE '' END || ': ' || coalesce((
	SELECT string_agg(coalesce(nullif(a.grantee, 0)::regrole::text, 'PUBLIC') || '=' || a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END, ' '
		ORDER BY a.grantee, a.privilege_type)
	FROM aclexplode(coalesce(o.acl, acldefault(o.letter, o.owner))) a), '-')
FROM (` + ofPerson + `) o ORDER BY 1`

// applications gives a database to two applications, an owner and a reader.
func applications(t *testing.T, c *testdb.Cluster) (url, owner, reader string) {
	owner, reader = c.Role(t, "app", ""), c.Role(t, "reader", "")
	url = c.DatabaseOf(t, owner)
	testdb.Exec(t, url, "GRANT ALL ON SCHEMA public TO "+owner)
	testdb.Exec(t, c.As(owner, url), strings.ReplaceAll(`
		CREATE SCHEMA area; GRANT USAGE ON SCHEMA area TO READER;
		ALTER DEFAULT PRIVILEGES IN SCHEMA area GRANT SELECT ON TABLES TO READER;
		CREATE TABLE area.books (id serial PRIMARY KEY, title text, price numeric);
		INSERT INTO area.books (title) VALUES ('A'), ('B');
		CREATE TABLE people (id int GENERATED ALWAYS AS IDENTITY, name text, secret text);
		INSERT INTO people (name) VALUES ('x');
		GRANT SELECT (name), UPDATE (name, secret) ON people TO READER;
		GRANT INSERT ON people TO READER WITH GRANT OPTION;
		GRANT USAGE ON SEQUENCE people_id_seq TO READER;
		CREATE FUNCTION hidden() RETURNS int LANGUAGE sql AS 'SELECT 1';
		REVOKE ALL ON FUNCTION hidden() FROM PUBLIC; GRANT EXECUTE ON FUNCTION hidden() TO READER;
		CREATE TYPE mood AS ENUM ('a'); REVOKE ALL ON TYPE mood FROM PUBLIC;
		CREATE DOMAIN small AS int; GRANT USAGE ON TYPE small TO READER;
		CREATE VIEW names AS SELECT name FROM people; GRANT SELECT ON names TO READER;
		CREATE MATERIALIZED VIEW copies AS SELECT * FROM names; GRANT SELECT ON copies TO PUBLIC;
		REVOKE DELETE ON people FROM CURRENT_USER;
	`, "READER", reader))
	return url, owner, reader
}

func TestARestoreLeavesOwnersAndGrantsAsTheyAre(t *testing.T) {
	c := testdb.Postgres(t)
	url, owner, reader := applications(t, c)
	testdb.Exec(t, url, "CREATE TABLE of_the_administrator (n int)")
	file, _ := dump(t, url)
	testdb.Exec(t, url, "GRANT DELETE ON area.books TO "+reader+"; REVOKE UPDATE (secret) ON people FROM "+reader+"; CREATE TABLE later (n int)")
	before := testdb.Query(t, url, privileges)
	before = slices.DeleteFunc(before, func(line string) bool { return strings.Contains(line, " later ") })
	for _, as := range []string{testdb.Superuser, owner} {
		t.Run("connected as "+as, func(t *testing.T) {
			if as == owner {
				testdb.Exec(t, url, "DROP TABLE of_the_administrator")
				before = slices.DeleteFunc(before, func(line string) bool { return strings.Contains(line, "of_the_administrator") })
				file, _ = dump(t, url)
			}
			restored(t, c.As(as, url), file)
			if after := testdb.Query(t, url, privileges); !slices.Equal(after, before) {
				t.Errorf("privileges after the restore:\n%s\nbefore:\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
			}
		})
	}
	testdb.Exec(t, c.As(reader, url), "SELECT * FROM area.books; INSERT INTO people (name) VALUES ('new'); SELECT hidden(), names.name FROM names, copies")
	testdb.Exec(t, c.As(owner, url), "CREATE TABLE area.another (n int); DROP TABLE people CASCADE")
	testdb.Exec(t, c.As(reader, url), "SELECT * FROM area.another") // the default privileges are there, too
}

func TestWhatWasLostComesBackWithTheOwnersAndGrantsOfTheBackup(t *testing.T) {
	c := testdb.Postgres(t)
	url, _, reader := applications(t, c)
	gone := c.Role(t, "gone", "")
	testdb.Exec(t, url, "GRANT SELECT ON people TO "+gone)
	before := testdb.Query(t, url, privileges)
	file, _ := dump(t, url)
	testdb.Exec(t, url, "DROP SCHEMA area CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC; DROP OWNED BY "+gone+"; DROP ROLE "+gone)
	restored(t, url, file)
	testdb.Exec(t, c.As(reader, url), "SELECT * FROM area.books; INSERT INTO people (name) VALUES ('new'); SELECT hidden(), names.name FROM names, copies")
	withoutPublic := func(lines []string) (kept []string) {
		for _, line := range lines {
			if line = strings.ReplaceAll(line, " "+gone+"=SELECT", ""); !strings.HasPrefix(line, "SCHEMA public") {
				kept = append(kept, line)
			}
		}
		return kept
	}
	if after := withoutPublic(testdb.Query(t, url, privileges)); !slices.Equal(after, withoutPublic(before)) {
		t.Errorf("privileges after the restore:\n%s\nbefore:\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
}

func TestABackupOfAnotherDatabaseBelongsToTheOwnerOfThisOne(t *testing.T) {
	c := testdb.Postgres(t)
	from, _, reader := applications(t, c)
	file, _ := dump(t, from)
	staging := c.Role(t, "staging", "")
	url := c.DatabaseOf(t, staging)
	testdb.Exec(t, url, "GRANT ALL ON SCHEMA public TO "+staging)
	restored(t, url, file)
	for _, line := range testdb.Query(t, url, privileges) {
		if strings.Contains(line, reader) {
			t.Errorf("granted to a role of the other database: %s", line)
		}
	}
	testdb.Exec(t, c.As(staging, url), "SELECT * FROM area.books; ALTER TABLE people ADD note text; CREATE TABLE area.mine (n int); SELECT 'a'::mood, 1::small, hidden()")
}

func TestWhatOnlyASuperuserMayMakeComesBackToo(t *testing.T) {
	c := testdb.Postgres(t)
	owner := c.Role(t, "app", "")
	url := c.DatabaseOf(t, owner)
	testdb.Exec(t, url, zoo+"ALTER SCHEMA shop OWNER TO "+owner)
	testdb.Exec(t, url, "DO $$BEGIN EXECUTE (SELECT string_agg(format('ALTER TABLE %s OWNER TO "+owner+"', oid::regclass), ';') FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'shop'::regnamespace); END$$")
	want := text(t, url)
	file, _ := dump(t, url)
	testdb.Exec(t, url, "DROP TABLE shop.notes; DROP EVENT TRIGGER notice")
	restored(t, url, file)
	if got := text(t, url); got != want {
		t.Errorf("the restored database differs:\n%s", difference(want, got))
	}
}
