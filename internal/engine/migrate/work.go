package migrate

import (
	"context"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
	"cofre/internal/errs"
)

// work is a migration that is prepared: what is on both sides, and the way of
// each table. Preparing reads both and changes neither.
type work struct {
	file     string
	choices  Choices
	source   *source.Schema
	target   *target.Schema
	tables   []*table        // that are carried
	cleared  []*target.Table // all that will be emptied: those that get rows, and those that only the target has
	kept     []*target.Table // histories of the target's schema
	rows     int64
	findings []Finding // about structure
}

// prepare looks at both sides. The reader stays with the caller.
func prepare(ctx context.Context, conn *pgx.Conn, reader *source.Conn, file string, choices Choices, ask func(convert.Type, []byte) ([]byte, bool)) (*work, error) {
	zone, err := choices.location()
	if err != nil {
		return nil, err
	}
	w := &work{file: file, choices: choices}
	if w.source, err = reader.ReadSchema(); err != nil {
		return nil, err
	}
	if w.target, err = target.Read(ctx, conn); err != nil {
		return nil, err
	}
	m := &matcher{schema: w.target, choices: choices, options: convert.Options{Zone: zone, Server: ask}, taken: map[*target.Table]bool{}, filled: reader.Filled}
	for i := range w.source.Tables {
		from := &w.source.Tables[i]
		rows, err := reader.Rows(from)
		if err != nil {
			return nil, err
		}
		if t := m.table(from, rows); t != nil {
			keep, err := w.keepsHistory(ctx, conn, reader, m, t)
			if err != nil {
				return nil, err
			}
			if keep {
				w.kept = append(w.kept, t.to)
				continue
			}
			w.tables = append(w.tables, t)
			w.rows += rows
		}
	}
	if err := w.targetOnly(ctx, conn, m); err != nil {
		return nil, err
	}
	for _, v := range w.source.Virtual {
		m.virtual(v)
	}
	w.findings = m.findings
	return w, m.err
}

// targetOnly finds the tables that only the target has. They are emptied, but for
// a history of the schema: it describes tables that stay as they are.
func (w *work) targetOnly(ctx context.Context, conn *pgx.Conn, m *matcher) error {
	for _, t := range w.target.Tables {
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
