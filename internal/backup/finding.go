package backup

import (
	"slices"

	"cofre/internal/errs"
)

// Finding is one kind of thing that a migrator found in one column or table, and
// what will be done about it.
type Finding struct {
	Table    string    `json:"table"` // as the file spells it
	Column   string    `json:"column,omitempty"`
	Type     string    `json:"type,omitempty"` // of the target's column
	Code     string    `json:"code"`
	Level    Level     `json:"level"`
	Rows     int64     `json:"rows"`
	Examples []Example `json:"examples,omitempty"` // at most three
	Options  []Action  `json:"options,omitempty"`  // what can be chosen; none: nothing is to be decided
	Action   Action    `json:"action"`             // what will be done
	Args     errs.Args `json:"args,omitempty"`     // further words of the finding
}

// Example is a value and where it is.
type Example struct {
	Key     string `json:"key"`               // "id 20"
	Value   string `json:"value"`             // short, what can't be seen made visible
	Becomes string `json:"becomes,omitempty"` // where it is converted
}

// Place is the column, or the table, that the finding is about.
func (f Finding) Place() string {
	if f.Column == "" {
		return f.Table
	}
	return f.Table + "." + f.Column
}

// choice is the decision about the finding that was taken.
func (f Finding) choice() Choice { return Choice{f.Table, f.Column, f.Code, f.Action} }

// Examination is what a migrator found in a file before anything is written.
type Examination struct {
	Tables   int       `json:"tables"`
	Columns  int       `json:"columns"`
	Rows     int64     `json:"rows"`
	TookMS   int64     `json:"took_ms"`
	Findings []Finding `json:"findings"` // what needs a decision first
}

// Undecided counts the findings that stop the migration.
func (e *Examination) Undecided() int {
	n := 0
	for _, f := range e.Findings {
		if f.Level == Blocker {
			n++
		}
	}
	return n
}

// Fits says whether each of the choices answers a finding, with an action that the
// finding offers: errs.Invalid "choice.unknown" or "choice.not_offered" where not.
// Where rows are left out, what else was found about them is gone with them: then a
// choice may be without a finding.
func (e *Examination) Fits(choices []Choice) error {
	leaves := slices.ContainsFunc(choices, func(c Choice) bool { return c.Action == ActLeave })
	for _, c := range choices {
		if err := e.fits(c); err != nil && (!leaves || err.Reason != "choice.unknown") {
			return err
		}
	}
	return nil
}

func (e *Examination) fits(c Choice) *errs.Error {
	for _, f := range e.Findings {
		if !f.choice().about(c) {
			continue
		}
		if !slices.Contains(f.Options, c.Action) {
			return errs.New(errs.Invalid, "choice.not_offered", errs.Args{"choice": c.String(), "choices": f.Options})
		}
		return nil
	}
	return errs.New(errs.Invalid, "choice.unknown", errs.Args{"choice": c.String()})
}
