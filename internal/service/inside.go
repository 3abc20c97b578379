package service

import (
	"context"
	"strconv"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/browse"
	"cofre/internal/errs"
	"cofre/internal/job"
)

// opened is the backup that the person looks into; one at a time.
type opened struct {
	id   string
	book *browse.Book
}

// LookInside opens a backup for a look at its rows, in place of the one before. Rows
// are counted where a manifest or a plan has not told them.
func (d *Desk) LookInside(ctx context.Context, ref backup.Ref) (InsideView, error) {
	if err := d.admin(); err != nil {
		return InsideView{}, err
	}
	known, err := d.knownTables(ctx, ref)
	if err != nil {
		return InsideView{}, err
	}
	cells, end, err := d.Service.Cells(ctx, ref)
	if err != nil {
		return InsideView{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.admin(); err != nil { // who asked has left meanwhile, and Logout closed what was open
		end()
		return InsideView{}, err
	}
	if d.inside != nil {
		d.inside.book.Close()
	}
	d.opened++
	d.inside = &opened{strconv.Itoa(d.opened), browse.NewBook(cells, end, d.Service.Restorer.Work, browse.MostBytes)}
	v := InsideView{ID: d.inside.id, Tables: []InsideTable{}}
	rows := map[string]int64{}
	for _, t := range known {
		rows[t.Name] = t.Rows
	}
	for _, name := range cells.Tables() {
		n, ok := rows[name]
		if !ok {
			n = -1
		}
		t := InsideTable{Name: name, Rows: n, Key: append([]string{}, cells.Key(name)...), Columns: []InsideColumn{}}
		for _, c := range cells.Columns(name) {
			t.Columns = append(t.Columns, InsideColumn(c))
		}
		v.Tables = append(v.Tables, t)
	}
	return v, nil
}

// knownTables are the rows of the tables of a backup: of its manifest, of a plan that
// was made for it, or counted.
func (d *Desk) knownTables(ctx context.Context, ref backup.Ref) ([]archive.Table, error) {
	if ref.ID != "" {
		e, err := d.Service.Entry(ctx, ref.ID)
		return e.Manifest.Tables, err
	}
	d.mu.Lock()
	for _, p := range d.plans {
		if p.plan.Archive.ID == "" && p.plan.Archive.File == ref.Path {
			d.mu.Unlock()
			return p.plan.Archive.Contents.Tables, nil
		}
	}
	d.mu.Unlock()
	c, err := d.Service.Inspect(ctx, ref, false)
	return c.Tables, err
}

// CloseInside ends the look of an ID, or any with "", if there is one.
func (d *Desk) CloseInside(id string) {
	d.mu.Lock()
	last := d.inside
	if last != nil && id != "" && last.id != id {
		last = nil
	}
	if last != nil {
		d.inside = nil
	}
	d.mu.Unlock()
	if last != nil {
		last.book.Close()
	}
}

// book is the open one, for somebody who is logged in and means it.
func (d *Desk) book(id string) (*browse.Book, error) {
	if err := d.admin(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inside == nil || d.inside.id != id {
		return nil, errs.New(errs.Stale, "browse.closed", nil)
	}
	return d.inside.book, nil
}

// InsideRows is a page of a table of the open backup; see browse.Book.Page.
func (d *Desk) InsideRows(ctx context.Context, in InsideRowsInput) (InsideRowsView, error) {
	v := InsideRowsView{Rows: []InsideRow{}}
	b, err := d.book(in.ID)
	if err != nil {
		return v, err
	}
	p, err := b.Page(ctx, browse.PageQuery{Table: in.Table, Where: in.Where, Find: in.Find, From: in.From, Count: in.Count})
	if err != nil {
		return v, err
	}
	v.Known, v.Ended, v.Cut, v.Failure = p.Known, p.Ended, p.Cut, job.FailureOf(p.Err)
	for _, r := range p.Rows {
		row := InsideRow{Place: r.Place, Cells: make([]InsideCell, len(r.Cells))}
		for i, c := range r.Cells {
			row.Cells[i] = insideCell(c)
		}
		v.Rows = append(v.Rows, row)
	}
	return v, nil
}

// InsideValue is one value of the open backup, as far as browse.MostText.
func (d *Desk) InsideValue(ctx context.Context, in InsideValueInput) (InsideCell, error) {
	b, err := d.book(in.ID)
	if err != nil {
		return InsideCell{}, err
	}
	c, err := b.Value(ctx, in.Table, in.Place, in.Column)
	return insideCell(c), err
}

// FindInside looks for a text in all tables of the open backup; see browse.Book.Find.
func (d *Desk) FindInside(ctx context.Context, in FindInsideInput) (FoundView, error) {
	v := FoundView{Hits: []HitView{}}
	b, err := d.book(in.ID)
	if err != nil {
		return v, err
	}
	f, err := b.Find(ctx, in.Text, in.Have)
	for _, h := range f.Hits {
		v.Hits = append(v.Hits, HitView{Table: h.Table, Place: h.Place, Key: h.KeyText(), Column: h.Column, Excerpt: h.Excerpt})
	}
	v.Table, v.Ended, v.More, v.Failure = f.Table, f.Ended, f.More, job.FailureOf(f.Err)
	return v, err
}

var cellKinds = map[archive.CellKind]string{archive.Null: "null", archive.Text: "text", archive.Number: "number", archive.Blob: "blob"}

func insideCell(c browse.PageCell) InsideCell {
	return InsideCell{Kind: cellKinds[c.Kind], Text: c.Text, Bytes: c.Bytes}
}
