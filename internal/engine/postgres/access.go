package postgres

import (
	"context"
	"strings"
)

// Who may do what in a database is not a part of its content: a restore leaves it
// as it is. Dropping an object loses its owner and its grants, so they are noted
// before and given back after, for each object that is there again. An object
// that was not there belongs to the role that objects here belong to (owner), and
// has the default privileges of that role.

// objects are what owners and grants are kept for: how ALTER and GRANT name them,
// whose they are, who may use them. Letter is acldefault's: what NULL in an ACL
// column means. A sequence of a column follows its table. Grants on servers,
// languages and large objects, which applications do not live by, are not kept.
const objects = `
SELECT 'SCHEMA' AS alters, 'SCHEMA' AS grants, n.oid::regnamespace::text AS name, '' AS col, n.nspowner AS owner, n.nspacl AS acl, 'n'::"char" AS letter,
	true AS own, n.oid AS home, 'pg_catalog.pg_namespace'::regclass::oid AS classid, n.oid AS objid
FROM pg_catalog.pg_namespace n
UNION ALL
SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END,
	CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass::text, '', c.relowner, c.relacl, (CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char",
	c.relkind <> 'S' OR NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
		WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.refclassid = d.classid AND d.deptype IN ('a', 'i')),
	c.relnamespace, 'pg_catalog.pg_class'::regclass, c.oid
FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
UNION ALL
SELECT 'TABLE', 'TABLE', c.oid::regclass::text, pg_catalog.quote_ident(a.attname), c.relowner, a.attacl, 'c', false, c.relnamespace, 'pg_catalog.pg_class'::regclass, c.oid
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT 'ROUTINE', 'ROUTINE', p.oid::regprocedure::text, '', p.proowner, p.proacl, 'f', true, p.pronamespace, 'pg_catalog.pg_proc'::regclass, p.oid
FROM pg_catalog.pg_proc p
UNION ALL
SELECT 'TYPE', 'TYPE', t.oid::regtype::text, '', t.typowner, t.typacl, 'T', true, t.typnamespace, 'pg_catalog.pg_type'::regclass, t.oid
FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
WHERE t.typtype IN ('b', 'c', 'd', 'e', 'r') AND coalesce(c.relkind, 'c') = 'c'
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)`

// ofPerson keeps what is in the person's schemas and came with no extension.
const ofPerson = `
SELECT o.* FROM (` + objects + `) o JOIN pg_catalog.pg_namespace home ON home.oid = o.home
WHERE home.nspname !~ '^pg_' AND home.nspname <> 'information_schema' AND NOT ` + ofExtension

// rememberAccess notes owners and grants, until the transaction ends.
func (s *session) rememberAccess(ctx context.Context) error {
	return s.script(ctx, "CREATE TEMP TABLE cofre_access ON COMMIT DROP AS "+ofPerson)
}

// recallAccess gives objects their owners and grants back. It runs as the
// connecting role. An owner that the connecting role can't act for is left out:
// the object stays with the role that made it, as the preflight said.
func (s *session) recallAccess(ctx context.Context) error {
	for _, recall := range []string{recallOwners, recallGrants} {
		statements, err := s.text(ctx, recall)
		if err != nil {
			return err
		}
		if err := s.script(ctx, strings.Join(statements, ";\n")); err != nil {
			return err
		}
	}
	return s.script(ctx, "DROP TABLE pg_temp.cofre_access")
}

const recallOwners = `
SELECT pg_catalog.format('ALTER %s %s OWNER TO %s', b.alters, b.name, b.owner::regrole)
FROM pg_temp.cofre_access b JOIN (` + ofPerson + `) n USING (alters, name, col)
WHERE b.own AND n.own AND b.owner <> n.owner
	AND pg_catalog.pg_has_role(session_user, b.owner, 'MEMBER')
ORDER BY b.alters <> 'SCHEMA', b.name`

// recallGrants takes away what is granted now and was not before, then grants
// what is missing. Of an object that changed hands the new owner has what the old
// one had; the old one, an application perhaps, is granted it.
const recallGrants = `
WITH both_times AS (
	SELECT b.grants, b.name, b.col, b.owner AS then_owner, n.owner AS now_owner,
		coalesce(b.acl, pg_catalog.acldefault(b.letter, b.owner)) AS then_acl, coalesce(n.acl, pg_catalog.acldefault(n.letter, n.owner)) AS now_acl
	FROM pg_temp.cofre_access b JOIN (` + ofPerson + `) n USING (alters, name, col)
), wanted AS (
	SELECT grants, name, col, g.grantee, a.privilege_type AS privilege, a.is_grantable AS option
	FROM both_times, LATERAL pg_catalog.aclexplode(then_acl) a,
		LATERAL (SELECT a.grantee UNION SELECT now_owner WHERE a.grantee = then_owner) g
), granted AS (
	SELECT grants, name, col, a.grantee, a.privilege_type AS privilege, a.is_grantable AS option
	FROM both_times, LATERAL pg_catalog.aclexplode(now_acl) a
), changes AS (
	SELECT 1 AS place, 'REVOKE %s ON %s %s FROM %s CASCADE' AS form, x.* FROM (SELECT * FROM granted EXCEPT SELECT * FROM wanted) x
	UNION ALL
	SELECT 2, 'GRANT %s ON %s %s TO %s' || CASE WHEN x.option THEN ' WITH GRANT OPTION' ELSE '' END, x.* FROM (SELECT * FROM wanted EXCEPT SELECT * FROM granted) x
)
SELECT pg_catalog.format(form, pg_catalog.string_agg(privilege || CASE WHEN col = '' THEN '' ELSE ' (' || col || ')' END, ', ' ORDER BY privilege),
	grants, name, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
FROM changes GROUP BY place, form, grants, name, col, grantee, option ORDER BY place, name`

// owner is the role that most tables here belong to, else the owner of the
// database: the application's role, most likely. It is "" where that is the
// connecting role, or where the connecting role can't act for it.
func (s *session) owner(ctx context.Context) (string, error) {
	act := "MEMBER"
	if s.version.major >= 16 {
		act = "SET"
	}
	names, err := s.text(ctx, `
		SELECT r.rolname::text FROM pg_catalog.pg_roles r JOIN (
			SELECT o.owner, 1 AS place, pg_catalog.count(*) AS tables FROM (`+ofPerson+`) o WHERE o.alters = 'TABLE' AND o.own GROUP BY o.owner
			UNION ALL SELECT datdba, 2, 0 FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
		) candidate ON candidate.owner = r.oid
		WHERE pg_catalog.pg_has_role(session_user, r.oid, $1)
		ORDER BY candidate.place, candidate.tables DESC, r.rolname LIMIT 1`, act)
	if err != nil || len(names) == 0 {
		return "", err
	}
	var connecting string
	if err := s.QueryRow(ctx, "SELECT session_user::text").Scan(&connecting); err != nil || connecting == names[0] {
		return "", err
	}
	return names[0], nil
}
