package postgres

import (
	"context"
	"slices"
)

// likeness describes all that a database has of its own but rows, a sorted line for
// each: objects with their owners and grants, columns, and whatever a switch says. The
// texts of expressions are not in it, since the server writes one that was read again
// in other words; neither is the schema public, which every database has.
func (s *session) likeness(ctx context.Context) ([]string, error) {
	var lines []string
	for _, sql := range []string{likeObjects, likeAccess, likeRelations, likeColumns, likeRules, likeRemarks} {
		more, err := s.text(ctx, sql)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	slices.Sort(lines)
	return lines, nil
}

// likeObjects names everything, be it an operator or a policy, but what extensions bring.
const likeObjects = `
SELECT DISTINCT i.type || ' ' || i.identity FROM pg_catalog.pg_depend d, LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) i
WHERE d.objid >= 16384 AND i.identity !~ '(^|[ "])pg_(toast|temp)' AND (i.type, i.identity) <> ('schema', 'public')
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE d.classid = 'pg_catalog.pg_trigger'::regclass AND g.oid = d.objid AND g.tgisinternal)`

const likeAccess = `
WITH mine AS MATERIALIZED (SELECT * FROM (` + ofPerson + `) o WHERE (o.alters, o.name) <> ('SCHEMA', 'public'))
SELECT pg_catalog.concat_ws(' ', 'owner', alters, name, owner::regrole) FROM mine WHERE own
UNION ALL
SELECT DISTINCT pg_catalog.concat_ws(' ', 'grant', grants, name, col, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, a.privilege_type, a.is_grantable)
FROM mine, LATERAL pg_catalog.aclexplode(coalesce(acl, pg_catalog.acldefault(letter, owner))) a`

// here restricts a class c and its namespace n to the person's.
const here = ` c.relkind <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')`

const likeRelations = `
SELECT pg_catalog.concat_ws(' ', 'relation', c.oid::regclass, c.relkind, c.relpersistence, c.relreplident, c.relrowsecurity, c.relforcerowsecurity, c.relispartition, c.relispopulated,
	(SELECT pg_catalog.string_agg(o, ' ' ORDER BY o) FROM pg_catalog.unnest(c.reloptions) o), (SELECT amname FROM pg_catalog.pg_am WHERE oid = c.relam),
	(SELECT spcname FROM pg_catalog.pg_tablespace WHERE oid = c.reltablespace),
	(SELECT pg_catalog.concat_ws(' ', 'index', i.indisunique, i.indisprimary, i.indisclustered, i.indisreplident, i.indnkeyatts, i.indnatts) FROM pg_catalog.pg_index i WHERE i.indexrelid = c.oid))
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE` + here

const likeColumns = `
SELECT pg_catalog.concat_ws(' ', 'column', c.oid::regclass, pg_catalog.row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum), a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
	a.attnotnull, a.atthasdef, a.attidentity, a.attgenerated, a.attstorage, coalesce(a.attstattarget, -1), (SELECT collname FROM pg_catalog.pg_collation WHERE oid = a.attcollation))
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND` + here

// likeRules are constraints, triggers, sequences and labels of enumerations.
const likeRules = `
SELECT pg_catalog.concat_ws(' ', 'constraint', c.oid::regclass, k.conname, k.contype, k.convalidated, k.condeferrable, k.condeferred, k.confupdtype, k.confdeltype, k.confmatchtype)
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE` + here + `
UNION ALL
SELECT pg_catalog.concat_ws(' ', 'trigger', c.oid::regclass, g.tgname, g.tgenabled)
FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT g.tgisinternal AND` + here + `
UNION ALL
SELECT pg_catalog.concat_ws(' ', 'sequence', c.oid::regclass, q.seqtypid::regtype, q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle)
FROM pg_catalog.pg_sequence q JOIN pg_catalog.pg_class c ON c.oid = q.seqrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE` + here + `
UNION ALL
SELECT pg_catalog.concat_ws(' ', 'label', l.enumtypid::regtype, pg_catalog.row_number() OVER (PARTITION BY l.enumtypid ORDER BY l.enumsortorder), l.enumlabel) FROM pg_catalog.pg_enum l WHERE l.oid >= 16384`

const likeRemarks = `
SELECT pg_catalog.concat_ws(' ', 'comment', i.type, i.identity, d.objsubid, d.description) FROM pg_catalog.pg_description d, LATERAL pg_catalog.pg_identify_object(d.classoid, d.objoid, 0) i
WHERE d.objoid >= 16384 AND i.identity !~ '(^|[ "])pg_(toast|temp)'
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')`
