package browse

import (
	"context"
	"errors"
	"slices"
	"strings"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// Query says which rows of a table are read.
type Query struct {
	Where  *Filter
	Find   *Needle
	Offset int64 // of the rows that Where and Find mean
	Limit  int64 // 0 is all
}

// ErrEnough of a yield ends a reading that has what it wanted; it is no error.
var ErrEnough = errors.New("enough")

// Rows yields the rows of a table that the query means, in the order in which they
// lie in the backup, each with its place there, from 0. More says whether others
// follow behind the limit. Memory does not grow with the table.
func Rows(ctx context.Context, cells *archive.Cells, table string, q Query, yield func(place int64, row []archive.Cell) error) (more bool, err error) {
	var place, meant int64
	err = cells.Read(ctx, table, func(row []archive.Cell) error {
		at := place
		place++
		if at&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if !q.Where.Match(row) || q.Find.In(row) < 0 && q.Find != nil {
			return nil
		}
		n := meant
		meant++
		if n < q.Offset {
			return nil
		}
		if q.Limit > 0 && n >= q.Offset+q.Limit {
			more = true
			return ErrEnough
		}
		return yield(at, row)
	})
	if errors.Is(err, ErrEnough) {
		err = nil
	}
	return more, err
}

// Hit is a row in which a text was found.
type Hit struct {
	Table   string
	Place   int64    // of the row in its table, from 0
	Key     []string // names and values of the primary key, one after the other
	Column  string   // the first that holds the text
	Excerpt string
}

// Unread is a table that could not be read to its end, and why.
type Unread struct {
	Table string
	Err   error
}

// UnreadError is all of them as one error "browse.unread", nil where there is none.
func UnreadError(unread []Unread) error {
	if len(unread) == 0 {
		return nil
	}
	const most = 5
	var names []string
	for _, u := range unread[:min(len(unread), most)] {
		names = append(names, u.Table)
	}
	if len(unread) > most {
		names = append(names, "…")
	}
	first := unread[0].Err
	return errs.New(errs.CodeOf(first), "browse.unread", errs.Args{"n": len(unread), "tables": strings.Join(names, ", ")}).Because(first)
}

// Search yields the rows of one table after the other in which a text is. It goes on
// behind a table that can't be read, or not to its end; unread says which these are.
func Search(ctx context.Context, cells *archive.Cells, tables []string, find *Needle, yield func(Hit) error) (unread []Unread, err error) {
	for _, table := range tables {
		columns, key := cells.Columns(table), cells.Key(table)
		var stopped error // by yield
		_, err := Rows(ctx, cells, table, Query{Find: find}, func(place int64, row []archive.Cell) error {
			i := find.In(row)
			if i < 0 || i >= len(columns) {
				return nil
			}
			h := Hit{Table: table, Place: place, Column: columns[i].Name, Excerpt: find.Excerpt(row[i].Bytes)}
			for _, name := range key {
				for k, c := range columns {
					if c.Name == name {
						value := row[k].AppendText(nil)
						h.Key = append(h.Key, name, string(value[:min(len(value), maxKey)]))
					}
				}
			}
			stopped = yield(h)
			return stopped
		})
		switch {
		case stopped != nil:
			return unread, err
		case ctx.Err() != nil:
			return unread, ctx.Err()
		case err != nil:
			unread = append(unread, Unread{table, err})
		}
	}
	return unread, nil
}

// maxKey is how much is shown of one value of a key.
const maxKey = 200

// KeyText is the key as it is shown: id = 7, year = 2026.
func (h Hit) KeyText() string {
	var b strings.Builder
	for i := 0; i+1 < len(h.Key); i += 2 {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(h.Key[i] + " = " + h.Key[i+1])
	}
	return b.String()
}

// Table finds a table by its name; without its schema and in any case, where only one
// is meant.
func Table(tables []string, name string) (string, error) {
	var found []string
	for _, table := range tables {
		_, bare, _ := strings.Cut(table, ".")
		if table == name {
			return table, nil
		}
		if strings.EqualFold(table, name) || strings.EqualFold(bare, name) {
			found = append(found, table)
		}
	}
	switch len(found) {
	case 0:
		return "", errs.New(errs.NotFound, "browse.table", errs.Args{"name": name})
	case 1:
		return found[0], nil
	}
	return "", errs.New(errs.Invalid, "browse.tables", errs.Args{"name": name, "names": strings.Join(found, ", ")})
}

// Columns picks columns by their names, and says at which places they are; all where
// no name is given.
func Columns(all []archive.Column, names []string) (columns []archive.Column, places []int, err error) {
	if len(names) == 0 {
		for i := range all {
			places = append(places, i)
		}
		return all, places, nil
	}
	for _, name := range names {
		i := slices.IndexFunc(all, func(c archive.Column) bool { return c.Name == name })
		if i < 0 {
			i = slices.IndexFunc(all, func(c archive.Column) bool { return strings.EqualFold(c.Name, name) })
		}
		if i < 0 {
			return nil, nil, errs.New(errs.NotFound, "browse.column", errs.Args{"name": name})
		}
		columns, places = append(columns, all[i]), append(places, i)
	}
	return columns, places, nil
}
