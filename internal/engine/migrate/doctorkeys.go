package migrate

import (
	"context"
	"fmt"
	"strings"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
	"cofre/internal/errs"
)

// planKeys finds the keys to check, and which tables others point to.
func (d *doctor) planKeys() error {
	byTarget := map[*target.Table]*table{}
	for _, t := range d.w.tables {
		byTarget[t.to] = t
	}
	known := map[string]*parentKey{}
	for _, t := range d.w.tables {
		for _, k := range t.to.ForeignKeys {
			f := &foreignKey{key: k, columns: t.positions(k.Columns)}
			if !k.Validated || k.Full || f.columns == nil || d.w.keeps(k.Parent) {
				continue
			}
			name := fmt.Sprintf("%p %v", k.Parent, k.To)
			if known[name] == nil {
				p := &parentKey{table: byTarget[k.Parent], set: newKeySet()}
				if p.table != nil {
					fits, err := d.makeRoom(p, k.To)
					if err != nil {
						return err
					}
					if !fits {
						d.byServer(t, k.Name, p.table.rows)
						continue
					}
					d.parents[p.table] = append(d.parents[p.table], p)
				}
				known[name] = p
			}
			f.parent = known[name]
			if p := f.parent; p.table == nil || sameFamilies(t, f.columns, p.table, p.columns) {
				f.action = chosen(d.w.choices, t.from.Name, t.name(&t.columns[f.columns[0]]), Orphan)
				d.foreign[t] = append(d.foreign[t], f)
			}
		}
	}
	for _, t := range d.w.tables {
		if t.rows > 0 {
			for _, rule := range t.to.Rules {
				d.byServer(t, rule, t.rows)
			}
		}
		room := d.room // the keys of one table at a time
		for i := range t.to.Keys {
			k := &t.to.Keys[i]
			columns := t.positions(k.Columns)
			kept := columns != nil && k.Exact && t.guaranteed(columns)
			switch {
			case columns == nil || kept && t.counted(columns):
			case !k.Exact || k.NullsEqual || t.rows > room:
				d.byServer(t, k.Name, t.rows)
			default:
				if !kept {
					room -= t.rows
				}
				d.unique[t] = append(d.unique[t], uniqueKey{k, columns, chosen(d.w.choices, t.from.Name, t.names(columns), Duplicate), kept})
			}
		}
	}
	return nil
}

// makeRoom finds the columns of a key that others point to, and says whether they
// are carried and there is room for all of its values.
func (d *doctor) makeRoom(p *parentKey, key []int) (fits bool, err error) {
	if p.columns = p.table.positions(key); p.columns == nil {
		return false, nil
	}
	words := p.table.rows
	if p.table.rows > 0 && p.table.counted(p.columns) {
		low, high, err := d.readers[0].Bounds(p.table.from)
		if err != nil {
			return false, err
		}
		if n := spanned(low, high); n <= uint64(words) { // few gaps
			words = int64(n)
			p.set.between(low, high)
		}
	}
	if words > d.room {
		return false, nil
	}
	d.room -= words
	return true, nil
}

// counted says whether a key is the rowid, which is an integer always, and whose
// bounds SQLite knows.
func (t *table) counted(key []int) bool {
	if len(key) != 1 {
		return false
	}
	c := &t.columns[key[0]]
	return c.from == t.from.RowidColumn && isInteger(c.to.Type)
}

// byServer reports a rule that only the server checks, while it loads.
func (d *doctor) byServer(t *table, rule string, rows int64) {
	d.findings = append(d.findings, Finding{Table: t.from.Name, Code: CheckedByServer, Level: backup.Info, Rows: rows, Action: Convert, Args: errs.Args{"constraint": rule}})
}

// sameFamilies says whether the two sides of a foreign key can be compared here.
func sameFamilies(a *table, as []int, b *table, bs []int) bool {
	for i := range as {
		if family(a.columns[as[i]].to.Type) != family(b.columns[bs[i]].to.Type) {
			return false
		}
	}
	return true
}

// names joins the file's names of carried columns.
func (t *table) names(columns []int) string {
	var list []string
	for _, i := range columns {
		list = append(list, t.name(&t.columns[i]))
	}
	return strings.Join(list, ", ")
}

// readParents collects the keys that foreign keys may point to.
func (d *doctor) readParents(ctx context.Context) error {
	for _, t := range d.w.tables {
		for _, p := range d.parents[t] {
			narrow, all := t.narrow(p.columns)
			if p.set.bits != nil {
				err := d.eachKey(ctx, narrow, all, nil, func() (func(uint64), func()) { return p.set.add, func() {} })
				if err != nil {
					return err
				}
				continue
			}
			list, err := d.gather(ctx, narrow, all, nil)
			if err != nil {
				return err
			}
			p.set.fill(list)
		}
	}
	return nil
}

// narrow is the table with some of its columns alone, and their new positions.
func (t *table) narrow(columns []int) (narrow *table, all []int) {
	narrow = &table{from: t.from, to: t.to, rows: t.rows}
	for n, i := range columns {
		narrow.columns, all = append(narrow.columns, t.columns[i]), append(all, n)
	}
	return narrow, all
}

// eachKey reads the values of a key, but for those of rows that are left out, where
// these are known.
func (d *doctor) eachKey(ctx context.Context, t *table, columns []int, left map[int64]verdict, begin func() (add func(uint64), end func())) error {
	fresh := func() *examiner { return newExaminer(t, nil, nil, nil) }
	return d.readers.each(ctx, t.from, t.rows, fresh().columns, func() (func(*source.Row) error, func()) {
		x := fresh()
		add, end := begin()
		return func(r *source.Row) error {
			gone, err := x.convert(r)
			if err != nil || left != nil && (gone || left[r.Rowid].leave) {
				return err
			}
			if k, ok := t.key(x.row, columns); ok {
				add(k)
			}
			return nil
		}, end
	})
}

func (d *doctor) gather(ctx context.Context, t *table, columns []int, left map[int64]verdict) (*keyList, error) {
	list := newKeyList(t.rows)
	return list, d.eachKey(ctx, t, columns, left, func() (func(uint64), func()) {
		w := &keyWriter{list: list}
		return w.add, w.flush
	})
}

// repeated returns the keys that occur more than once, in rows that are not left out.
func (d *doctor) repeated(ctx context.Context, t *table, x *examiner, n int) (map[uint64]bool, error) {
	u := d.unique[t][n]
	if !u.kept {
		return repeated(x.unique[n].list.keys), nil
	}
	if !x.changed(u.columns) {
		return nil, nil
	}
	narrow, all := t.narrow(u.columns)
	list, err := d.gather(ctx, narrow, all, nil)
	if err != nil || repeated(list.keys) == nil {
		return nil, err
	}
	list, err = d.gather(ctx, t, u.columns, x.judged)
	return repeated(list.keys), err
}
