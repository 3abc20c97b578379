package migrate

import (
	"slices"
	"time"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/derive"
)

// Report is the evidence of a migration that succeeded.
type Report struct {
	File      string           `json:"file"`
	Target    string           `json:"target"`
	Place     string           `json:"place"`
	Server    string           `json:"server"`
	StartedAt time.Time        `json:"started_at"`
	TookMS    int64            `json:"took_ms"`
	Tables    []TableReport    `json:"tables"`
	Sequences []SequenceReport `json:"sequences"`
	Findings  []Finding        `json:"findings,omitempty"`
}

// TableReport is the evidence of one table. Read = Written + LeftOut, and the two
// fingerprints are equal: a migration in which they are not does not succeed.
type TableReport struct {
	Table       string       `json:"table"`  // in the file
	Target      string       `json:"target"` // schema.table
	Read        int64        `json:"read"`
	Written     int64        `json:"written"`
	LeftOut     int64        `json:"left_out"`
	Fingerprint string       `json:"fingerprint"` // of what was sent; "" where nothing was proven
	ReadBack    string       `json:"read_back"`   // of what the server then gave back
	Conversions []Conversion `json:"conversions,omitempty"`
}

// Conversion says how many values of a column were converted in one way, and how
// many of these were stored as NULL.
type Conversion struct {
	Column  string `json:"column"`
	Finding string `json:"finding"`
	Values  int64  `json:"values"`
	Nulls   int64  `json:"nulls,omitempty"`
}

// SequenceReport is a sequence and the key that it will give next.
type SequenceReport struct {
	Sequence string `json:"sequence"`
	Next     int64  `json:"next"`
}

// without notes the views that PostgreSQL did not accept.
func (r *Report) without(views []string) {
	r.Findings = slices.Clone(r.Findings)
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Code == derive.ViewTried && slices.Contains(views, f.Table) {
			f.Code, f.Level, f.Action = derive.ViewLeft, backup.Warning, Leave
		}
	}
}

func (t *table) report(sent *tally) TableReport {
	r := TableReport{Table: t.from.Name, Target: t.to.Qualified(), Read: sent.read, Written: sent.sum.rows, LeftOut: sent.left}
	for i := range t.columns {
		for k, n := range sent.notes[i] {
			if n > 0 {
				r.Conversions = append(r.Conversions, Conversion{Column: t.name(&t.columns[i]), Finding: convert.Notes(1 << k).Name(), Values: n, Nulls: sent.nulls[i][k]})
			}
		}
	}
	return r
}
