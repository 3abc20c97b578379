package browse

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// Book is a backup that somebody looks into: the rows of a table are read once, in
// the background, and every page of them is at hand from then on. Its methods may be
// called from any goroutine.
type Book struct {
	cells *archive.Cells
	end   func()
	dir   string
	most  int64 // bytes that all sheets together may take

	work sync.WaitGroup

	mu     sync.Mutex
	closed bool
	used   int64
	sheets map[string]*sheet
	view   *view
	search *search
}

// MostBytes is how much of a disk the rows of a book may take.
const MostBytes = 4 << 30

// NewBook keeps rows in files under dir, of at most most bytes. End, which closes
// cells, is called by Close.
func NewBook(cells *archive.Cells, end func(), dir string, most int64) *Book {
	return &Book{cells: cells, end: end, dir: dir, most: most, sheets: map[string]*sheet{}}
}

// Cells are those that the book reads.
func (b *Book) Cells() *archive.Cells { return b.cells }

// errGone is for who still asks for what was closed.
var errGone = errs.New(errs.Stale, "browse.closed", nil)

// Close ends all reading and removes the files. It may be called twice.
func (b *Book) Close() {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return
	}
	b.closed = true
	b.drop("")
	b.mu.Unlock()
	b.work.Wait()
	b.end()
}

// drop closes everything but the sheet of one table.
func (b *Book) drop(but string) {
	if b.view != nil && b.view.table != but {
		b.endView()
	}
	if b.search != nil && but == "" {
		b.search.stop()
		b.search = nil
	}
	for table, s := range b.sheets {
		if table != but {
			s.close()
			delete(b.sheets, table)
		}
	}
}

func (b *Book) endView() {
	b.view.stop()
	b.view.places.Close()
	os.Remove(b.view.places.Name())
	b.view = nil
}

// start runs do in the background, until it is stopped; whoever asked need not wait.
func (b *Book) start(ctx context.Context, g *growth, do func(context.Context) error) context.CancelFunc {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	b.work.Add(1)
	go func() {
		defer b.work.Done()
		err := error(errs.New(errs.Internal, "internal", nil)) // stays where do panics
		defer func() {
			_ = recover()
			g.end(err)
		}()
		err = do(ctx)
	}()
	return stop
}

// sheet is the one of a table, whose reading it begins where nobody has yet.
func (b *Book) sheet(ctx context.Context, table string) (*sheet, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, errGone
	}
	if s := b.sheets[table]; s != nil {
		return s, nil
	}
	if !slices.Contains(b.cells.Tables(), table) {
		return nil, errs.New(errs.NotFound, "browse.table", errs.Args{"name": table})
	}
	if b.used > b.most/2 {
		b.drop(table)
		b.used = 0
	}
	s, err := newSheet(b.dir)
	if err != nil {
		return nil, err
	}
	b.sheets[table] = s
	s.stop = b.start(ctx, s.growth, func(ctx context.Context) error {
		return s.fill(ctx, b.cells, table, func(bytes int64) bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.used += bytes
			return b.used <= b.most && archive.Room(b.dir)
		})
	})
	return s, nil
}

// viewOf is the view of a table that a filter and a search mean. Only the last one
// is kept.
func (b *Book) viewOf(ctx context.Context, s *sheet, q PageQuery) (*view, error) {
	columns := b.cells.Columns(q.Table)
	where, err := Parse(q.Where, columns)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, errGone
	}
	if v := b.view; v != nil && v.of == s && v.where == q.Where && v.find == q.Find {
		return v, nil
	}
	if b.view != nil {
		b.endView()
	}
	v := &view{growth: newGrowth(), table: q.Table, where: q.Where, find: q.Find, of: s}
	if v.places, err = scratch(b.dir); err != nil {
		return nil, err
	}
	v.stop = b.start(ctx, v.growth, func(ctx context.Context) error { return v.fill(ctx, len(columns), where, NewNeedle(q.Find)) })
	b.view = v
	return v, nil
}

// PageQuery asks for rows of a table.
type PageQuery struct {
	Table       string
	Where, Find string // a filter, a search; blank for all rows
	From        int64
	Count       int64
}

// Page is a part of the rows that were asked for.
type Page struct {
	Rows  []PageRow
	Known int64 // how many rows are meant, as far as is known
	Ended bool  // that is all
	Cut   bool  // all that there was room for: the table has more
	Err   error // what ended the reading behind Known; nil where nothing did
}

// PageRow is a row: its place in the table, from 0, and its cells, cut after Folded
// bytes.
type PageRow struct {
	Place int64
	Cells []PageCell
}

// PageCell is a cell of a page. Bytes is the length of the whole value.
type PageCell struct {
	Kind  archive.CellKind
	Text  string
	Bytes int64
}

const (
	// Folded is how much of a value a page has.
	Folded = 300
	// MostRows is how many rows a page has at most.
	MostRows = 500
	// MostText is how much of one value is ever shown.
	MostText = 1 << 20

	patience = time.Second
)

// Page returns rows of a table. Where they have not been read yet, it waits a second
// at most and returns those that are there; whoever wants the rest asks again. Of a
// damaged table the rows before the damage are there.
func (b *Book) Page(ctx context.Context, q PageQuery) (Page, error) {
	s, err := b.sheet(ctx, q.Table)
	if err != nil {
		return Page{}, err
	}
	q.From, q.Count = max(0, q.From), min(max(1, q.Count), MostRows)
	g, places := s.growth, (func(from, count int64) ([]int64, error))(nil)
	if strings.TrimSpace(q.Where) != "" || strings.TrimSpace(q.Find) != "" {
		v, err := b.viewOf(ctx, s, q)
		if err != nil {
			return Page{}, err
		}
		g, places = v.growth, v.at
	}
	st, err := g.wait(ctx, q.From+q.Count-1, patience)
	if err != nil {
		return Page{}, err
	}
	p := Page{Known: st.known, Ended: st.ended, Cut: st.cut, Rows: []PageRow{}, Err: st.err}
	count := min(q.Count, st.known-q.From)
	if count <= 0 {
		return p, nil
	}
	columns := len(b.cells.Columns(q.Table))
	add := func(place int64, row []archive.Cell, whole []int64) error {
		p.Rows = append(p.Rows, pageRow(place, row, whole))
		return nil
	}
	if places == nil {
		return p, s.read(q.From, count, columns, Folded, add)
	}
	at, err := places(q.From, count)
	for _, place := range at {
		if err == nil {
			err = s.read(place, 1, columns, Folded, add)
		}
	}
	return p, err
}

func pageRow(place int64, row []archive.Cell, whole []int64) PageRow {
	r := PageRow{Place: place, Cells: make([]PageCell, len(row))}
	for i, c := range row {
		r.Cells[i] = PageCell{c.Kind, valid(c.AppendText(nil)), whole[i]}
	}
	return r
}

// Value is one value, as far as MostText.
func (b *Book) Value(ctx context.Context, table string, place int64, column string) (PageCell, error) {
	s, err := b.sheet(ctx, table)
	if err != nil {
		return PageCell{}, err
	}
	st, err := s.wait(ctx, place, 0)
	if err == nil && st.known <= place {
		err = errGone
	}
	columns := b.cells.Columns(table)
	i := slices.IndexFunc(columns, func(c archive.Column) bool { return c.Name == column })
	if err == nil && i < 0 {
		err = errs.New(errs.NotFound, "browse.column", errs.Args{"name": column})
	}
	var cell PageCell
	if err == nil {
		err = s.read(place, 1, len(columns), MostText, func(_ int64, row []archive.Cell, whole []int64) error {
			cell = PageCell{row[i].Kind, valid(row[i].AppendText(nil)), whole[i]}
			return nil
		})
	}
	return cell, err
}

func valid(text []byte) string { return strings.ToValidUTF8(string(text), "\uFFFD") }
