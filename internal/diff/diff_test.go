package diff

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// content is a database in memory; a value is as the test writes it, "" is NULL.
type content struct {
	columns, keys, zoned map[string][]string
	rows                 map[string][][]string
	types                map[string]string // by column
	broken               error
}

func (c content) Columns(table string) []string { return c.columns[table] }
func (c content) Key(table string) []string     { return c.keys[table] }
func (c content) Zoned(table string) []string   { return c.zoned[table] }
func (c content) Stored(_, _ string) string     { return "" }
func (c content) Type(_, column string) string  { return c.types[column] }
func (c content) Show(value []byte) string      { return string(value) }

func (c content) Read(_ context.Context, table string, columns []string, limit int64, yield func([][]byte) error) error {
	for i, row := range c.rows[table] {
		if limit > 0 && int64(i) == limit {
			return nil
		}
		var values [][]byte
		for _, name := range columns {
			v := row[slices.Index(c.columns[table], name)]
			if v == "" {
				values = append(values, nil)
			} else {
				values = append(values, []byte(v))
			}
		}
		if err := yield(values); err != nil {
			return err
		}
	}
	return c.broken
}

func (c content) side() Side {
	s := Side{Records: c}
	for name := range c.columns {
		s.Tables = append(s.Tables, archive.Table{Name: name, Rows: int64(len(c.rows[name]))})
	}
	slices.SortFunc(s.Tables, func(a, b archive.Table) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return s
}

// one is a content of one table t.
func one(columns, keys []string, rows ...[]string) content {
	return content{columns: map[string][]string{"t": columns}, keys: map[string][]string{"t": keys}, rows: map[string][][]string{"t": rows}}
}

// counted leaves out what is told besides numbers.
func counted(tables []Table) (plain []Table) {
	for _, t := range tables {
		t.Altered, t.Examples = nil, nil
		plain = append(plain, t)
	}
	return plain
}

func TestTwoContentsAreComparedRowByRow(t *testing.T) {
	id, cols := []string{"id"}, []string{"id", "v"}
	zoned := func(c content) content { c.zoned = map[string][]string{"t": {"v"}}; return c }
	for name, c := range map[string]struct {
		before, after content
		want          []Table
	}{
		"the same in another order": {one(cols, id, []string{"1", "a"}, []string{"2", "b"}), one(cols, id, []string{"2", "b"}, []string{"1", "a"}), nil},
		"added, removed and changed by key": {one(cols, id, []string{"1", "a"}, []string{"2", "b"}, []string{"3", "c"}), one(cols, id, []string{"1", "a"}, []string{"2", "B"}, []string{"4", "d"}, []string{"5", "e"}),
			[]Table{{Name: "t", Before: 3, After: 4, Added: 2, Removed: 1, Changed: 1}}},
		"NULL is not an empty text, nor the next column's": {one([]string{"id", "a", "b"}, id, []string{"1", "x", ""}), one([]string{"id", "a", "b"}, id, []string{"1", "", "x"}),
			[]Table{{Name: "t", Before: 1, After: 1, Changed: 1}}},
		"without a key by whole rows, each as often as it is there": {one(cols, nil, []string{"1", "a"}, []string{"1", "a"}, []string{"2", "b"}), one(cols, nil, []string{"1", "a"}, []string{"2", "b"}, []string{"2", "b"}, []string{"2", "c"}),
			[]Table{{Name: "t", Before: 3, After: 4, Added: 2, Removed: 1}}},
		"rows of one key in another order": {one(cols, id, []string{"", "a"}, []string{"", "b"}, []string{"", "c"}), one(cols, id, []string{"", "c"}, []string{"", "a"}, []string{"", "b"}), nil},
		"a column more": {one(cols, id, []string{"1", "a"}), one([]string{"id", "v", "w"}, id, []string{"1", "a", "x"}),
			[]Table{{Name: "t", Before: 1, After: 1, Columns: true}}},
		"a table more, and one less": {one(cols, id, []string{"1", "a"}), content{columns: map[string][]string{"u": cols}, rows: map[string][][]string{"u": {{"1", "a"}, {"2", "b"}}}},
			[]Table{{Name: "u", Before: -1, After: 2, Added: 2}, {Name: "t", Before: 1, After: -1, Removed: 1}}},
		"an empty table more": {content{}, one(cols, id), []Table{{Name: "t", Before: -1}}},
		"emptied":             {one(cols, id, []string{"1", "a"}), one(cols, id), []Table{{Name: "t", Before: 1, Removed: 1}}},
		"one moment in two zones": {one(cols, id, []string{"1", "2026-11-21 10:15:30.5-03"}, []string{"2", `{"2026-11-21 23:15:30-03:30",NULL}`}, []string{"3", "2026-11-21 10:15:30-03"}),
			zoned(one(cols, id, []string{"1", "2026-11-21 13:15:30.5+00"}, []string{"2", `{"2026-11-22 02:45:30+00",NULL}`}, []string{"3", "2026-11-21 10:15:30+00"})), []Table{{Name: "t", Before: 3, After: 3, Changed: 1}}},
		"one side does not give its rows": {func() content {
			c := one(cols, id, []string{"1", "a"})
			c.broken = errs.New(errs.Unavailable, "archive.encoding", nil)
			return c
		}(), one(cols, id, []string{"1", "a"}), []Table{{Name: "t", Before: 1, After: 1, Skipped: Unreadable}}},
	} {
		got, err := Compare(t.Context(), c.before.side(), c.after.side(), Options{TempDir: t.TempDir()})
		if err != nil || !reflect.DeepEqual(counted(got), c.want) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
}

func TestATableWhoseRowsNobodyKnowsIsNotTakenForOneThatIsNotThere(t *testing.T) {
	there := one([]string{"v"}, nil, []string{"a"}).side()
	unknown, none := one([]string{"v"}, nil).side(), Side{Records: content{}}
	unknown.Tables[0].Rows = -1
	for name, c := range map[string]struct {
		before, after Side
		want          Table
	}{
		"on both sides":          {unknown, unknown, Table{Before: -1, After: -1}},
		"before":                 {unknown, there, Table{Before: -1, After: 1}},
		"after":                  {there, unknown, Table{Before: 1, After: -1}},
		"and is not there after": {unknown, none, Table{Before: -1, After: -1}},
		"and was not there":      {none, unknown, Table{Before: -1, After: -1}},
	} {
		c.want.Name, c.want.Skipped = "t", Unreadable
		if got, err := Compare(t.Context(), c.before, c.after, Options{}); err != nil || !reflect.DeepEqual(got, []Table{c.want}) {
			t.Errorf("unknown %s: %+v, %v", name, got, err)
		}
	}
}

func TestRowsWrittenAfterTheyWereCountedAreCompared(t *testing.T) {
	columns, key := []string{"id", "v"}, []string{"id"}
	rows := [][]string{{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}}
	for name, c := range map[string]struct {
		before, after     int   // of the rows, now
		counted, expected int64 // of the side before and of that after, when they were counted
		want              []Table
	}{
		"into an empty table":            {4, 0, 0, 0, []Table{{Name: "t", Before: 4, Removed: 4}}},
		"into one that gets rows":        {4, 3, 0, 3, []Table{{Name: "t", Before: 4, After: 3, Removed: 1}}},
		"into one that has rows":         {4, 3, 3, 3, []Table{{Name: "t", Before: 4, After: 3, Removed: 1}}},
		"into one that is to be emptied": {4, 0, 3, 0, []Table{{Name: "t", Before: 4, Removed: 4}}},
		"and one was emptied":            {0, 3, 2, 3, []Table{{Name: "t", After: 3, Added: 3}}},
	} {
		before, after := one(columns, key, rows[:c.before]...).side(), one(columns, key, rows[:c.after]...).side()
		before.Tables[0].Rows, after.Tables[0].Rows = c.counted, c.expected
		if got, err := Compare(t.Context(), before, after, Options{TempDir: t.TempDir()}); err != nil || !reflect.DeepEqual(counted(got), c.want) {
			t.Errorf("%s: %+v, %v, want %+v", name, counted(got), err, c.want)
		}
	}
}

func TestWhatIsTooLargeIsSkippedAndSaid(t *testing.T) {
	c := content{columns: map[string][]string{"big": {"n"}, "small": {"n"}}, rows: map[string][][]string{"small": {{"1"}}}}
	for i := range 100 {
		c.rows["big"] = append(c.rows["big"], []string{fmt.Sprint(i)})
	}
	d := content{columns: c.columns, rows: map[string][][]string{"small": {{"2"}}, "big": c.rows["big"]}}
	got, err := Compare(t.Context(), c.side(), d.side(), Options{MostRows: 150})
	want := []Table{{Name: "small", Before: 1, After: 1, Added: 1, Removed: 1}, {Name: "big", Before: 100, After: 100, Skipped: TooLarge}}
	if err != nil || !reflect.DeepEqual(counted(got), want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAPileThatDoesNotFitIntoMemoryComesBackSorted(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	p := &pile{dir: t.TempDir(), most: 100}
	defer p.close()
	var want []mark
	for range 1050 {
		m := mark{high: random.Uint64N(50), low: random.Uint32N(50), row: random.Uint64()}
		want = append(want, m)
		if err := p.add(m); err != nil {
			t.Fatal(err)
		}
	}
	o, err := p.sorted()
	if err != nil || len(o.runs) != 11 {
		t.Fatalf("%d runs, %v", len(o.runs), err)
	}
	inOrder(want)
	for i := range want {
		if !o.more || o.first.compare(want[i]) != 0 || o.first.row != want[i].row {
			t.Fatalf("mark %d is %v, want %v", i, o.first, want[i])
		}
		if err := o.next(); err != nil {
			t.Fatal(err)
		}
	}
	if o.more {
		t.Error("there are more marks than were added")
	}
}

func TestTheErrorOfASideEndsTheComparison(t *testing.T) {
	good := one([]string{"v"}, nil, []string{"a"})
	bad := good
	bad.broken = errs.New(errs.Corrupt, "archive.dump_cut", nil)
	for _, sides := range [][2]content{{good, bad}, {bad, good}} {
		if _, err := Compare(t.Context(), sides[0].side(), sides[1].side(), Options{}); errs.CodeOf(err) != errs.Corrupt {
			t.Errorf("error %v", err)
		}
	}
}
