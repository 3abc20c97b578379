package migrate

import (
	"slices"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/derive"
)

// Report is the domain's.
type Report = backup.Report

// TableReport is the domain's.
type TableReport = backup.TableReport

// Conversion is the domain's.
type Conversion = backup.Conversion

// SequenceReport is the domain's.
type SequenceReport = backup.SequenceReport

// without notes the views that PostgreSQL did not accept.
func without(r *Report, views []string) {
	r.Findings = slices.Clone(r.Findings)
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Code == derive.ViewTried && slices.Contains(views, f.Table) {
			f.Code, f.Level, f.Action = derive.ViewLeft, backup.Warning, Leave
		}
	}
}

func (t *table) report(sent *tally) TableReport {
	r := TableReport{Table: t.from.Name, Target: t.to.Qualified(), Read: sent.read, Written: sent.sum.rows, LeftOut: sent.left, Conversions: []Conversion{}}
	for i := range t.columns {
		if n := sent.filled[i]; n > 0 {
			r.Conversions = append(r.Conversions, Conversion{Column: t.name(&t.columns[i]), Type: t.columns[i].to.Type.SQL, Finding: NullValue, Values: n})
		}
		for k, n := range sent.notes[i] {
			if n > 0 {
				r.Conversions = append(r.Conversions, Conversion{Column: t.name(&t.columns[i]), Type: t.columns[i].to.Type.SQL, Finding: convert.Notes(1 << k).Name(), Values: n, Nulls: sent.nulls[i][k]})
			}
		}
	}
	return r
}
