package migrate

import (
	"strings"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/errs"
)

// virtual reports a virtual table. PostgreSQL has no equal of one, so it is not
// carried; but an FTS5 table that keeps its own text may be the only place where
// that text is, and that must not be passed over.
func (m *matcher) virtual(o source.Object) {
	sql := strings.ToLower(o.SQL)
	_, rest, _ := strings.Cut(sql, "using")
	module, _, _ := strings.Cut(strings.TrimSpace(rest), "(")
	f := Finding{Table: o.Name, Code: TableVirtual, Options: []Action{Leave, Stop}, Args: errs.Args{"module": strings.TrimSpace(module)}}
	f = decided(f, m.choices)
	if strings.Contains(strings.ReplaceAll(rest, " ", ""), "content=") {
		f.Level, f.Action, f.Options = backup.Warning, Leave, nil // only an index over another table
	}
	m.findings = append(m.findings, f)
}
