package migrate

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/derive"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
	"cofre/internal/errs"
)

// work is a migration that is prepared: what is on both sides, and the way of
// each table. Preparing reads both and changes neither.
type work struct {
	from     origin
	choices  Choices
	source   *source.Schema
	target   *target.Schema
	tables   []*table        // that are carried
	made     *derive.Plan    // of a target that has no tables; nil where it has
	cleared  []*target.Table // all that will be emptied: those that get rows, and those that only the target has
	kept     []*target.Table // histories of the target's schema
	rows     int64
	findings []Finding // about structure
}

// prepare looks at both sides. The readers stay with the caller.
func prepare(ctx context.Context, conn *pgx.Conn, r readers, from origin, choices Choices, server *target.Server, look surveyor) (*work, error) {
	zone, err := choices.Location()
	if err != nil {
		return nil, err
	}
	w := &work{from: from, choices: choices}
	reader := r[0]
	if w.source, err = reader.ReadSchema(); err != nil {
		return nil, err
	}
	rows := make([]int64, len(w.source.Tables))
	for i := range rows {
		if rows[i], err = reader.Rows(&w.source.Tables[i]); err != nil {
			return nil, err
		}
	}
	if w.target, err = target.Read(ctx, conn); err != nil {
		return nil, err
	}
	seen, err := look(ctx, r, from, w.source, rows, len(w.target.Tables) == 0)
	if err != nil {
		return nil, err
	}
	m := &matcher{source: w.source, schema: w.target, choices: choices, options: convert.Options{Zone: zone, Server: server.Ask}, taken: map[*target.Table]bool{}, filled: reader.Filled, constant: server.Constant}
	if len(w.target.Tables) == 0 {
		m.schema = w.derive(seen)
	}
	for i := range w.source.Tables {
		t := m.table(&w.source.Tables[i], rows[i])
		if t == nil {
			continue
		}
		keep, err := w.keepsHistory(ctx, conn, reader, m, t)
		if err != nil {
			return nil, err
		}
		if keep {
			w.kept = append(w.kept, t.to)
			continue
		}
		w.tables = append(w.tables, t)
		w.rows += t.rows
	}
	if err := w.targetOnly(ctx, conn, m); err != nil {
		return nil, err
	}
	if e := w.target.Encoding; e != "UTF8" {
		m.findings = append(m.findings, Finding{Table: conn.Config().Database, Code: Encoding, Level: backup.Warning, Action: Convert, Args: errs.Args{"encoding": e}})
	}
	for _, v := range w.source.Virtual {
		m.virtual(v)
	}
	w.findings = append(w.findings, m.findings...)
	return w, m.err
}

// derive makes a schema for a target that has none.
func (w *work) derive(seen *survey) *target.Schema {
	w.made = derive.Schema(w.source, seen.values, w.target.Current)
	w.findings = remarked(w.made.Remarks)
	if !w.target.MayCreate {
		w.findings = append(w.findings, Finding{Code: MayNotCreate, Action: Stop, Level: backup.Blocker, Args: errs.Args{"schema": w.target.Current}})
	}
	return &target.Schema{Path: []string{w.target.Current}, Current: w.target.Current, Tables: w.made.Tables}
}

// targetOnly finds the tables that only the target has. They are emptied, but for
// a history of the schema: it describes tables that stay as they are.
func (w *work) targetOnly(ctx context.Context, conn *pgx.Conn, m *matcher) error {
	for _, t := range m.schema.Tables {
		switch {
		case m.taken[t]:
			if !w.keeps(t) {
				w.cleared = append(w.cleared, t)
			}
			continue
		case history[t.Name] != nil:
			w.kept = append(w.kept, t)
			continue
		}
		w.cleared = append(w.cleared, t)
		if m.meant(t) {
			continue
		}
		f := Finding{Table: t.Qualified(), Code: TableExtra, Level: backup.Info, Action: Convert}
		var filled bool
		if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+t.SQL()+")").Scan(&filled); err != nil {
			return fail(err)
		}
		if filled {
			f.Level = backup.Warning
		}
		m.findings = append(m.findings, f)
		if !t.Owned {
			m.findings = append(m.findings, Finding{Table: t.Qualified(), Code: NotOwner, Action: Stop, Level: backup.Blocker, Args: errs.Args{"target": t.Qualified()}})
		}
	}
	return nil
}

func (w *work) keeps(t *target.Table) bool {
	for _, k := range w.kept {
		if k == t {
			return true
		}
	}
	return false
}

// lock locks what will be emptied. In the order of names, so that two do not
// wait for each other.
func (w *work) lock(ctx context.Context, conn *pgx.Conn) error {
	var names []string
	for _, t := range w.cleared {
		names = append(names, t.SQL())
	}
	if len(names) == 0 || w.made != nil {
		return nil
	}
	_, err := conn.Exec(ctx, "LOCK TABLE "+strings.Join(names, ", ")+" IN ACCESS EXCLUSIVE MODE")
	return err
}
