package migrate

import (
	"cofre/internal/backup"
	"cofre/internal/engine/migrate/convert"
)

// Action is the domain's.
type Action = backup.Action

// Choice is the domain's.
type Choice = backup.Choice

// Choices is the domain's.
type Choices = backup.Choices

// The actions.
const (
	Convert = backup.ActConvert
	Null    = backup.ActNull
	Default = backup.ActDefault
	Leave   = backup.ActLeave
	Stop    = backup.ActStop
)

// chosen returns the decision about a finding, "" where there is none.
func chosen(c Choices, table, column, code string) Action {
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

func policyOf(c Choices, table, column string) policy {
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
