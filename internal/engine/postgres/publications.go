package postgres

import (
	"context"
	"slices"
)

// A publication says which rows others may subscribe to. It is a part of a backup,
// and comes back as it is there. One that the backup does not know would be gone, and
// whoever subscribes to it cut off without a word: it stays, for those of its tables
// that are there again.

// publication is one of the live database, as the statements that make it: the first
// makes it, each of the others adds something that may not be there any more.
type publication struct {
	name       string
	statements []string
}

// publications notes those of this database.
func (s *session) publications(ctx context.Context) ([]publication, error) {
	options, filter, columns, schemas := "", "''", "''", ""
	if s.version.major >= 13 {
		options = ` || pg_catalog.format(', publish_via_partition_root = %s', p.pubviaroot::text)`
	}
	if s.version.major >= 18 {
		options += ` || CASE p.pubgencols WHEN 's' THEN ', publish_generated_columns = stored' ELSE '' END`
	}
	if s.version.major >= 15 {
		filter = `coalesce(' WHERE (' || pg_catalog.pg_get_expr(r.prqual, r.prrelid) || ')', '')`
		columns = `coalesce(' (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
			WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)) || ')', '')`
		schemas = `UNION ALL SELECT n.pnpubid, 3, pg_catalog.format('ALTER PUBLICATION %I ADD TABLES IN SCHEMA %I', p.pubname, s.nspname)
			FROM pg_catalog.pg_publication_namespace n JOIN pg_catalog.pg_publication p ON p.oid = n.pnpubid JOIN pg_catalog.pg_namespace s ON s.oid = n.pnnspid`
	}
	rows, err := s.Query(ctx, `
		SELECT p.pubname::text, pg_catalog.array_agg(m.statement ORDER BY m.place, m.statement) FROM pg_catalog.pg_publication p JOIN (
			SELECT p.oid, 1, pg_catalog.format('CREATE PUBLICATION %I%s WITH (publish = %L', p.pubname, CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE '' END,
				pg_catalog.concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END))`+options+` || ')'
			FROM pg_catalog.pg_publication p
			UNION ALL SELECT r.prpubid, 2, pg_catalog.format('ALTER PUBLICATION %I ADD TABLE ONLY %s', p.pubname, r.prrelid::regclass) || `+columns+` || `+filter+`
			FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
			`+schemas+`
			UNION ALL SELECT p.oid, 4, pg_catalog.format('ALTER PUBLICATION %I OWNER TO %s', p.pubname, p.pubowner::regrole) FROM pg_catalog.pg_publication p
		) m (whose, place, statement) ON m.whose = p.oid GROUP BY p.pubname ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []publication
	for rows.Next() {
		var p publication
		if err := rows.Scan(&p.name, &p.statements); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// notThere are the states of a right, a role, a schema, a table or a column that is
// missing, and of a table that a publication can't have any more.
var notThere = []string{"42501", "42704", "3F000", "42P01", "42703", "22023", "42P10", "0A000"}

// publish makes those that are not there, in the running transaction, as the
// connecting role. What it may not make, and what names a table, a column or a role
// that is not there, is left out.
func (s *session) publish(ctx context.Context, list []publication) error {
	there, err := s.text(ctx, "SELECT pubname::text FROM pg_catalog.pg_publication")
	if err != nil {
		return err
	}
	for _, p := range list {
		if slices.Contains(there, p.name) {
			continue
		}
		for i, statement := range p.statements {
			err := s.script(ctx, "SAVEPOINT cofre; "+statement+"; RELEASE cofre")
			if err == nil {
				continue
			}
			if !slices.Contains(notThere, state(err)) || ctx.Err() != nil {
				return err
			}
			if err := s.script(ctx, "ROLLBACK TO SAVEPOINT cofre; RELEASE SAVEPOINT cofre"); err != nil {
				return err
			}
			if i == 0 {
				break
			}
		}
	}
	return nil
}
