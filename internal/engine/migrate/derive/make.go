package derive

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"cofre/internal/engine/migrate/target"
)

// Made are the tables of a Plan once they are there; the rest follows after the
// rows.
type Made struct {
	plan   *Plan
	Failed []string // views that PostgreSQL did not accept
}

// Make creates the tables, without their keys and indexes, and tells the plan's
// tables who they have become.
func (p *Plan) Make(ctx context.Context, conn *pgx.Conn) (*Made, error) {
	for i, sql := range p.create {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return nil, fmt.Errorf("create table %s: %w", p.Tables[i].Name, err)
		}
	}
	now, err := target.Read(ctx, conn)
	if err != nil {
		return nil, err
	}
	for _, t := range p.Tables {
		for _, made := range now.Tables {
			if made.Schema == t.Schema && made.Name == t.Name {
				t.OID = made.OID
				for i, c := range made.Columns {
					if c.Type.OID != t.Columns[i].Type.OID || c.Type.Mod != t.Columns[i].Type.Mod {
						return nil, fmt.Errorf("create table %s: column %s became %s", t.Name, c.Name, c.Type.SQL)
					}
				}
			}
		}
	}
	return &Made{plan: p}, nil
}

// Indexes are the primary keys, unique keys and indexes that are to be made, in any
// order.
func (m *Made) Indexes() []target.Piece { return m.plan.indexes }

// PutKeys makes the foreign keys, and the views that PostgreSQL accepts.
func (m *Made) PutKeys(ctx context.Context, conn *pgx.Conn, item func(string)) error {
	for _, k := range m.plan.keys {
		item(k.Name)
		if err := k.Make(ctx, conn); err != nil {
			return err
		}
	}
	for _, v := range m.plan.views {
		item(v.Name)
		if _, err := conn.Exec(ctx, "SAVEPOINT cofre_view"); err != nil {
			return err
		}
		end := "RELEASE cofre_view"
		if _, refused := conn.Exec(ctx, v.SQL[0]); refused != nil {
			m.Failed = append(m.Failed, v.Name)
			end = "ROLLBACK TO cofre_view"
		}
		if _, err := conn.Exec(ctx, end); err != nil {
			return fmt.Errorf("make view %s: %w", v.Name, err)
		}
	}
	return nil
}
