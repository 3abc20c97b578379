package sample

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/errs"
)

func TestDamageTakesRowsAndATableAndAddsOne(t *testing.T) {
	for _, c := range []struct{ app, main, dropped string }{
		{Finance, "finances_transaction", "finances_budget"},
		{Fleet, "abastecimentos", "checklist_historico"},
	} {
		path, _ := write(t, Options{App: c.app, Rows: 3000})
		what, err := Damage(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(what, "DROP TABLE "+c.dropped) {
			t.Errorf("%s: what happened is told as %q", c.app, what)
		}
		db := open(t, path)
		if left := column(t, db, "SELECT count(*) FROM "+c.main); left[0] != "1000" {
			t.Errorf("%s: %s of 3000 rows are left", c.app, left[0])
		}
		gone := column(t, db, "SELECT count(*) FROM sqlite_master WHERE name = '"+c.dropped+"'")
		if added := column(t, db, "SELECT count(*) FROM rascunho"); gone[0] != "0" || added[0] != "1" {
			t.Errorf("%s: %s tables %s, %s rows in the added one", c.app, gone[0], c.dropped, added[0])
		}
		if got := column(t, db, "PRAGMA foreign_key_check"); len(got) > 0 {
			t.Errorf("%s: foreign keys of %q point to nothing", c.app, got)
		}

		before := content(t, path)
		_, err = Damage(context.Background(), path)
		wantError(t, err, errs.Unavailable, "sample.damage")
		if content(t, path) != before {
			t.Errorf("%s: the second damage failed and changed the file", c.app)
		}
	}
}

func TestDamageTouchesOnlySamples(t *testing.T) {
	dir := t.TempDir()
	_, err := Damage(context.Background(), filepath.Join(dir, "none.sqlite3"))
	wantError(t, err, errs.NotFound, "sample.missing")
	wantEmpty(t, dir)

	text := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Damage(context.Background(), text)
	wantError(t, err, errs.Invalid, "sample.unknown")

	other := filepath.Join(dir, "other.sqlite3")
	if _, err := open(t, other).Exec("CREATE TABLE customers (id integer)"); err != nil {
		t.Fatal(err)
	}
	_, err = Damage(context.Background(), other)
	wantError(t, err, errs.Invalid, "sample.unknown")
}

func TestReceiptsArePictures(t *testing.T) {
	r := stream(1, "receipts")
	for range 20 {
		picture, err := png.Decode(bytes.NewReader(receipt(r)))
		if err != nil {
			t.Fatal(err)
		}
		if size := picture.Bounds().Size(); size.X != 48 || size.Y != 64 {
			t.Errorf("a receipt of %v", size)
		}
	}
}
