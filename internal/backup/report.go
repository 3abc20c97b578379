package backup

import "time"

// Report is the evidence of a migration that succeeded: table by table what was
// read, what arrived, and that both are equal.
type Report struct {
	File        string             `json:"file"`
	Target      string             `json:"target"`
	Place       string             `json:"place"`
	Server      string             `json:"server"`
	StartedAt   time.Time          `json:"started_at"`
	TookMS      int64              `json:"took_ms"`
	Tables      []TableReport      `json:"tables"`
	ForeignKeys []ForeignKeyReport `json:"foreign_keys"`
	Sequences   []SequenceReport   `json:"sequences"`
	Findings    []Finding          `json:"findings"` // about structure: what is only on one side, what was not carried
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
	Equal       bool         `json:"equal"`       // the two fingerprints are there, and the same
	Conversions []Conversion `json:"conversions"`
}

// Conversion says how many values of a column were converted in one way, and how
// many of these were stored as NULL.
type Conversion struct {
	Column  string `json:"column"`
	Type    string `json:"type,omitempty"` // of the target's column
	Finding string `json:"finding"`
	Values  int64  `json:"values"`
	Nulls   int64  `json:"nulls,omitempty"`
}

// ForeignKeyReport is a foreign key of the target. Valid says that the server has
// checked it for every row.
type ForeignKeyReport struct {
	Table      string `json:"table"` // schema.table
	Constraint string `json:"constraint"`
	Parent     string `json:"parent"`
	Valid      bool   `json:"valid"`
}

// SequenceReport is a sequence and the key that it will give next.
type SequenceReport struct {
	Sequence string `json:"sequence"`
	Next     int64  `json:"next"`
}

// Proven says whether every table was read back and found equal.
func (r *Report) Proven() bool {
	for _, t := range r.Tables {
		if !t.Equal {
			return false
		}
	}
	return true
}
