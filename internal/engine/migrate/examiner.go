package migrate

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
)

// spot is one kind of thing in one column: how often, and the first examples.
type spot struct {
	rows     int64
	examples []sighting
}

// sighting is an example and the place of its row in the file.
type sighting struct {
	Example
	order int64
}

func (s *spot) merge(o spot) {
	s.rows += o.rows
	s.examples = append(s.examples, o.examples...)
	slices.SortStableFunc(s.examples, func(a, b sighting) int { return cmp.Compare(a.order, b.order) })
	s.examples = s.examples[:min(len(s.examples), mostExamples)]
}

func (s *spot) shown() []Example {
	list := make([]Example, len(s.examples))
	for i := range s.examples {
		list[i] = s.examples[i].Example
	}
	return list
}

// examiner looks at the rows of one table as an encoder would send them, and
// sends nothing. Each reader has its own; they are merged into one.
type examiner struct {
	t       *table
	columns []int // of the file: those that are carried, then what else is needed to name a row
	keyAt   []int // positions in columns that name a row
	foreign []*foreignKey
	unique  []gathered
	judged  map[int64]verdict

	notes   [][convert.Kinds]spot // per column and note
	nulls   []spot                // per column: NULL where a value must be
	orphans []spot                // per foreign key
	keys    []keyWriter           // per unique key
	gone    map[*parentKey][]uint64
	parents []*parentKey // keys of this table that others point to

	buf  []byte
	ends []int // of the current row's fields in buf; negative for NULL
	row  fields
}

// gathered is a unique key whose values all examiners of a table collect, where
// there is a list for them.
type gathered struct {
	columns []int
	list    *keyList
}

func newExaminer(t *table, foreign []*foreignKey, unique []gathered, parents []*parentKey) *examiner {
	x := &examiner{t: t, columns: t.sources(), foreign: foreign, unique: unique, parents: parents,
		judged: map[int64]verdict{}, notes: make([][convert.Kinds]spot, len(t.columns)), nulls: make([]spot, len(t.columns)),
		orphans: make([]spot, len(foreign)), keys: make([]keyWriter, len(unique)), gone: map[*parentKey][]uint64{},
		ends: make([]int, len(t.columns)), row: make(fields, len(t.columns))}
	for i := range unique {
		x.keys[i].list = unique[i].list
	}
	for _, k := range t.from.PrimaryKey {
		at := slices.Index(x.columns, k)
		if at < 0 {
			at = len(x.columns)
			x.columns = append(x.columns, k)
		}
		x.keyAt = append(x.keyAt, at)
	}
	return x
}

func (x *examiner) merge(o *examiner) {
	for i := range x.notes {
		for k := range x.notes[i] {
			if o.notes[i][k].rows > 0 {
				x.notes[i][k].merge(o.notes[i][k])
			}
		}
		x.nulls[i].merge(o.nulls[i])
	}
	for i := range x.orphans {
		x.orphans[i].merge(o.orphans[i])
	}
	for i := range o.keys {
		if o.keys[i].list != nil {
			o.keys[i].flush()
		}
	}
	for row, v := range o.judged {
		x.judged[row] = v
	}
	for p, keys := range o.gone {
		x.gone[p] = append(x.gone[p], keys...)
	}
}

// changed says whether any value of the columns was not carried as it is: different
// ones may have become the same.
func (x *examiner) changed(columns []int) bool {
	for _, i := range columns {
		if x.nulls[i].rows > 0 && x.t.columns[i].nulls == Default {
			return true
		}
		for k := range x.notes[i] {
			if x.notes[i][k].rows > 0 && convert.Notes(1)<<k&convert.Refusals == 0 {
				return true
			}
		}
	}
	return false
}

// look examines one row.
func (x *examiner) look(r *source.Row) error {
	left, err := x.convert(r)
	if err != nil {
		return err
	}
	if !left {
		left = x.checkForeign(r)
	}
	if left {
		for _, p := range x.parents {
			if k, ok := x.t.key(x.row, p.columns); ok {
				x.gone[p] = append(x.gone[p], k)
			}
		}
		return nil
	}
	for i, u := range x.unique {
		if u.list == nil {
			continue
		}
		if k, ok := x.t.key(x.row, u.columns); ok {
			x.keys[i].add(k)
		}
	}
	return nil
}

// convert converts the row into x.row and counts what there is to say. It says
// whether a choice leaves the row out.
func (x *examiner) convert(r *source.Row) (left bool, err error) {
	x.buf = x.buf[:0]
	for i := range x.t.columns {
		c, v := &x.t.columns[i], &r.Values[i]
		x.ends[i] = -1
		if v.Class == source.Null {
			if c.nulls != "" {
				x.spot(&x.nulls[i], r, i, nil)
				left = left || c.nulls == Leave
			}
			if c.nulls == Default {
				x.buf = append(x.buf, c.fill...)
				x.ends[i] = len(x.buf)
			}
			continue
		}
		if v.Large {
			streams, err := streamable(c.codec, r, i)
			if err != nil {
				return false, err
			}
			if streams {
				continue // is whole as it is, and no part of a key
			}
			if err := r.Load(i); err != nil {
				return false, err
			}
		}
		begin := len(x.buf)
		var notes convert.Notes
		x.buf, notes = c.codec.Append(x.buf, v)
		if notes != 0 {
			notes.Each(func(one convert.Notes) { x.spot(&x.notes[i][one.Index()], r, i, x.becomes(one, c, begin)) })
			left = left || notes&c.policy.leave != 0
			if notes&(c.policy.null|convert.Refusals) != 0 {
				x.buf = x.buf[:begin]
				continue
			}
		}
		x.ends[i] = len(x.buf)
	}
	begin := 0
	for i, end := range x.ends {
		if x.row[i] = nil; end >= 0 {
			x.row[i] = x.buf[begin:end:end]
			begin = end
		}
	}
	return left, nil
}

// becomes is what the last value of buf was converted to, where that is a change
// to look at.
func (x *examiner) becomes(note convert.Notes, c *column, begin int) []byte {
	if note&convert.Refusals != 0 {
		return nil
	}
	return x.buf[begin:]
}

// spot counts a value and keeps the first ones as examples.
func (x *examiner) spot(s *spot, r *source.Row, i int, becomes []byte) {
	if s.rows++; len(s.examples) == mostExamples {
		return
	}
	e := sighting{Example{Key: x.name(r), Value: r.Values[i].String()}, r.Rowid}
	if becomes != nil {
		e.Becomes = convert.Show(x.t.columns[i].to.Type, becomes)
	}
	if secret.MatchString(x.t.name(&x.t.columns[i])) && r.Values[i].Class != source.Null {
		e.Value, e.Becomes = hidden, ""
	}
	s.examples = append(s.examples, e)
}

// secret are names of columns whose values an example does not quote.
var secret = regexp.MustCompile(`(?i)passw|senha|secret|token|api_?key|private_?key|hash`)

const hidden = "••••"

// name says which row it is: its primary key, else its rowid.
func (x *examiner) name(r *source.Row) string {
	if len(x.keyAt) == 0 {
		v := source.Value{Class: source.Integer, Int: r.Rowid}
		return "rowid " + v.String()
	}
	var parts []string
	for n, at := range x.keyAt {
		parts = append(parts, x.t.from.Columns[x.t.from.PrimaryKey[n]].Name+" "+r.Values[at].String())
	}
	return strings.Join(parts, ", ")
}

// checkForeign looks up the row's foreign keys. It says whether a choice leaves
// the row out.
func (x *examiner) checkForeign(r *source.Row) (left bool) {
	var v verdict
	for n, f := range x.foreign {
		k, ok := x.t.key(x.row, f.columns)
		if !ok || f.parent.set.has(k) {
			continue
		}
		x.spot(&x.orphans[n], r, f.columns[0], nil)
		switch f.action {
		case Leave:
			v.leave = true
		case Null:
			for _, i := range f.columns {
				if !x.t.columns[i].to.NotNull {
					v.null = append(v.null, i)
					x.row[i] = nil
				}
			}
		}
	}
	if v.leave || v.null != nil {
		x.judged[r.Rowid] = v
	}
	return v.leave
}
