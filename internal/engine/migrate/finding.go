package migrate

import (
	"cofre/internal/backup"
	"cofre/internal/engine/migrate/convert"
)

// Finding is the domain's.
type Finding = backup.Finding

// Example is the domain's.
type Example = backup.Example

// mostExamples is how many examples a finding has.
const mostExamples = 3

// The findings about structure and keys. Those about values are named as the
// notes of package convert.
const (
	TableMissing    = "table_missing"     // the target has no such table
	TableAmbiguous  = "table_ambiguous"   // it has several that differ by case or schema
	TableExtra      = "table_extra"       // only the target has it; it stays empty
	TableVirtual    = "table_virtual"     // FTS5, R-tree and the like
	ColumnMissing   = "column_missing"    // the target's table has no such column
	ColumnDefault   = "column_default"    // only the target has it; rows get its default
	ColumnNull      = "column_null"       // only the target has it; rows get NULL
	ColumnRequired  = "column_required"   // only the target has it, and it must have a value
	ColumnComputed  = "column_computed"   // the target computes it
	HistoryKept     = "history_kept"      // the target's list of applied migrations stays
	NullValue       = "null_value"        // NULL in a column that must have a value
	Duplicate       = "duplicate"         // a unique key of the target occurs twice
	Orphan          = "orphan"            // a foreign key points nowhere
	RowSecurity     = "row_security"      // rows are hidden from the connected role
	NotOwner        = "not_owner"         // the connected role may not alter the table
	Encoding        = "encoding"          // the database's character set has not every character
	MayNotCreate    = "may_not_create"    // the connected role may not make tables
	CheckedByServer = "checked_by_server" // a rule that only PostgreSQL can check, while loading
)

// optionsOf says what can be chosen about a note.
func optionsOf(note convert.Notes, nullable bool) []Action {
	if note&convert.Asked == 0 {
		return nil
	}
	var list []Action
	if note&convert.Refusals == 0 {
		list = append(list, Convert)
	}
	if nullable {
		list = append(list, Null)
	}
	return append(list, Leave, Stop)
}

// levelOf is how loud a note is, given what is done about it.
func levelOf(note convert.Notes, action Action) backup.Level {
	switch {
	case action == Stop:
		return backup.Blocker
	case note&(convert.Asked|convert.Told) != 0:
		return backup.Warning
	}
	return backup.Info
}

// decided applies a choice to a finding about structure or keys, which stops the
// migration unless one of its options was chosen.
func decided(f Finding, c Choices) Finding {
	f.Action = Stop
	if a := chosen(c, f.Table, f.Column, f.Code); a != "" {
		for _, o := range f.Options {
			if o == a {
				f.Action = a
			}
		}
	}
	f.Level = backup.Warning
	if f.Action == Stop {
		f.Level = backup.Blocker
	}
	return f
}
