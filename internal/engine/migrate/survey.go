package migrate

import (
	"cmp"
	"context"
	"hash/maphash"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"cofre/internal/archive"
	"cofre/internal/engine/migrate/derive"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/errs"
)

// survey is what a file shows by itself, whatever it is carried into.
type survey struct {
	values [][]derive.Evidence // what sort of values each column holds; nil where nobody asked
}

// look reads the rows of a file, of every column where it is to be whole, and
// compares each index with the rows that it is of: a file that was copied while it was
// written may be sound page by page, and hold rows of yesterday. Such damage is
// errs.Corrupt.
func look(ctx context.Context, r readers, schema *source.Schema, rows []int64, whole bool) (*survey, error) {
	l := &looker{readers: r, seed: maphash.MakeSeed()}
	var seen survey
	for i := range schema.Tables {
		values, err := l.table(ctx, &schema.Tables[i], rows[i], whole)
		if err != nil {
			return nil, err
		}
		if whole {
			seen.values = append(seen.values, values)
		}
	}
	if err := l.entries(ctx); err != nil {
		return nil, err
	}
	return &seen, l.judge()
}

// looker compares indexes with their rows.
type looker struct {
	readers readers
	seed    maphash.Seed
	indexes []*index
	doubted []*source.Table // for SQLite's own check
}

// index is one that is compared.
type index struct {
	of   *source.Table
	is   *source.Index
	rows int64
	at   []int // its columns, as the rows were read
	sum  source.Sum
}

// table reads one table.
func (l *looker) table(ctx context.Context, t *source.Table, rows int64, whole bool) ([]derive.Evidence, error) {
	var columns []int
	if whole {
		for i := range t.Columns {
			columns = append(columns, i)
		}
	}
	var indexes []*index
	for i := range t.Indexes {
		x := &index{of: t, is: &t.Indexes[i], rows: rows, sum: source.NewSum(l.seed)}
		of, alone := t.Alone(x.is)
		if !alone {
			l.doubt(t)
			continue
		}
		for _, c := range of {
			if !slices.Contains(columns, c) {
				columns = append(columns, c)
			}
			x.at = append(x.at, slices.Index(columns, c))
		}
		indexes = append(indexes, x)
	}
	l.indexes = append(l.indexes, indexes...)
	if !whole && len(indexes) == 0 {
		return nil, nil
	}
	all := fresh(len(columns))
	err := l.readers.each(ctx, t, rows, columns, func() (func(*source.Row) error, func()) {
		mine, sums := fresh(len(columns)), make([]source.Sum, len(indexes))
		for i := range sums {
			sums[i] = source.NewSum(l.seed)
		}
		return func(row *source.Row) error {
				if whole {
					for n := range row.Values {
						mine[n].Add(&row.Values[n])
					}
				}
				for n, x := range indexes {
					sums[n].Add(row.Rowid, row.Values, x.at)
				}
				return nil
			}, func() {
				for n := range mine {
					all[n].Merge(mine[n])
				}
				for n, x := range indexes {
					x.sum.Merge(sums[n])
				}
			}
	})
	return all, err
}

func fresh(n int) []derive.Evidence {
	list := make([]derive.Evidence, n)
	for i := range list {
		list[i] = derive.NewEvidence()
	}
	return list
}

// entries reads what the indexes hold, several at a time.
func (l *looker) entries(ctx context.Context) error {
	slices.SortStableFunc(l.indexes, func(a, b *index) int { return cmp.Compare(b.rows, a.rows) })
	queue := make(chan *index, len(l.indexes))
	for _, x := range l.indexes {
		queue <- x
	}
	close(queue)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wait sync.WaitGroup
	var doubting sync.Mutex
	for _, conn := range l.readers {
		wait.Go(func() {
			err := func() (err error) {
				defer recovered(&err)
				for x := range queue {
					sum := source.NewSum(l.seed)
					ok, err := conn.Entries(ctx, x.of, x.is, &sum)
					if err != nil {
						return err
					}
					if !ok || !sum.Equal(x.sum) {
						doubting.Lock()
						l.doubt(x.of)
						doubting.Unlock()
					}
				}
				return nil
			}()
			if err != nil {
				stop(err)
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

func (l *looker) doubt(t *source.Table) {
	if !slices.Contains(l.doubted, t) {
		l.doubted = append(l.doubted, t)
	}
}

// judge lets SQLite check what was not found equal here: it knows of collations,
// expressions and partial indexes, and takes its time.
func (l *looker) judge() error {
	for _, t := range l.doubted {
		lines, err := l.readers[0].Check(t)
		if err != nil {
			return err
		}
		lines = slices.DeleteFunc(lines, func(line string) bool { return !archive.Damage(line) })
		if len(lines) > 0 {
			text := strings.Join(lines, "\n")
			return errs.New(errs.Corrupt, "migrate.source_damaged", errs.Args{"file": filepath.Base(l.readers[0].Path())}).With(text[:min(len(text), 8<<10)])
		}
	}
	return nil
}
