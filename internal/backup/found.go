package backup

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// Found is what has become of the rows of a backup in the live database.
type Found struct {
	Tables  []FoundTable // those that differ
	Unknown bool         // some could not be compared: they may be the same or not
	Same    bool         // all was compared, and no row differs
	Empty   bool         // no table has a row
}

// FoundTable is what differs in one table. A row that was added and deleted again since
// the backup is in neither content, and is not told where rows were compared.
type FoundTable struct {
	Name                    string
	Added, Changed, Deleted int64
}

// Cause sums up what counts for a rule, the table with the most deletions first.
func (f Found) Cause(w Watch) archive.Cause {
	c := archive.Cause{Tables: []string{}}
	tables := slices.Clone(f.Tables)
	slices.SortStableFunc(tables, func(a, b FoundTable) int {
		return cmp.Or(cmp.Compare(b.Deleted, a.Deleted), cmp.Compare(b.Added+b.Changed, a.Added+a.Changed), cmp.Compare(a.Name, b.Name))
	})
	for _, t := range tables {
		if w.Counts(t.Name) && t.Added+t.Changed+t.Deleted > 0 {
			c.Added, c.Changed, c.Deleted = c.Added+t.Added, c.Changed+t.Changed, c.Deleted+t.Deleted
			c.Tables = append(c.Tables, t.Name)
		}
	}
	return c
}

// Find compares the live database with one of its backups, row by row. Of a SQLite file
// a private copy is compared, which is made without keeping programs from writing. A
// backup whose rows are not read here (its key is not known, it is gone) leaves the
// numbers of rows to be compared. An error is one of the live database.
func (r *Restorer) Find(ctx context.Context, t Target, e Entry) (Found, error) {
	live, end, err := r.standing(ctx, t)
	if err != nil {
		return Found{}, err
	}
	defer end()
	held := Contents{Kind: e.Manifest.Kind, Tables: e.Manifest.Tables}
	d, err := r.Differ(ctx, Content{File: e.File, Held: held}, live, Choices{}, func(Update) {})
	if ctx.Err() != nil {
		return Found{}, ctx.Err()
	}
	if err != nil || d.Unknown != "" {
		f := foundOf(differentCounts(held, live.Held))
		f.Unknown, f.Same, f.Empty = true, false, r.Empty(live.Held)
		return f, nil
	}
	f := foundOf(d.Tables)
	f.Empty = r.Empty(live.Held)
	return f, nil
}

// standing is the live database as a content that does not change while it is read, and
// whose reading holds nobody up.
func (r *Restorer) standing(ctx context.Context, t Target) (c Content, end func(), err error) {
	engine, ok := r.Archiver.Engines[t.Kind]
	if !ok {
		return c, nil, errs.New(errs.Invalid, "backup.kind", errs.Args{"kind": string(t.Kind)})
	}
	if t.Kind != SQLite {
		held, err := engine.Probe(ctx, t)
		return Content{Target: t, Held: held}, func() {}, err
	}
	if err := r.MakeWork(); err != nil {
		return c, nil, err
	}
	dir, err := os.MkdirTemp(r.Work, "rows-")
	if err != nil {
		return c, nil, archive.FileError(err, r.Work)
	}
	end = func() { os.RemoveAll(dir) }
	copied := filepath.Join(dir, "live")
	held, err := engine.Dump(ctx, t, copied, DumpOptions{}, func(Update) {})
	if err != nil {
		end()
		return c, nil, err
	}
	return Content{File: copied, Held: held.Contents}, end, nil
}

func foundOf(tables []TableDiff) Found {
	f := Found{Same: len(tables) == 0}
	for _, t := range tables {
		one := FoundTable{Name: t.Name, Added: t.Added, Changed: t.Changed, Deleted: t.Removed}
		if t.Skipped != "" {
			f.Unknown = true
			one.Deleted, one.Added = max(0, t.Before-max(0, t.After)), max(0, t.After-max(0, t.Before))
		}
		if t.Columns && t.Removed+t.Added+t.Changed == 0 { // other columns: each of its rows is another one
			one.Changed = max(0, t.After)
		}
		f.Tables = append(f.Tables, one)
	}
	return f
}

// Since is what the server has counted from one look to a later one. False: the counts
// can't be subtracted, or do not tell (a table that was emptied at once, or dropped).
func (s Sight) Since(before Sight) (Found, bool) {
	f := Found{}
	if s.Edits == nil || before.Edits == nil || s.Counting != before.Counting || s.Counting == "" {
		return f, false
	}
	for name, was := range before.Edits {
		if is, there := s.Edits[name]; !there || is.File != was.File {
			return f, false
		}
	}
	for name, is := range s.Edits {
		was := before.Edits[name]
		one := FoundTable{Name: name, Added: is.Inserted - was.Inserted, Changed: is.Updated - was.Updated, Deleted: is.Deleted - was.Deleted}
		if min(one.Added, one.Changed, one.Deleted) < 0 {
			return f, false
		}
		if one.Added+one.Changed+one.Deleted > 0 {
			f.Tables = append(f.Tables, one)
		}
	}
	return f, true
}

// And adds what was counted later.
func (f Found) And(later Found) Found {
	sum := Found{Unknown: f.Unknown, Tables: slices.Clone(f.Tables)}
	for _, t := range later.Tables {
		i := slices.IndexFunc(sum.Tables, func(o FoundTable) bool { return o.Name == t.Name })
		if i < 0 {
			sum.Tables = append(sum.Tables, t)
			continue
		}
		o := &sum.Tables[i]
		o.Added, o.Changed, o.Deleted = o.Added+t.Added, o.Changed+t.Changed, o.Deleted+t.Deleted
	}
	return sum
}

// Same says whether the live database holds the rows of one of its backups, and whether
// it holds none. Rows are compared only where their numbers are the same.
func (r *Restorer) Same(ctx context.Context, t Target, e Entry) (same, empty bool, err error) {
	engine, ok := r.Archiver.Engines[t.Kind]
	if !ok {
		return false, false, errs.New(errs.Invalid, "backup.kind", errs.Args{"kind": string(t.Kind)})
	}
	held, err := engine.Probe(ctx, t)
	if err != nil || firstDifference(held.Tables, e.Manifest.Tables) != "" {
		return false, r.Empty(held), err
	}
	f, err := r.Find(ctx, t, e)
	return f.Same, f.Empty, err
}

// Empty says whether no table of an application has a row. What writes down the history
// of a schema is none: it is filled before the first person comes.
func (r *Restorer) Empty(c Contents) bool {
	var keeps []string
	if r.Migrator != nil {
		keeps = r.Migrator.Keeps()
	}
	for _, t := range c.Tables {
		if t.Rows != 0 && !slices.Contains(keeps, bare(t.Name)) {
			return false
		}
	}
	return true
}

// bare is the name of a table without its schema.
func bare(table string) string {
	if _, name, ok := strings.Cut(table, "."); ok {
		return name
	}
	return table
}
