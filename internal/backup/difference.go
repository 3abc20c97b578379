package backup

import (
	"context"
	"math"
	"os"
	"slices"
	"strings"

	"cofre/internal/archive"
	"cofre/internal/diff"
	"cofre/internal/errs"
	"cofre/internal/profile"
)

// TableDiff is what differs in one table.
type TableDiff = diff.Table

// RowDiff is a row that differs, as an example.
type RowDiff = diff.Example

// RowKind is whether such a row is added, removed or changed.
type RowKind = diff.Kind

// FieldDiff is a value of such a row.
type FieldDiff = diff.Field

// The kinds of rows that differ.
const (
	RowAdded   = diff.Added
	RowRemoved = diff.Removed
	RowChanged = diff.Changed
)

// Denied is why large objects were not compared, in TableDiff.Skipped: the role may
// not read all of them.
const Denied = diff.Denied

// RowSide is one side of a comparison: its rows, and the exact number of those of
// each table.
type RowSide = diff.Side

// Content is one side of a comparison: a backup file, or a live database where File
// is "". Held is what it holds, with exact rows.
type Content struct {
	File   string
	Target Target
	Held   Contents
}

// Difference is what differs between two contents.
type Difference struct {
	Before, After Contents
	Tables        []TableDiff // those that differ or were not compared, never nil

	// Unknown says why no rows were compared: "" where they were, "unreadable" where one of the two does not give its rows. Tables
	// are then those whose number of rows differs.
	Unknown string
}

// Same says whether all was compared and nothing differs.
func (d Difference) Same() bool { return d.Unknown == "" && len(d.Tables) == 0 }

// Differ compares all rows of two contents by primary key, or by whole rows where a
// table has none. It changes neither, and its memory is
// bounded whatever their size: 24 bytes of each row that differs are sorted, in Work
// where there are many. Between two
// kinds, the values of SQLite are taken as a migration by these choices would write
// them.
func (r *Restorer) Differ(ctx context.Context, before, after Content, c Choices, p Progress) (Difference, error) {
	d := Difference{Before: before.Held, After: after.Held, Tables: []TableDiff{}}
	if err := os.MkdirAll(r.Work, 0o700); err != nil {
		return d, archive.FileError(err, r.Work)
	}
	told := func(done, total int64, table string) {
		p(Update{Done: done, Total: total, Unit: "rows", Item: table})
	}
	err := r.lend(ctx, before, func(old archive.Records) error {
		return r.lend(ctx, after, func(now archive.Records) (err error) {
			a, b := RowSide{Records: old, Tables: before.Held.Tables}, RowSide{Records: now, Tables: after.Held.Tables}
			switch before.Held.Kind {
			case after.Held.Kind:
			case SQLite:
				a, b, err = r.Migrator.InCommon(a, b, c)
			default:
				b, a, err = r.Migrator.InCommon(b, a, c)
			}
			if err != nil {
				return err
			}
			d.Tables, err = diff.Compare(ctx, a, b, diff.Options{TempDir: r.Work, MostRows: math.MaxInt64, Hide: profile.Secret, Progress: told})
			return err
		})
	})
	if archive.Unread(err) {
		d.Unknown, err = unknownUnreadable, nil
		d.Tables = differentCounts(before.Held, after.Held)
	}
	return d, err
}

// DifferPlan compares what a plan replaces with what it brings; see Differ. Of a
// migration, what it leaves as it is is left out: the target's tables with their
// columns, and the history of its schema. A column that only the target has could
// not be compared: the rows are written anew, with what the target itself puts there.
// Tables made since the plan are compared, too. Where the plan is blocked, what differs
// is what the two hold: nothing can be restored.
func (r *Restorer) DifferPlan(ctx context.Context, plan Plan, p Progress) (Difference, error) {
	if !plan.Comparable() {
		return Difference{}, errs.New(errs.Invalid, "diff.plan", nil)
	}
	now, err := r.Archiver.Engines[plan.Target.Kind].Probe(ctx, plan.Target)
	if err != nil {
		return Difference{}, err
	}
	d, err := r.Differ(ctx, Content{Target: plan.Target, Held: now}, Content{File: plan.Archive.File, Held: plan.Archive.Contents}, plan.Target.Choices, p)
	if plan.Mode == Migrate {
		kept := r.Migrator.Keeps()
		for i := range d.Tables {
			if t := &d.Tables[i]; t.Before >= 0 {
				if t.Before > 0 && t.After > 0 {
					t.Uncompared = append(slices.Clone(t.Uncompared), ownColumns(*t)...)
				}
				t.Columns, t.Altered = false, nil
				if t.Skipped == "" {
					t.After = max(0, t.After) // emptied, not dropped
				}
			}
		}
		d.Tables = slices.DeleteFunc(d.Tables, func(t TableDiff) bool {
			_, bare, _ := strings.Cut(t.Name, ".")
			return t.Same() || slices.Contains(kept, bare)
		})
	}
	return d, err
}

// ownColumns are those that only the side before has.
func ownColumns(t TableDiff) (names []string) {
	for _, a := range t.Altered {
		if a.Change == "removed" {
			names = append(names, a.Column)
		}
	}
	return names
}

// Comparable says whether there are two contents to compare: what is there now, as far
// as it can be read, and a backup file, of whatever kind.
func (p Plan) Comparable() bool {
	return p.Exists && p.KeepAs == "" && p.Archive.File != "" && len(p.Current.Tables) > 0
}

// lend opens the rows of a content for do.
func (r *Restorer) lend(ctx context.Context, c Content, do func(archive.Records) error) error {
	if c.File != "" {
		records, end, err := archive.OpenRecords(ctx, c.File, r.Work)
		defer end()
		if err != nil {
			return err
		}
		return do(records)
	}
	reader, ok := r.Archiver.Engines[c.Target.Kind].(Reader)
	if !ok {
		return errs.New(errs.Invalid, "backup.kind", errs.Args{"kind": string(c.Target.Kind)})
	}
	return reader.Records(ctx, c.Target, do)
}

// differentCounts are the tables whose number of rows is not the same.
func differentCounts(before, after Contents) []TableDiff {
	tables := []TableDiff{}
	for _, t := range Pairs(before, after) {
		if t.Now != t.After {
			tables = append(tables, TableDiff{Name: t.Name, Before: t.Now, After: t.After, Skipped: diff.Unreadable})
		}
	}
	return tables
}
