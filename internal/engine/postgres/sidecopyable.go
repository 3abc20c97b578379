package postgres

import "context"

// copyable looks for what the connecting role could not make again just as it is, when
// the database is copied. A superuser can make everything.
func (p *planning) copyable(ctx context.Context) error {
	if p.super {
		return nil
	}
	if err := p.found(ctx, "postgres.side_not_ours", "roles", notOurs); err != nil || len(p.checks) > 0 {
		return err
	}
	schemas := ""
	if p.version.major >= 15 {
		schemas = " OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace s WHERE s.pnpubid = x.oid)"
	}
	return p.found(ctx, "postgres.side_superuser", "definitions", ofSuperusers+schemas+`)
	) f (class, id) WHERE id >= 16384 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = f.class AND e.objid = f.id AND e.deptype IN ('e', 'i')) ORDER BY 1 LIMIT 5`)
}

// notOurs are the owners of objects that the connecting role can't act for.
const notOurs = `
SELECT DISTINCT o.owner::regrole::text FROM (` + ofPerson + `) o
WHERE o.own AND (o.alters, o.name) <> ('SCHEMA', 'public') AND NOT pg_catalog.pg_has_role(session_user, o.owner, 'USAGE')
UNION
SELECT d.refobjid::regrole::text FROM pg_catalog.pg_shdepend d
WHERE d.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AND d.deptype = 'o'
	AND d.refclassid = 'pg_catalog.pg_authid'::regclass AND NOT pg_catalog.pg_has_role(session_user, d.refobjid, 'USAGE')
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
ORDER BY 1`

// ofSuperusers are definitions that only a superuser may make, whoever owns them; and
// the users of other servers, whose passwords only a superuser sees. It ends within
// the condition on publications.
const ofSuperusers = `
SELECT pg_catalog.pg_describe_object(class, id, 0) FROM (
	SELECT 'pg_catalog.pg_event_trigger'::regclass::oid, oid FROM pg_catalog.pg_event_trigger
	UNION ALL SELECT 'pg_catalog.pg_foreign_data_wrapper'::regclass, oid FROM pg_catalog.pg_foreign_data_wrapper
	UNION ALL SELECT 'pg_catalog.pg_user_mapping'::regclass, umid FROM pg_catalog.pg_user_mappings
	UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, p.oid FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
		WHERE p.proleakproof OR NOT l.lanpltrusted AND p.prokind <> 'a'
	UNION ALL SELECT 'pg_catalog.pg_language'::regclass, oid FROM pg_catalog.pg_language
	UNION ALL SELECT 'pg_catalog.pg_type'::regclass, oid FROM pg_catalog.pg_type WHERE typtype = 'b' AND typinput <> 'pg_catalog.array_in'::regproc
	UNION ALL SELECT 'pg_catalog.pg_opclass'::regclass, oid FROM pg_catalog.pg_opclass
	UNION ALL SELECT 'pg_catalog.pg_opfamily'::regclass, oid FROM pg_catalog.pg_opfamily
	UNION ALL SELECT 'pg_catalog.pg_am'::regclass, oid FROM pg_catalog.pg_am
	UNION ALL SELECT 'pg_catalog.pg_transform'::regclass, oid FROM pg_catalog.pg_transform
	UNION ALL SELECT 'pg_catalog.pg_ts_parser'::regclass, oid FROM pg_catalog.pg_ts_parser
	UNION ALL SELECT 'pg_catalog.pg_ts_template'::regclass, oid FROM pg_catalog.pg_ts_template
	UNION ALL SELECT 'pg_catalog.pg_cast'::regclass, oid FROM pg_catalog.pg_cast WHERE castmethod = 'b'
	UNION ALL SELECT 'pg_catalog.pg_publication'::regclass, oid FROM pg_catalog.pg_publication x WHERE (x.puballtables`
