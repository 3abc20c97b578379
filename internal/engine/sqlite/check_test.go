package sqlite

import (
	"os"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

func TestTheCheckFindsDamageAndNothingElse(t *testing.T) {
	e := &Engine{}
	target := made(t, "PRAGMA journal_mode = WAL", content)
	var last backup.Update
	if err := e.Check(t.Context(), target, func(u backup.Update) { last = u }); err != nil {
		t.Errorf("a sound database: %v", err)
	}
	if last.Done != last.Total || last.Total == 0 {
		t.Errorf("progress ended at %+v", last)
	}

	orphans := made(t, "", small+"CREATE TABLE part(note INTEGER REFERENCES note(id)); INSERT INTO part VALUES(77);")
	if err := e.Check(t.Context(), orphans, unheard); err != nil {
		t.Errorf("rows without a parent are no damage: %v", err)
	}

	// An index that disagrees with its table: only a whole check sees it.
	index := made(t, "", small+"CREATE INDEX note_text ON note(text);")
	script(t, index.Path, `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX note_text ON note(id)' WHERE name = 'note_text';`)
	if err := e.Check(t.Context(), index, unheard); errs.CodeOf(err) != errs.Corrupt {
		t.Errorf("an index that disagrees: %v", err)
	}

	// Pages that belong to nobody: only a look at the whole file sees them.
	lost := made(t, "", small+"CREATE TABLE gone(x); INSERT INTO gone VALUES(zeroblob(100000)); DROP TABLE gone;")
	page, err := os.ReadFile(lost.Path)
	if err != nil {
		t.Fatal(err)
	}
	clear(page[32:40]) // where the free pages begin, and how many there are
	if err := os.WriteFile(lost.Path, page, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := e.Check(t.Context(), lost, unheard); errs.CodeOf(err) != errs.Corrupt {
		t.Errorf("pages of nobody: %v", err)
	}

	page, err = os.ReadFile(target.Path)
	if err != nil {
		t.Fatal(err)
	}
	clear(page[len(page)/2/4096*4096:][:4096])
	if err := os.WriteFile(target.Path, page, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := e.Check(t.Context(), target, unheard); errs.CodeOf(err) != errs.Corrupt {
		t.Errorf("a page of zeros: %v", err)
	}
}
