package migrate

import (
	"context"
	"slices"
	"time"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
	"cofre/internal/errs"
)

// doctor reads every value of a prepared migration, as the load would convert it,
// and checks keys as the server would.
type doctor struct {
	w        *work
	readers  readers
	foreign  map[*table][]*foreignKey
	parents  map[*table][]*parentKey
	unique   map[*table][]uniqueKey
	room     int64 // for keys, in words
	findings []Finding
}

// uniqueKey is a unique key of the target. SQLite may keep it unique, too: then only
// values that are not carried as they are can become the same.
type uniqueKey struct {
	key     *target.Key
	columns []int
	action  Action
	kept    bool // by SQLite
}

// diagnosis is what the doctor found.
type diagnosis struct {
	findings []Finding // about values and keys; those about structure are the work's
	verdicts map[*table]map[int64]verdict
	took     time.Duration
}

// mostRounds bounds how often leaving out rows may leave further rows without
// their parents; each round finds at least one more level.
const mostRounds = 100

// examine reads everything. Where rows are left out, what points to them is
// looked at again, until nothing more follows.
func (w *work) examine(ctx context.Context, r readers) (*diagnosis, error) {
	d := &doctor{w: w, readers: r, foreign: map[*table][]*foreignKey{}, parents: map[*table][]*parentKey{}, unique: map[*table][]uniqueKey{}, room: mostKeys}
	if err := d.planKeys(); err != nil {
		return nil, err
	}
	if err := d.readParents(ctx); err != nil {
		return nil, err
	}
	standing := d.findings
	for range mostRounds {
		found := &diagnosis{findings: slices.Clone(standing), verdicts: map[*table]map[int64]verdict{}}
		fresh := false
		for _, t := range w.tables {
			x, err := d.examineTable(ctx, t)
			if err != nil {
				return nil, err
			}
			found.verdicts[t] = x.judged
			found.findings = append(found.findings, x.findings(d)...)
			duplicates, err := d.duplicates(ctx, t, x)
			if err != nil {
				return nil, err
			}
			found.findings = append(found.findings, duplicates...)
			for p, keys := range x.gone {
				for _, k := range keys {
					fresh = fresh || !p.set.gone[k]
					p.set.gone[k] = true
				}
			}
		}
		if !fresh {
			return found, nil
		}
	}
	return nil, errs.New(errs.Invalid, "migrate.chain", nil)
}

// examineTable looks at all rows of a table.
func (d *doctor) examineTable(ctx context.Context, t *table) (*examiner, error) {
	var unique []gathered
	for _, u := range d.unique[t] {
		one := gathered{columns: u.columns}
		if !u.kept {
			one.list = newKeyList(t.rows)
		}
		unique = append(unique, one)
	}
	fresh := func() *examiner { return newExaminer(t, d.foreign[t], unique, d.parents[t]) }
	all := fresh()
	err := d.readers.each(ctx, t.from, t.rows, all.columns, func() (func(*source.Row) error, func()) {
		x := fresh()
		return x.look, func() { all.merge(x) }
	})
	return all, err
}

// duplicates finds the rows of unique keys that occur twice. The first of each,
// by rowid, is the one that stays where the others are left out.
func (d *doctor) duplicates(ctx context.Context, t *table, x *examiner) ([]Finding, error) {
	var findings []Finding
	for n, u := range d.unique[t] {
		twice, err := d.repeated(ctx, t, x, n)
		if err != nil {
			return nil, err
		}
		if twice == nil {
			continue
		}
		f := Finding{Table: t.from.Name, Column: t.names(u.columns), Code: Duplicate, Options: []Action{Leave, Stop}, Args: errs.Args{"constraint": u.key.Name}}
		seen := map[uint64]bool{}
		again := newExaminer(t, nil, nil, nil)
		var found spot
		err = d.readers[:1].each(ctx, t.from, t.rows, again.columns, func() (func(*source.Row) error, func()) {
			return func(r *source.Row) error {
				if left, err := again.convert(r); left || err != nil || x.judged[r.Rowid].leave {
					return err
				}
				k, ok := t.key(again.row, u.columns)
				if !ok || !twice[k] {
					return nil
				}
				again.spot(&found, r, u.columns[0], nil)
				if seen[k] && u.action == Leave {
					x.judged[r.Rowid] = verdict{leave: true}
					for _, p := range d.parents[t] {
						if k, ok := t.key(again.row, p.columns); ok && !slices.Equal(p.columns, u.columns) {
							x.gone[p] = append(x.gone[p], k)
						}
					}
				}
				seen[k] = true
				return nil
			}, func() {}
		})
		if err != nil {
			return nil, err
		}
		f.Rows, f.Examples = found.rows, found.shown()
		findings = append(findings, decided(f, d.w.choices))
	}
	return findings, nil
}

// findings are what the examiner has to say of its table.
func (x *examiner) findings(d *doctor) []Finding {
	var list []Finding
	for i := range x.t.columns {
		c := &x.t.columns[i]
		base := Finding{Table: x.t.from.Name, Column: x.t.name(c), Type: c.to.Type.SQL}
		for k := range x.notes[i] {
			s, note := &x.notes[i][k], convert.Notes(1)<<k
			if s.rows == 0 {
				continue
			}
			f := base
			f.Code, f.Rows, f.Examples = note.Name(), s.rows, s.shown()
			f.Action, f.Options = c.policy.action(note), optionsOf(note, !c.to.NotNull)
			f.Level = levelOf(note, f.Action)
			list = append(list, f)
		}
		if s := &x.nulls[i]; s.rows > 0 {
			f := base
			f.Code, f.Rows, f.Examples, f.Options = NullValue, s.rows, s.shown(), []Action{Leave, Stop}
			if c.fill != nil {
				f.Options = []Action{Default, Leave, Stop}
			}
			list = append(list, decided(f, d.w.choices))
		}
	}
	for n, f := range x.foreign {
		s := &x.orphans[n]
		if s.rows == 0 {
			continue
		}
		one := Finding{Table: x.t.from.Name, Column: x.t.name(&x.t.columns[f.columns[0]]), Code: Orphan, Rows: s.rows, Examples: s.shown(),
			Options: []Action{Leave, Stop}, Args: errs.Args{"constraint": f.key.Name, "parent": f.key.Parent.Qualified()}}
		if slices.ContainsFunc(f.columns, func(i int) bool { return !x.t.columns[i].to.NotNull }) {
			one.Options = []Action{Null, Leave, Stop}
		}
		list = append(list, decided(one, d.w.choices))
	}
	return list
}
