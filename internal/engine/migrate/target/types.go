package target

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"cofre/internal/engine/migrate/convert"
)

// pgType is a row of pg_type.
type pgType struct {
	oid, base, elem uint32
	name, kind      string
	mod             int32
	notNull         bool // of a domain
	labels          []string
}

// readTypes fills in the types of columns: below domains, with the elements of
// arrays and the labels of enumerations.
func readTypes(ctx context.Context, conn *pgx.Conn, columns map[*Column]uint32) error {
	known := map[uint32]pgType{}
	wanted := slices.Collect(maps.Values(columns))
	for len(wanted) > 0 {
		rows, err := conn.Query(ctx, `SELECT t.oid, t.typname, t.typtype::text, t.typbasetype, t.typtypmod, t.typnotnull,
				CASE WHEN t.typlen = -1 AND t.typcategory = 'A' THEN t.typelem ELSE 0 END,
				ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)
			FROM pg_type t WHERE t.oid = ANY($1)`, wanted)
		if err != nil {
			return err
		}
		wanted = nil
		var t pgType
		_, err = pgx.ForEachRow(rows, []any{&t.oid, &t.name, &t.kind, &t.base, &t.mod, &t.notNull, &t.elem, &t.labels}, func() error {
			known[t.oid] = t
			for _, next := range []uint32{t.base, t.elem} {
				if _, ok := known[next]; !ok && next != 0 {
					wanted = append(wanted, next)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for c, oid := range columns {
		t, ok := known[oid]
		if !ok {
			return fmt.Errorf("type %d of column %s is unknown", oid, c.Name)
		}
		for d := t; d.kind == "d"; d = known[d.base] {
			c.NotNull = c.NotNull || d.notNull
		}
		resolve(known, oid, &c.Type)
	}
	return nil
}

// resolve describes a type; of a domain the one below it, whose modifier the
// domain gives.
func resolve(known map[uint32]pgType, oid uint32, into *convert.Type) {
	t := known[oid]
	for t.kind == "d" {
		into.Mod = t.mod
		t = known[t.base]
	}
	into.OID, into.Name = t.oid, t.name
	into.Enum, into.Labels = t.kind == "e", t.labels
	if t.elem != 0 {
		into.Elem = &convert.Type{Mod: into.Mod, SQL: known[t.elem].name}
		resolve(known, t.elem, into.Elem)
	}
}
