package migrate

import (
	"time"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/errs"
)

// Action is what to do about a finding.
type Action string

// The actions. Which of them a finding offers is in its Options.
const (
	Convert Action = "convert" // carry the value in the way that the finding describes
	Null    Action = "null"    // store NULL
	Leave   Action = "leave"   // leave out the row (or the column, or the table) that was found
	Stop    Action = "stop"    // don't migrate
)

// Choice is a person's decision about one kind of finding in one column. Column
// is "" for findings about a table.
type Choice struct {
	Table   string `json:"table"`
	Column  string `json:"column,omitempty"`
	Finding string `json:"finding"` // Finding.Code
	Action  Action `json:"action"`
}

// Choices are all decisions about a migration. They can be kept and used again:
// one that fits no finding is ignored.
type Choices struct {
	// Zone is where times without a zone are at home, a name such as
	// "America/Sao_Paulo"; "" is UTC.
	Zone string `json:"zone,omitempty"`
	// Alike takes names that differ by case and underscores alone for the same, such
	// as PlaylistTrack and playlist_track.
	Alike bool     `json:"alike,omitempty"`
	Each  []Choice `json:"each,omitempty"`
}

func (c Choices) location() (*time.Location, error) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, errs.New(errs.Invalid, "migrate.zone", errs.Args{"zone": c.Zone}).Because(err)
	}
	return zone, nil
}

// of returns the decision about a finding, "" where there is none.
func (c Choices) of(table, column, code string) Action {
	for _, one := range c.Each {
		if one.Table == table && one.Column == column && one.Finding == code {
			return one.Action
		}
	}
	if c.Alike && (code == TableMissing || code == ColumnMissing) {
		return Convert // offered only where there is such a name
	}
	return ""
}

// policy is what a column does about its codec's notes, as sets of them. A note
// in none of the sets lets the value through as it was converted.
type policy struct{ stop, leave, null convert.Notes }

func (c Choices) policy(table, column string) policy {
	p := policy{stop: convert.Asked}
	for _, one := range c.Each {
		note := convert.Named(one.Finding)
		if one.Table != table || one.Column != column || note == 0 {
			continue
		}
		p.stop, p.leave, p.null = p.stop&^note, p.leave&^note, p.null&^note
		switch {
		case one.Action == Null:
			p.null |= note
		case one.Action == Leave:
			p.leave |= note
		case one.Action != Convert || note&convert.Refusals != 0:
			p.stop |= note
		}
	}
	return p
}

// action is what the policy does about a single note.
func (p policy) action(note convert.Notes) Action {
	switch {
	case note&p.stop != 0:
		return Stop
	case note&p.leave != 0:
		return Leave
	case note&p.null != 0:
		return Null
	}
	return Convert
}
