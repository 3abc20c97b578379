package target

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Aside is what was taken away from the tables so that they can be loaded
// quickly, and how to make it again. All of it happens in the caller's
// transaction: where that does not commit, nothing was ever taken away.
type Aside struct {
	indexes  []Piece // and primary and unique keys
	keys     []Piece // foreign ones
	triggers []string
	views    []string // materialized ones that were filled
}

// Piece is an index, or a key, with the statements that make it.
type Piece struct {
	Name string
	SQL  []string
}

// Make makes it.
func (p Piece) Make(ctx context.Context, conn *pgx.Conn) error {
	for _, sql := range p.SQL {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("make %s: %w", p.Name, err)
		}
	}
	return nil
}

// worthwhile is the number of rows from which making an index after the load is
// faster than keeping it up to date during it.
const worthwhile = 20_000

// SetAside disables the triggers of the given tables, drops their foreign keys
// and, where many rows are expected, the indexes and keys that can be made again
// exactly as they are, and empties the tables.
func SetAside(ctx context.Context, conn *pgx.Conn, tables []*Table, expected func(*Table) int64) (*Aside, error) {
	a := &Aside{}
	if len(tables) == 0 {
		return a, nil
	}
	var all, many []uint32
	var names []string
	for _, t := range tables {
		all, names = append(all, t.OID), append(names, t.SQL())
		if expected(t) >= worthwhile {
			many = append(many, t.OID)
		}
	}
	for _, step := range []func() error{
		func() error { return a.disableTriggers(ctx, conn, all) },
		func() error { return a.dropForeignKeys(ctx, conn, all) },
		func() error { _, err := conn.Exec(ctx, "TRUNCATE "+strings.Join(names, ", ")); return err },
		func() error { return a.dropIndexes(ctx, conn, many) },
		func() error { return a.noteViews(ctx, conn) },
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("set the tables' keys and indexes aside: %w", err)
		}
	}
	return a, nil
}

func (a *Aside) disableTriggers(ctx context.Context, conn *pgx.Conn, tables []uint32) error {
	rows, err := conn.Query(ctx, `SELECT n.nspname, c.relname, g.tgname, g.tgenabled::text
		FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE g.tgrelid = ANY($1) AND NOT g.tgisinternal AND g.tgenabled <> 'D' ORDER BY c.oid, g.tgname`, tables)
	if err != nil {
		return err
	}
	modes := map[string]string{"O": "ENABLE TRIGGER ", "R": "ENABLE REPLICA TRIGGER ", "A": "ENABLE ALWAYS TRIGGER "}
	var disable []string
	var schema, table, name, enabled string
	_, err = pgx.ForEachRow(rows, []any{&schema, &table, &name, &enabled}, func() error {
		alter := "ALTER TABLE " + pgx.Identifier{schema, table}.Sanitize() + " "
		trigger := pgx.Identifier{name}.Sanitize()
		disable = append(disable, alter+"DISABLE TRIGGER "+trigger)
		a.triggers = append(a.triggers, alter+modes[enabled]+trigger)
		return nil
	})
	if err != nil {
		return err
	}
	return run(ctx, conn, disable)
}

func (a *Aside) dropForeignKeys(ctx context.Context, conn *pgx.Conn, tables []uint32) error {
	rows, err := conn.Query(ctx, `SELECT f.conname, n.nspname, c.relname, pg_get_constraintdef(f.oid), coalesce(obj_description(f.oid, 'pg_constraint'), '')
		FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE f.contype = 'f' AND f.conparentid = 0 AND (f.conrelid = ANY($1) OR f.confrelid = ANY($1)) ORDER BY c.oid, f.conname`, tables)
	if err != nil {
		return err
	}
	var drop []string
	var name, schema, table, definition, comment string
	_, err = pgx.ForEachRow(rows, []any{&name, &schema, &table, &definition, &comment}, func() error {
		owner, quoted := pgx.Identifier{schema, table}.Sanitize(), pgx.Identifier{name}.Sanitize()
		drop = append(drop, "ALTER TABLE "+owner+" DROP CONSTRAINT "+quoted)
		p := Piece{Name: name, SQL: []string{"ALTER TABLE " + owner + " ADD CONSTRAINT " + quoted + " " + definition}}
		if comment != "" {
			p.SQL = append(p.SQL, "COMMENT ON CONSTRAINT "+quoted+" ON "+owner+" IS "+literal(comment))
		}
		a.keys = append(a.keys, p)
		return nil
	})
	if err != nil {
		return err
	}
	return run(ctx, conn, drop)
}

// dropIndexes takes only indexes, and primary and unique keys, that can be made
// again from their definition alone: none that a replica identity, CLUSTER, a view
// or any other object relies on, none with storage options, a tablespace or
// statistics targets of its own where the definition would not say so. The others
// stay and are kept up to date during the load.
func (a *Aside) dropIndexes(ctx context.Context, conn *pgx.Conn, tables []uint32) error {
	rows, err := conn.Query(ctx, `SELECT x.relname, n.nspname, c.relname, pg_get_indexdef(i.indexrelid), coalesce(obj_description(i.indexrelid, 'pg_class'), ''),
			coalesce(pg_get_constraintdef(k.oid), ''), coalesce(obj_description(k.oid, 'pg_constraint'), '')
		FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = x.relnamespace
		LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
		WHERE i.indrelid = ANY($1) AND c.relkind = 'r' AND x.relowner = c.relowner AND x.reltablespace = 0
			AND i.indisvalid AND i.indislive AND NOT i.indisreplident AND NOT i.indisclustered
			AND (k.oid IS NULL OR k.contype <> 'x' AND k.conname = x.relname AND x.reloptions IS NULL AND k.conislocal AND k.coninhcount = 0)
			AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid OR h.inhparent = c.oid)
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indexrelid)
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_constraint'::regclass AND d.refobjid = k.oid AND (d.classid, d.objid) <> ('pg_class'::regclass, i.indexrelid))
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.deptype IN ('e', 'x'))
			AND NOT EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = i.indexrelid AND coalesce(s.attstattarget, -1) >= 0)
		ORDER BY c.oid, k.oid IS NULL, x.relname`, tables)
	if err != nil {
		return err
	}
	var drop []string
	var own, create, schema, table, comment, constraint, constraintComment string
	_, err = pgx.ForEachRow(rows, []any{&own, &schema, &table, &create, &comment, &constraint, &constraintComment}, func() error {
		index, name := pgx.Identifier{schema, own}.Sanitize(), pgx.Identifier{own}.Sanitize()
		one := Piece{Name: own, SQL: []string{create}}
		if constraint == "" {
			drop = append(drop, "DROP INDEX "+index)
		} else {
			alter := "ALTER TABLE " + pgx.Identifier{schema, table}.Sanitize()
			drop = append(drop, alter+" DROP CONSTRAINT "+name)
			one.SQL[0] = alter + " ADD CONSTRAINT " + name + " " + constraint
		}
		if comment != "" {
			one.SQL = append(one.SQL, "COMMENT ON INDEX "+index+" IS "+literal(comment))
		}
		if constraintComment != "" {
			one.SQL = append(one.SQL, "COMMENT ON CONSTRAINT "+name+" ON "+pgx.Identifier{schema, table}.Sanitize()+" IS "+literal(constraintComment))
		}
		a.indexes = append(a.indexes, one)
		return nil
	})
	if err != nil {
		return err
	}
	return run(ctx, conn, drop)
}

// noteViews finds the materialized views, which hold what the tables held.
func (a *Aside) noteViews(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'm' AND c.relispopulated AND n.nspname NOT IN ('pg_catalog', 'information_schema')
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY c.oid`)
	if err != nil {
		return err
	}
	var schema, name string
	_, err = pgx.ForEachRow(rows, []any{&schema, &name}, func() error {
		a.views = append(a.views, "REFRESH MATERIALIZED VIEW "+pgx.Identifier{schema, name}.Sanitize())
		return nil
	})
	return err
}

// Indexes are the indexes that are to be made again, in any order.
func (a *Aside) Indexes() []Piece { return a.indexes }

// PutKeys makes the foreign keys again, which checks every row against them,
// and then brings back triggers and materialized views.
func (a *Aside) PutKeys(ctx context.Context, conn *pgx.Conn, item func(string)) error {
	for _, p := range a.keys {
		item(p.Name)
		if err := p.Make(ctx, conn); err != nil {
			return err
		}
	}
	return run(ctx, conn, slices.Concat(a.triggers, a.views))
}

func run(ctx context.Context, conn *pgx.Conn, statements []string) error {
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// literal makes an SQL string of s, whatever standard_conforming_strings says.
func literal(s string) string {
	quoted := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		return "E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}
