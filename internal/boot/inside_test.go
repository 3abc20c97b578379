package boot

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/service"
)

func TestWhoIsLoggedInLooksIntoABackup(t *testing.T) {
	d, id, database := atTheWindow(t)
	for _, ref := range []backup.Ref{{ID: id}, {Path: database}} {
		in, err := d.LookInside(t.Context(), ref)
		if err != nil || len(in.Tables) == 0 || in.Tables[0].Rows < 0 || len(in.Tables[0].Columns) == 0 {
			t.Fatalf("%+v, %v", in, err)
		}
		last, _ := d.LookInside(t.Context(), ref)
		if _, err := d.InsideRows(t.Context(), service.InsideRowsInput{ID: in.ID, Table: in.Tables[0].Name, Count: 10}); errs.CodeOf(err) != errs.Stale {
			t.Errorf("the look before: %v", err)
		}
		for _, table := range last.Tables {
			rows, err := d.InsideRows(t.Context(), service.InsideRowsInput{ID: last.ID, Table: table.Name, Count: 10})
			if err != nil || rows.Failure != nil || rows.Known > table.Rows || int64(len(rows.Rows)) != min(10, table.Rows) {
				t.Errorf("%s: %+v, %v", table.Name, rows, err)
			}
			if len(rows.Rows) == 0 {
				continue
			}
			cell, err := d.InsideValue(t.Context(), service.InsideValueInput{ID: last.ID, Table: table.Name, Column: table.Columns[0].Name})
			if err != nil || cell != rows.Rows[0].Cells[0] {
				t.Errorf("%+v, %v", cell, err)
			}
		}
		if _, err := d.FindInside(t.Context(), service.FindInsideInput{ID: last.ID, Text: "a"}); err != nil {
			t.Error(err)
		}
	}
	in, err := d.LookInside(t.Context(), backup.Ref{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	d.Leave()
	if _, err := d.InsideRows(t.Context(), service.InsideRowsInput{ID: in.ID, Table: in.Tables[0].Name, Count: 10}); errs.CodeOf(err) != errs.Denied {
		t.Error(err)
	}
}

// leaving is a catalogue whose person leaves while it is asked for a backup, which is
// packed.
type leaving struct {
	backup.Catalog
	leave  func()
	packed string
}

func (c leaving) Get(ctx context.Context, id string) (backup.Entry, error) {
	c.leave()
	e, err := c.Catalog.Get(ctx, id)
	e.File = c.packed
	return e, err
}

func TestALookThatOpensWhileItsPersonLeavesIsClosed(t *testing.T) {
	d, id, database := atTheWindow(t)
	packed := filepath.Join(t.TempDir(), "packed.sqlite3.gz")
	f, err := archive.CreateFile(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	if err := archive.Pack(t.Context(), database, f, archive.Gzip, nil, func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	d.Service.Archiver.Catalog = leaving{d.Service.Archiver.Catalog, d.Leave, packed}
	if in, err := d.LookInside(t.Context(), backup.Ref{ID: id}); errs.CodeOf(err) != errs.Denied || in.ID != "" {
		t.Errorf("%+v, %v", in, err)
	}
	left, err := os.ReadDir(d.Service.Restorer.Work)
	if err != nil {
		t.Error(err)
	}
	for _, f := range left {
		t.Error("left:", f.Name())
	}
}
