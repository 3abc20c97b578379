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
func (p *Plan) Make(ctx context.Context, tx pgx.Tx) (*Made, error) {
	for i, sql := range p.create {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return nil, fmt.Errorf("create table %s: %w", p.Tables[i].Name, err)
		}
	}
	now, err := target.Read(ctx, tx.Conn())
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

// PutIndexes makes the primary keys, unique keys and indexes.
func (m *Made) PutIndexes(ctx context.Context, tx pgx.Tx, item func(string)) error {
	return run(ctx, tx, m.plan.indexes, item)
}

// PutKeys makes the foreign keys, and the views that PostgreSQL accepts.
func (m *Made) PutKeys(ctx context.Context, tx pgx.Tx, item func(string)) error {
	if err := run(ctx, tx, m.plan.keys, item); err != nil {
		return err
	}
	for _, v := range m.plan.views {
		item(v.name)
		inner, err := tx.Begin(ctx) // a savepoint
		if err != nil {
			return err
		}
		if _, refused := inner.Exec(ctx, v.sql); refused != nil {
			m.Failed = append(m.Failed, v.name)
			err = inner.Rollback(ctx)
		} else {
			err = inner.Commit(ctx)
		}
		if err != nil {
			return fmt.Errorf("make view %s: %w", v.name, err)
		}
	}
	return nil
}

func run(ctx context.Context, tx pgx.Tx, statements []statement, item func(string)) error {
	for _, s := range statements {
		item(s.name)
		if _, err := tx.Exec(ctx, s.sql); err != nil {
			return fmt.Errorf("make %s: %w", s.name, err)
		}
	}
	return nil
}
