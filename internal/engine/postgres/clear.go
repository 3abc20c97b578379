package postgres

import (
	"context"
	"strings"
)

// clear drops every object that a dump would hold, in the running transaction:
// the content of all schemas, and what lives outside of schemas (event triggers are
// clearEvents'). Schemas stay,
// empty, with their owners and grants; dropSchemas removes those that the backup
// did not bring back. What belongs to an extension stays, and so do subscriptions,
// which are the server's business.
//
// Objects are asked for with the catalogue's own names for them, so that no kind
// is forgotten; each DROP says IF EXISTS, since one may take another with it.
func (s *session) clear(ctx context.Context) error {
	drops, err := s.text(ctx, outsideSchemas)
	if err != nil {
		return err
	}
	inside, err := s.text(ctx, insideSchemas)
	if err != nil {
		return err
	}
	drops = append(drops, inside...)
	drops = append(drops, "SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata")
	return s.script(ctx, strings.Join(drops, ";\n"))
}

// ofOther is true for an object that is a part of another one, which takes it
// along. A partitioned table is noted as a part of its own columns.
const ofOther = `EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = o.classid AND e.objid = o.objid AND e.deptype IN ('e', 'i')
	AND (e.refclassid, e.refobjid) <> (e.classid, e.objid))`

// ofExtension is true for an object that came with an extension.
const ofExtension = `EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = o.classid AND e.objid = o.objid AND e.deptype = 'e')`

// clearEvents drops the event triggers, which would fire for all that a restore does:
// one may refuse it.
func (s *session) clearEvents(ctx context.Context) error {
	drops, err := s.text(ctx, `SELECT pg_catalog.format('DROP EVENT TRIGGER IF EXISTS %I CASCADE', evtname) FROM pg_catalog.pg_event_trigger o
		WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_event_trigger'::regclass AND e.objid = o.oid AND e.deptype IN ('e', 'i')) ORDER BY evtname`)
	if err != nil {
		return err
	}
	return s.script(ctx, strings.Join(drops, ";\n"))
}

// outsideSchemas drops what belongs to the database as a whole.
const outsideSchemas = `
SELECT pg_catalog.format('DROP %s IF EXISTS %s CASCADE', o.what, i.identity)
FROM (
	SELECT 2 AS place, 'PUBLICATION' AS what, 'pg_catalog.pg_publication'::regclass::oid AS classid, oid AS objid FROM pg_catalog.pg_publication
	UNION ALL SELECT 3, 'CAST', 'pg_catalog.pg_cast'::regclass, oid FROM pg_catalog.pg_cast
	UNION ALL SELECT 4, 'TRANSFORM', 'pg_catalog.pg_transform'::regclass, oid FROM pg_catalog.pg_transform
	UNION ALL SELECT 5, 'SERVER', 'pg_catalog.pg_foreign_server'::regclass, oid FROM pg_catalog.pg_foreign_server
	UNION ALL SELECT 6, 'FOREIGN DATA WRAPPER', 'pg_catalog.pg_foreign_data_wrapper'::regclass, oid FROM pg_catalog.pg_foreign_data_wrapper
	UNION ALL SELECT 7, 'ACCESS METHOD', 'pg_catalog.pg_am'::regclass, oid FROM pg_catalog.pg_am
	UNION ALL SELECT 8, 'LANGUAGE', 'pg_catalog.pg_language'::regclass, oid FROM pg_catalog.pg_language
) o, LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, 0) i
WHERE o.objid >= 16384 AND NOT ` + ofOther + `
ORDER BY o.place, i.identity`

// insideSchemas drops what depends on a schema of the person. Tables go first:
// they take their sequences, row types and indexes along, which can't be dropped alone.
const insideSchemas = `
SELECT pg_catalog.format('DROP %s IF EXISTS %s CASCADE',
	CASE WHEN o.classid = 'pg_catalog.pg_proc'::regclass THEN 'ROUTINE'
		WHEN o.classid = 'pg_catalog.pg_type'::regclass THEN 'TYPE'
		WHEN o.classid = 'pg_catalog.pg_statistic_ext'::regclass THEN 'STATISTICS'
		ELSE pg_catalog.upper(i.type) END, i.identity)
FROM pg_catalog.pg_depend o
JOIN pg_catalog.pg_namespace n ON n.oid = o.refobjid, LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, 0) i
WHERE o.refclassid = 'pg_catalog.pg_namespace'::regclass AND o.deptype = 'n' AND o.objsubid = 0
	AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND o.classid <> 'pg_catalog.pg_extension'::regclass
	AND NOT ` + ofOther + `
ORDER BY o.classid <> 'pg_catalog.pg_class'::regclass, i.type <> 'table', i.type = 'sequence', i.identity`

// dropSchemas removes the person's schemas but for the kept ones and those that
// an extension lives in.
func (s *session) dropSchemas(ctx context.Context, kept map[string]bool) error {
	names, err := s.text(ctx, `SELECT nspname::text FROM pg_catalog.pg_namespace n
		WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND NOT EXISTS (
			SELECT FROM pg_catalog.pg_depend d
			WHERE d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'
				OR d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.refobjid = n.oid AND d.deptype = 'n')`)
	if err != nil {
		return err
	}
	for _, name := range names {
		if kept[name] {
			continue
		}
		if err := s.script(ctx, "DROP SCHEMA "+quote(name)); err != nil {
			return err
		}
	}
	return nil
}
