// Package diff compares two contents of databases row by row, by primary key: of one
// kind, or spelled in the form that both kinds have in common. It holds no rows: 24
// bytes stand for each, and are forgotten as soon as both sides had the row. What is
// left is what differs, and is sorted, in files where it is much, so that memory is
// bounded. It changes neither side.
package diff

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// Table is what differs in one table. Before and After are its rows, -1 where it is
// not there, or where nobody knows them: then it is Unreadable. A row is changed where its primary key is on both sides; without a key
// a changed row is one removed and one added.
type Table struct {
	Name    string `json:"name"`
	Before  int64  `json:"before"`
	After   int64  `json:"after"`
	Added   int64  `json:"added"`
	Removed int64  `json:"removed"`
	Changed int64  `json:"changed"`
	Columns bool   `json:"columns"` // it has other columns now, as Altered says: only those on both sides are compared
	Skipped string `json:"skipped"` // why its rows were not compared: TooLarge, Unreadable, Denied; "" where they were

	Uncompared []string `json:"uncompared,omitempty"` // columns whose values could not be compared, between two kinds of database

	Altered  []Alteration `json:"altered,omitempty"`
	Examples []Example    `json:"examples,omitempty"` // at most three of each kind, those that lie first
}

// Alteration is a column that differs: its type on each side, "" where it is not
// there, or where no type is told.
type Alteration struct {
	Column string `json:"column"`
	Change string `json:"change"` // "added", "removed", "type"
	Before string `json:"before"`
	After  string `json:"after"`
}

// Why a table was not compared.
const (
	TooLarge   = "too_large"  // it would take more than Options.MostRows
	Unreadable = "unreadable" // one side does not give its rows
	Denied     = "denied"     // the role may not read some of them
)

// Same says whether nothing differs, as far as was compared.
func (t Table) Same() bool {
	return t.Added+t.Removed+t.Changed == 0 && !t.Columns && t.Skipped == "" && len(t.Uncompared) == 0 && (t.Before < 0) == (t.After < 0)
}

// Side is one of the two contents, with the exact rows of its tables.
type Side struct {
	archive.Records
	Tables []archive.Table

	// Uncompared names columns, by table, that Records leaves out on both sides: their
	// values have no form in common.
	Uncompared map[string][]string
}

// all are the tables, and the one that stands for large objects where both kinds of
// records know them.
func (s Side) all() []archive.Table {
	n, ok := archive.AboutLargeObjects(s.Records)
	if !ok {
		return s.Tables
	}
	return append(slices.Clip(s.Tables), archive.Table{Name: archive.LargeObjects, Rows: n})
}

// Options of a comparison.
type Options struct {
	TempDir string // for sorting; "" is the system's

	// Hide says whose values no example shows; nil hides none.
	Hide func(column string) bool

	// Progress is told how many of the rows to be read have been read, and of which table
	// the last ones were; from one goroutine at a time. Optional.
	Progress func(done, total int64, table string)

	// MostRows is how many rows of both sides together are read; the largest tables,
	// which would take more, are skipped. 0 is DefaultMostRows.
	MostRows int64
}

// DefaultMostRows are ten million: about half a minute.
const DefaultMostRows = 10_000_000

// Compare returns the tables that differ or could not be compared, those with most
// differences first.
func Compare(ctx context.Context, before, after Side, o Options) ([]Table, error) {
	all := pair(before.all(), after.all())
	// The smallest first, so that as many as possible are compared.
	slices.SortStableFunc(all, func(a, b Table) int { return cmp.Compare(a.rows(), b.rows()) })
	left := cmp.Or(o.MostRows, DefaultMostRows)
	c := comparison{before: before, after: after, dir: o.TempDir, hide: o.Hide, seeds: [3]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed(), maphash.MakeSeed()}}
	c.progress.told = o.Progress
	for rest, i := left, 0; i < len(all); i++ {
		if t := all[i]; t.Skipped == "" && t.Before >= 0 && t.After >= 0 && t.rows() <= rest {
			rest, c.progress.total = rest-t.rows(), c.progress.total+t.rows()
		}
	}
	for i := range all {
		t := &all[i]
		switch {
		case t.Skipped != "":
		case t.Before < 0:
			t.Added = t.After
			if err := c.begin(ctx, t); err != nil {
				return nil, err
			}
		case t.After < 0:
			t.Removed = t.Before
			if err := c.begin(ctx, t); err != nil {
				return nil, err
			}
		case t.rows() > left:
			t.Skipped = TooLarge
		default:
			left -= t.rows()
			if err := c.table(ctx, t); err != nil {
				return nil, err
			}
		}
	}
	all = slices.DeleteFunc(all, Table.Same)
	slices.SortStableFunc(all, func(a, b Table) int {
		return cmp.Or(cmp.Compare(b.Added+b.Removed+b.Changed, a.Added+a.Removed+a.Changed), strings.Compare(a.Name, b.Name))
	})
	return all, nil
}

func (t Table) rows() int64 { return max(0, t.Before) + max(0, t.After) }

func pair(before, after []archive.Table) []Table {
	rows := make(map[string]int64, len(before))
	for _, t := range before {
		rows[t.Name] = t.Rows
	}
	var all []Table
	for _, t := range after {
		was, ok := rows[t.Name]
		if !ok {
			was = -1
		}
		delete(rows, t.Name)
		all = append(all, Table{Name: t.Name, Before: was, After: t.Rows, Skipped: unknown(ok && was < 0 || t.Rows < 0)})
	}
	for _, t := range before {
		if _, ok := rows[t.Name]; ok {
			all = append(all, Table{Name: t.Name, Before: t.Rows, After: -1, Skipped: unknown(t.Rows < 0)})
		}
	}
	return all
}

// unknown is why a table is not compared that is there with a number of rows that
// nobody knows.
func unknown(so bool) string {
	if so {
		return Unreadable
	}
	return ""
}

type comparison struct {
	before, after Side
	dir           string
	hide          func(column string) bool
	progress      progress
	seeds         [3]maphash.Seed
}

// table compares the rows of one table, both sides at the same time.
func (c *comparison) table(ctx context.Context, t *Table) error {
	there, here := c.before.Columns(t.Name), c.after.Columns(t.Name)
	if t.Uncompared = c.after.Uncompared[t.Name]; t.Uncompared == nil {
		t.Uncompared = c.before.Uncompared[t.Name]
	}
	columns := slices.DeleteFunc(slices.Clone(here), func(name string) bool { return !slices.Contains(there, name) })
	if len(there) == 0 && len(here) == 0 { // rows without a value are all the same
		t.Added, t.Removed = max(0, t.After-t.Before), max(0, t.Before-t.After)
		return nil
	}
	if t.Before > 0 && len(there) == 0 || t.After > 0 && len(here) == 0 {
		t.Skipped = Unreadable
		return nil
	}
	if len(there) > 0 && len(here) > 0 {
		t.Altered = c.altered(t.Name, there, here)
		t.Columns = len(t.Altered) > 0
	}
	if len(columns) == 0 {
		t.Added, t.Removed = t.After, t.Before
		return c.begin(ctx, t)
	}
	keys := c.after.Key(t.Name)
	if keys == nil {
		keys = c.before.Key(t.Name)
	}
	h := c.hasher(t.Name, columns, keys)
	m := newMeeting(c.dir)
	defer m.close()
	rows, err := c.meet(ctx, m, t.Name, columns, h)
	switch {
	case archive.Unread(err):
		t.Skipped = Unreadable
		return nil
	case t.Name == archive.LargeObjects && errs.CodeOf(err) == errs.Denied:
		t.Skipped = Denied
		return nil
	case err != nil:
		return err
	}
	// A live table may hold other rows than when they were counted, also none or the first.
	t.Before, t.After = held(rows[sideBefore], t.Before), held(rows[sideAfter], t.After)
	old, now, err := m.end()
	if err != nil {
		return err
	}
	d, err := merge(old, now, t)
	if err != nil {
		return err
	}
	return c.examples(ctx, t, h, columns, d)
}

// held is how many rows were read; counted where there are too many to tell.
func held(rows uint32, counted int64) int64 {
	if rows == lost {
		return counted
	}
	return int64(rows)
}

// both does two things at the same time. Where one fails, the other is stopped, and
// its own error is returned.
func both(ctx context.Context, one, other func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var first error
	var wait sync.WaitGroup
	wait.Go(func() {
		if first = one(ctx); first != nil {
			stop()
		}
	})
	err := other(ctx)
	if err != nil {
		stop()
	}
	wait.Wait()
	if first != nil && (err == nil || errs.CodeOf(err) == errs.Cancelled) {
		err = first
	}
	return err
}

// hasher of a table's rows.
func (c *comparison) hasher(table string, columns, keys []string) hasher {
	zoned := slices.Concat(c.before.Zoned(table), c.after.Zoned(table))
	zoned = slices.DeleteFunc(zoned, func(name string) bool { return !slices.Contains(columns, name) })
	return hasher{seeds: c.seeds, keys: places(columns, keys), zoned: places(columns, zoned)}
}

// begin shows the first rows of a table whose rows all differ: they are on one side.
func (c *comparison) begin(ctx context.Context, t *Table) error {
	for _, one := range []struct {
		side Side
		rows int64
		kind Kind
	}{{c.before, t.Removed, Removed}, {c.after, t.Added, Added}} {
		columns := one.side.Columns(t.Name)
		if one.rows == 0 || len(columns) == 0 {
			continue
		}
		wanted := make([]mark, min(mostExamples, one.rows))
		for i := range wanted {
			wanted[i].at = uint32(i)
		}
		h := c.hasher(t.Name, columns, one.side.Key(t.Name))
		rows, err := c.look(ctx, one.side, t.Name, h, columns, wanted)
		if archive.Unread(err) {
			continue
		}
		if err != nil {
			return err
		}
		for i := range uint32(mostExamples) {
			if one.kind == Removed {
				t.example(Removed, h, columns, rows[i], nil, c.hide)
			} else {
				t.example(Added, h, columns, nil, rows[i], c.hide)
			}
		}
	}
	return nil
}

// altered says which columns differ. Types are compared where both sides tell them.
func (c *comparison) altered(table string, there, here []string) (list []Alteration) {
	for _, name := range here {
		after := c.after.Type(table, name)
		if !slices.Contains(there, name) {
			list = append(list, Alteration{Column: name, Change: "added", After: after})
		} else if before := c.before.Type(table, name); before != "" && after != "" && !strings.EqualFold(before, after) {
			list = append(list, Alteration{Column: name, Change: "type", Before: before, After: after})
		}
	}
	for _, name := range there {
		if !slices.Contains(here, name) {
			list = append(list, Alteration{Column: name, Change: "removed", Before: c.before.Type(table, name)})
		}
	}
	return list
}

// places are those of names in columns; nil unless all of them are there.
func places(columns, names []string) []int {
	var at []int
	for _, name := range names {
		i := slices.Index(columns, name)
		if i < 0 {
			return nil
		}
		at = append(at, i)
	}
	return at
}
