package postgres

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A restore in one transaction empties the live database and so finds what is not
// content in place: schemas, extensions, default privileges, owners and grants. A
// database that is built aside is furnished with them first, and then filled in the
// same way.

// furniture is what is noted in the live database.
type furniture struct {
	create     string // CREATE DATABASE …, but for the name
	role       string // new objects belong to it: session.owner
	schemas    []string
	extensions []extension
	defaults   []string // ALTER DEFAULT PRIVILEGES …
	access     []byte   // owners and grants of the person's objects, as COPY text
	published  []publication
	others     []byte // grants of the system's objects and of extensions, where they were changed
}

type extension struct{ name, schema, version string }

// furniture reads it, in one snapshot.
func (s *session) furniture(ctx context.Context) (*furniture, error) {
	if err := s.begin(ctx, reading); err != nil {
		return nil, err
	}
	defer s.rollback(ctx)
	f := &furniture{}
	var err error
	if f.create, err = s.creation(ctx); err != nil {
		return nil, err
	}
	if f.role, err = s.owner(ctx); err != nil {
		return nil, err
	}
	if f.schemas, err = s.text(ctx, `SELECT nspname::text FROM pg_catalog.pg_namespace n
		WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
			WHERE d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')`); err != nil {
		return nil, err
	}
	rows, err := s.Query(ctx, `SELECT x.extname::text, CASE WHEN d.objid IS NULL THEN n.nspname::text ELSE '' END, x.extversion
		FROM pg_catalog.pg_extension x JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace
		LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'
		WHERE x.oid >= 16384 ORDER BY x.oid`)
	if err != nil {
		return nil, err
	}
	if f.extensions, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x extension, err error) {
		return x, row.Scan(&x.name, &x.schema, &x.version)
	}); err != nil {
		return nil, err
	}
	if f.defaults, err = s.text(ctx, defaultPrivileges); err != nil {
		return nil, err
	}
	if f.access, err = s.copied(ctx, ofPerson); err != nil {
		return nil, err
	}
	if f.others, err = s.copied(ctx, notOfPerson+changed); err != nil {
		return nil, err
	}
	f.published, err = s.publications(ctx)
	return f, err
}

func (s *session) copied(ctx context.Context, query string) ([]byte, error) {
	var out bytes.Buffer
	_, err := s.PgConn().CopyTo(ctx, &out, "COPY ("+query+") TO STDOUT")
	return out.Bytes(), err
}

// creation is the end of a CREATE DATABASE for one like this.
func (s *session) creation(ctx context.Context) (string, error) {
	provider := "''"
	switch {
	case s.version.major >= 17:
		provider = `CASE d.datlocprovider WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L', d.datlocale)
			WHEN 'b' THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', d.datlocale) ELSE ' LOCALE_PROVIDER libc' END
			|| coalesce(' ICU_RULES ' || pg_catalog.quote_literal(d.daticurules), '')`
	case s.version.major >= 15:
		provider = `CASE d.datlocprovider WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L', d.daticulocale) ELSE ' LOCALE_PROVIDER libc' END`
		if s.version.major == 16 {
			provider += ` || coalesce(' ICU_RULES ' || pg_catalog.quote_literal(d.daticurules), '')`
		}
	}
	var sql string
	err := s.QueryRow(ctx, `SELECT pg_catalog.format('OWNER %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L',
			pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype) || `+provider+`
			|| CASE s.spcname WHEN 'pg_default' THEN '' ELSE pg_catalog.format(' TABLESPACE %I', s.spcname) END
		FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace s ON s.oid = d.dattablespace
		WHERE d.datname = pg_catalog.current_database()`).Scan(&sql)
	return sql, err
}

// defaultPrivileges are the statements that make those of this database. Those for
// a schema only add; the others begin with what is built in.
const defaultPrivileges = `
WITH defaults AS (
	SELECT d.defaclrole AS role, coalesce(' IN SCHEMA ' || pg_catalog.quote_ident(n.nspname), '') AS home,
		CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS objects,
		d.defaclacl AS wanted,
		CASE WHEN d.defaclnamespace = 0 THEN pg_catalog.acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::"char", d.defaclrole) END AS born
	FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
), wanted AS (
	SELECT role, home, objects, a.grantee, a.privilege_type AS privilege, a.is_grantable AS option FROM defaults, LATERAL pg_catalog.aclexplode(wanted) a
), born AS (
	SELECT role, home, objects, a.grantee, a.privilege_type AS privilege, a.is_grantable AS option FROM defaults, LATERAL pg_catalog.aclexplode(born) a
), changes AS (
	SELECT 1 AS place, 'REVOKE %s ON %s FROM %s' AS form, x.* FROM (SELECT * FROM born EXCEPT SELECT * FROM wanted) x
	UNION ALL
	SELECT 2, 'GRANT %s ON %s TO %s' || CASE WHEN x.option THEN ' WITH GRANT OPTION' ELSE '' END, x.* FROM (SELECT * FROM wanted EXCEPT SELECT * FROM born) x
)
SELECT pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %s%s ' || form, role::regrole, home,
	pg_catalog.string_agg(privilege, ', ' ORDER BY privilege), objects, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
FROM changes GROUP BY place, form, role, home, objects, grantee, option ORDER BY place`

// furnish makes an empty database as the live one would be if it were emptied, in
// the running transaction, and lets the role make objects in it.
func (s *session) furnish(ctx context.Context, f *furniture) (kept map[string]bool, err error) {
	var schemas []string
	for _, name := range f.schemas {
		schemas = append(schemas, "CREATE SCHEMA IF NOT EXISTS "+quote(name))
	}
	if err := s.script(ctx, strings.Join(schemas, ";\n")); err != nil {
		return nil, err
	}
	for _, x := range f.extensions {
		if err := s.extend(ctx, x); err != nil {
			return nil, err
		}
	}
	if err := s.script(ctx, strings.Join(f.defaults, ";\n")); err != nil {
		return nil, err
	}
	return s.welcome(ctx, f.role)
}

// extend makes an extension of the same version, else, where its files are gone,
// of the one that the server has now.
func (s *session) extend(ctx context.Context, x extension) error {
	sql := "CREATE EXTENSION IF NOT EXISTS " + quote(x.name)
	if x.schema != "" {
		sql += " SCHEMA " + quote(x.schema)
	}
	err := s.script(ctx, "SAVEPOINT cofre; "+sql+" VERSION "+quote(x.version)+"; RELEASE cofre")
	if state(err) == "" || ctx.Err() != nil {
		return err
	}
	return s.script(ctx, "ROLLBACK TO SAVEPOINT cofre; RELEASE SAVEPOINT cofre; "+sql)
}

// access gives the objects that the live database has, too, the owners and grants
// that they have there, and makes its publications that the backup does not know.
func (s *session) access(ctx context.Context, f *furniture) error {
	if err := s.script(ctx, "CREATE TEMP TABLE cofre_access ON COMMIT DROP AS "+ofPerson+" WITH NO DATA"); err != nil {
		return err
	}
	if _, err := s.PgConn().CopyFrom(ctx, io.MultiReader(bytes.NewReader(f.access), bytes.NewReader(f.others)), "COPY pg_temp.cofre_access FROM STDIN"); err != nil {
		return err
	}
	if len(f.others) > 0 {
		if err := s.accessToOthers(ctx); err != nil {
			return err
		}
	}
	if err := s.recallAccess(ctx); err != nil {
		return err
	}
	return s.publish(ctx, f.published)
}

// accessToOthers leaves alone what the connecting role has no say over.
func (s *session) accessToOthers(ctx context.Context) error {
	statements, err := s.text(ctx, strings.ReplaceAll(recallGrants, ofPerson, notOfPerson))
	if err != nil {
		return err
	}
	for _, sql := range statements {
		err := s.script(ctx, "SAVEPOINT cofre; "+sql+"; RELEASE cofre")
		if state(err) == "42501" {
			err = s.script(ctx, "ROLLBACK TO SAVEPOINT cofre; RELEASE SAVEPOINT cofre")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// notOfPerson are the objects of the system and of extensions.
const notOfPerson = `
SELECT o.* FROM (` + objects + `) o JOIN pg_catalog.pg_namespace home ON home.oid = o.home
WHERE home.nspname !~ '^pg_(toast|temp)' AND (home.nspname ~ '^pg_' OR home.nspname = 'information_schema' OR ` + ofExtension + `)`

// changed keeps of them those whose grants are not the ones that they were born with.
const changed = `
	AND o.acl IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_init_privs i
		WHERE i.classoid = o.classid AND i.objoid = o.objid AND (i.objsubid = 0) = (o.col = '') AND i.initprivs = o.acl)`
