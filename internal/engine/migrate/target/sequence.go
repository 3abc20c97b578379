package target

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// Sequence is a sequence that gives the keys of a column.
type Sequence struct {
	Name   string // schema.name
	Table  *Table
	Column string
	sql    string
	start  int64
	step   int64
	least  int64
	most   int64
}

// Sequences finds the sequences behind the tables' columns: those of identity
// columns, those that a column owns, those that a default asks, and those that
// nothing but their name, table_column_seq, ties to a column.
func Sequences(ctx context.Context, conn *pgx.Conn, tables []*Table) ([]Sequence, error) {
	byOID := map[uint32]*Table{}
	var all []uint32
	for _, t := range tables {
		byOID[t.OID] = t
		all = append(all, t.OID)
	}
	rows, err := conn.Query(ctx, `WITH tied AS (
			SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number FROM pg_depend d
			WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
		UNION
			SELECT d.refobjid, f.adrelid, f.adnum FROM pg_attrdef f
			JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass
		UNION
			SELECT s.oid, c.oid, a.attnum FROM pg_class s JOIN pg_class c ON c.relnamespace = s.relnamespace AND c.oid = ANY($1)
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
				AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) AND s.relname = c.relname || '_' || a.attname || '_seq'
			WHERE s.relkind = 'S')
		SELECT DISTINCT t.relation, a.attname, n.nspname, s.relname, q.seqstart, q.seqincrement, q.seqmin, q.seqmax
		FROM tied t JOIN pg_sequence q ON q.seqrelid = t.sequence JOIN pg_class s ON s.oid = t.sequence JOIN pg_namespace n ON n.oid = s.relnamespace
		JOIN pg_attribute a ON a.attrelid = t.relation AND a.attnum = t.number
		WHERE t.relation = ANY($1) AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
		ORDER BY n.nspname, s.relname`, all)
	if err != nil {
		return nil, fmt.Errorf("read the sequences: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Sequence, err error) {
		var table uint32
		var schema, name string
		err = row.Scan(&table, &s.Column, &schema, &name, &s.start, &s.step, &s.least, &s.most)
		s.Table, s.Name, s.sql = byOID[table], schema+"."+name, pgx.Identifier{schema, name}.Sanitize()
		return s, err
	})
}

// Continue lets the sequences go on behind the largest key that is in their
// columns, or was ever given there (used says so, 0 for unknown). An empty table
// begins at the sequence's start. It is undone with the transaction, unlike
// setval. It returns the next key of each sequence by its name.
func Continue(ctx context.Context, conn *pgx.Conn, sequences []Sequence, used func(t *Table, column string) int64) (map[string]int64, error) {
	next := map[string]int64{}
	for _, s := range sequences {
		edge, then := "max", s.start
		if s.step < 0 {
			edge = "min"
		}
		var last *int64
		column := pgx.Identifier{s.Column}.Sanitize()
		if err := conn.QueryRow(ctx, "SELECT "+edge+"("+column+")::bigint FROM "+s.Table.SQL()).Scan(&last); err != nil {
			return nil, fmt.Errorf("read the largest key of %s: %w", s.Table.Qualified(), err)
		}
		if u := used(s.Table, s.Column); s.step > 0 && u > 0 && (last == nil || u > *last) {
			last = &u
		}
		if last != nil {
			then = s.after(*last)
		}
		if already, ok := next[s.Name]; ok && (s.step > 0) == (already > then) { // one sequence, several columns
			then = already
		}
		next[s.Name] = then
	}
	for _, s := range sequences {
		if _, err := conn.Exec(ctx, "ALTER SEQUENCE "+s.sql+" RESTART WITH "+strconv.FormatInt(next[s.Name], 10)); err != nil {
			return nil, fmt.Errorf("continue sequence %s: %w", s.Name, err)
		}
	}
	return next, nil
}

// after is the key behind last, never before the start. A sequence that is used
// up stays at its end, and the next INSERT says so.
func (s *Sequence) after(last int64) int64 {
	if s.step < 0 {
		if last < s.least-s.step {
			return s.least
		}
		return min(s.start, last+s.step)
	}
	if last > s.most-s.step {
		return s.most
	}
	return max(s.start, last+s.step)
}
