// Package target knows the PostgreSQL side of a migration: what tables are
// there and how they are made, how to set aside all that slows a load down and
// to put it back exactly as it was, and how to continue its sequences.
package target

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"cofre/internal/engine/migrate/convert"
)

// Schema is what a database holds of the application's.
type Schema struct {
	Version   int      // server_version_num
	Encoding  string   // of the server
	Current   string   // where a new table goes: the first schema of the search path; "" for none
	MayCreate bool     // the connected role may make tables there
	Path      []string // the search path
	Tables    []*Table // by name
}

// Table is a table of the application.
type Table struct {
	OID         uint32
	Schema      string
	Name        string
	Partitioned bool
	Owned       bool // the connected role may alter it
	Hidden      bool // row-level security would hide rows from the connected role
	Columns     []*Column
	Keys        []Key
	ForeignKeys []*ForeignKey
	Rules       []string // names of what only the server can check: CHECKs, of domains too, exclusions, unique keys over expressions or some rows
}

// Column of a table.
type Column struct {
	Name      string
	Number    int16
	Type      convert.Type
	NotNull   bool
	Default   string // an expression, "" for none; identity columns have none
	Identity  bool
	Generated bool
	Serial    bool // the default takes the next value of a sequence
}

// Key is a unique key over plain columns, all of them and all rows.
type Key struct {
	Name    string
	Primary bool
	Columns []int // positions in Columns
	// Exact says that the server takes two values for equal only where their
	// binary forms are: not so for citext and for collations that ignore case.
	Exact      bool
	NullsEqual bool // NULLS NOT DISTINCT
}

// ForeignKey of a table.
type ForeignKey struct {
	OID       uint32
	Name      string
	Columns   []int
	Parent    *Table
	To        []int // positions in Parent.Columns
	Validated bool
	Full      bool // MATCH FULL
}

// Qualified is the table's name as Cofre writes it everywhere: schema.table.
func (t *Table) Qualified() string { return t.Schema + "." + t.Name }

// SQL is the table's name for a statement.
func (t *Table) SQL() string { return pgx.Identifier{t.Schema, t.Name}.Sanitize() }

// Column returns the column of exactly that name, or nil.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// application restricts pg_class c and its namespace n to what belongs to the
// application: no system schemas, nothing that an extension brought, no
// partitions (their parent stands for them).
const application = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
	AND c.relkind IN ('r', 'p') AND NOT c.relispartition
	AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

// Read reads the schema. It changes nothing.
func Read(ctx context.Context, conn *pgx.Conn) (*Schema, error) {
	s := &Schema{}
	err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), coalesce(current_schema(), ''),
		coalesce(has_schema_privilege(current_schema(), 'CREATE'), false), current_schemas(false)::text[]`).Scan(&s.Version, &s.Encoding, &s.Current, &s.MayCreate, &s.Path)
	if err != nil {
		return nil, fmt.Errorf("read the server's settings: %w", err)
	}
	byOID := map[uint32]*Table{}
	rows, err := conn.Query(ctx, `SELECT c.oid, n.nspname, c.relname, c.relkind = 'p', pg_has_role(c.relowner, 'USAGE'),
			c.relrowsecurity AND (c.relforcerowsecurity OR NOT pg_has_role(c.relowner, 'USAGE'))
				AND NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE `+application+` ORDER BY n.nspname, c.relname`)
	if err != nil {
		return nil, fmt.Errorf("read the tables: %w", err)
	}
	s.Tables, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Table, error) {
		t := &Table{}
		err := row.Scan(&t.OID, &t.Schema, &t.Name, &t.Partitioned, &t.Owned, &t.Hidden)
		byOID[t.OID] = t
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the tables: %w", err)
	}
	if err := readColumns(ctx, conn, s.Version, byOID); err != nil {
		return nil, fmt.Errorf("read the columns: %w", err)
	}
	if err := readKeys(ctx, conn, s.Version, byOID); err != nil {
		return nil, fmt.Errorf("read the unique keys: %w", err)
	}
	if err := readForeignKeys(ctx, conn, byOID); err != nil {
		return nil, fmt.Errorf("read the foreign keys: %w", err)
	}
	if err := readRules(ctx, conn, byOID); err != nil {
		return nil, fmt.Errorf("read the rules: %w", err)
	}
	return s, nil
}

func readColumns(ctx context.Context, conn *pgx.Conn, version int, tables map[uint32]*Table) error {
	rows, err := conn.Query(ctx, `SELECT a.attrelid, a.attname, a.attnum, a.attnotnull, a.atttypid, a.atttypmod, format_type(a.atttypid, a.atttypmod),
			coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attidentity::text, a.attgenerated::text,
			EXISTS (SELECT FROM pg_depend p JOIN pg_class s ON s.oid = p.refobjid AND s.relkind = 'S'
				WHERE p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid AND p.refclassid = 'pg_class'::regclass)
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		WHERE a.attnum > 0 AND NOT a.attisdropped AND `+application+` ORDER BY a.attrelid, a.attnum`)
	if err != nil {
		return err
	}
	types := map[*Column]uint32{}
	var table uint32
	var c Column
	var typ uint32
	var identity, generated string
	_, err = pgx.ForEachRow(rows, []any{&table, &c.Name, &c.Number, &c.NotNull, &typ, &c.Type.Mod, &c.Type.SQL, &c.Default, &identity, &generated, &c.Serial}, func() error {
		one := c
		one.Identity, one.Generated = identity != "", generated != ""
		if one.Generated {
			one.Default = ""
		}
		if t := tables[table]; t != nil {
			t.Columns = append(t.Columns, &one)
			types[&one] = typ
		}
		return nil
	})
	if err != nil {
		return err
	}
	return readTypes(ctx, conn, types)
}

func readKeys(ctx context.Context, conn *pgx.Conn, version int, tables map[uint32]*Table) error {
	nullsEqual := "false"
	if version >= 150000 {
		nullsEqual = "i.indnullsnotdistinct"
	}
	// A key that is deferred or an exclusion is checked by the server alone; here only what the doctor can foresee.
	rows, err := conn.Query(ctx, `SELECT i.indrelid, x.relname, i.indisprimary, (i.indkey::int2[])[0:i.indnkeyatts - 1], `+nullsEqual+`,
			NOT EXISTS (SELECT FROM unnest(i.indcollation::oid[]) k JOIN pg_collation o ON o.oid = k WHERE NOT o.collisdeterministic)
		FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indislive AND `+application+` ORDER BY i.indrelid, NOT i.indisprimary, x.relname`)
	if err != nil {
		return err
	}
	var table uint32
	var k Key
	var numbers []int16
	_, err = pgx.ForEachRow(rows, []any{&table, &k.Name, &k.Primary, &numbers, &k.NullsEqual, &k.Exact}, func() error {
		t := tables[table]
		if t == nil {
			return nil
		}
		one := k
		if one.Columns = t.positions(numbers); one.Columns == nil {
			return nil
		}
		for _, i := range one.Columns {
			if t.Columns[i].Type.Name == "citext" {
				one.Exact = false
			}
		}
		t.Keys = append(t.Keys, one)
		return nil
	})
	return err
}

func readForeignKeys(ctx context.Context, conn *pgx.Conn, tables map[uint32]*Table) error {
	rows, err := conn.Query(ctx, `SELECT f.oid, f.conname, f.conrelid, f.confrelid, f.conkey, f.confkey, f.convalidated, f.confmatchtype = 'f'
		FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE f.contype = 'f' AND f.conparentid = 0 AND `+application+` ORDER BY f.conrelid, f.conname`)
	if err != nil {
		return err
	}
	var f ForeignKey
	var child, parent uint32
	var columns, to []int16
	_, err = pgx.ForEachRow(rows, []any{&f.OID, &f.Name, &child, &parent, &columns, &to, &f.Validated, &f.Full}, func() error {
		t, p := tables[child], tables[parent]
		if t == nil || p == nil { // refers to a partition, or to a table of an extension
			return nil
		}
		one := f
		one.Parent, one.Columns, one.To = p, t.positions(columns), p.positions(to)
		if one.Columns != nil && one.To != nil {
			t.ForeignKeys = append(t.ForeignKeys, &one)
		}
		return nil
	})
	return err
}

func readRules(ctx context.Context, conn *pgx.Conn, tables map[uint32]*Table) error {
	rows, err := conn.Query(ctx, `WITH RECURSIVE domain(top, oid, base) AS (
			SELECT t.oid, t.oid, t.typbasetype FROM pg_type t WHERE t.typtype = 'd'
			UNION ALL SELECT d.top, t.oid, t.typbasetype FROM domain d JOIN pg_type t ON t.oid = d.base AND t.typtype = 'd')
		SELECT c.oid, r.name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN (
			SELECT conrelid AS of, conname AS name FROM pg_constraint WHERE contype IN ('c', 'x')
			UNION SELECT i.indrelid, x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indisunique AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)
			UNION SELECT a.attrelid, k.conname FROM pg_attribute a JOIN domain d ON d.top = a.atttypid JOIN pg_constraint k ON k.contypid = d.oid AND k.contype = 'c'
				WHERE a.attnum > 0 AND NOT a.attisdropped) r ON r.of = c.oid
		WHERE `+application+` ORDER BY c.oid, r.name`)
	if err != nil {
		return err
	}
	var table uint32
	var name string
	_, err = pgx.ForEachRow(rows, []any{&table, &name}, func() error {
		if t := tables[table]; t != nil {
			t.Rules = append(t.Rules, name)
		}
		return nil
	})
	return err
}

// positions turns attribute numbers into positions; nil where one is none of a
// plain column.
func (t *Table) positions(numbers []int16) []int {
	var list []int
	for _, n := range numbers {
		found := false
		for i, c := range t.Columns {
			if c.Number == n {
				list, found = append(list, i), true
			}
		}
		if !found {
			return nil
		}
	}
	return list
}
