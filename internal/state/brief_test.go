package state

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cofre/internal/backup"
)

// told says of each brief entry what is changed in this test.
func told(t *testing.T, c Catalog, f backup.Filter) string {
	t.Helper()
	f.Brief = true
	all, err := c.List(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	s := ""
	for _, e := range all {
		s += fmt.Sprint(e.Manifest.ID, e.State, e.Manifest.Note, " ")
	}
	return s
}

func TestABriefListKnowsWhatOtherProcessesChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	here, there := openAt(t, path).Catalog(), openAt(t, path)
	a, b, c := entry("a", 0, "x"), entry("b", 1, "x"), entry("c", 2, "y")
	a.Manifest.Note, b.Manifest.Note, c.Manifest.Note = "", "", ""
	put(t, here, a, b)
	for _, step := range []struct {
		change func()
		want   string
	}{
		{func() {}, "bgood agood "},
		{func() { b.State = backup.Proven; put(t, there.Catalog(), b, c) }, "cgood bproven agood "},
		{func() { put(t, there.Catalog(), b) }, "cgood bproven agood "},
		{func() {
			if _, err := there.sql.Exec("UPDATE backups SET manifest = json_set(manifest, '$.note', '!') WHERE id = 'a'"); err != nil {
				t.Fatal(err)
			}
		}, "cgood bproven agood! "},
		{func() { // one goes, and another comes where its row was
			if err := there.Catalog().Delete(ctx, "c"); err != nil {
				t.Fatal(err)
			}
			c.State = backup.Failed
			put(t, there.Catalog(), c)
		}, "cfailed bproven agood! "},
		{func() {
			if err := there.Catalog().Delete(ctx, "b"); err != nil {
				t.Fatal(err)
			}
			if _, err := there.sql.Exec("VACUUM"); err != nil {
				t.Fatal(err)
			}
		}, "cfailed agood! "},
	} {
		step.change()
		for range 2 { // and from memory
			if got := told(t, here, backup.Filter{}); got != step.want {
				t.Errorf("%s, want %s", got, step.want)
			}
		}
	}
	if got := told(t, here, backup.Filter{Identity: "x"}); got != "agood! " {
		t.Error(got)
	}
	if n := len(here.db.briefs.read); n != 2 {
		t.Errorf("%d of 2 are remembered", n)
	}
}

func TestABriefListReadsOnlyWhatChanged(t *testing.T) {
	c := open(t).Catalog()
	put(t, c, entry("a", 0, "x"), entry("b", 1, "x"))
	list := func() []backup.Entry {
		all, err := c.List(ctx, backup.Filter{Brief: true})
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		return all
	}
	first := list()
	put(t, c, entry("b", 1, "x"))
	if again := list(); again[1].Rehearsal != first[1].Rehearsal || again[0].Rehearsal == first[0].Rehearsal {
		t.Error("what stayed was read again, or what was written was not")
	}
}

// Each list holds every backup while they are written by two, and the last one is as the
// writers left it.
func TestBriefListsAreRightWhileOthersWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	dbs := []*DB{openAt(t, path), openAt(t, path)}
	for _, db := range dbs {
		if _, err := db.sql.Exec("PRAGMA synchronous = OFF"); err != nil {
			t.Fatal(err)
		}
	}
	const n, rounds = 8, 12
	for i := range n {
		put(t, dbs[0].Catalog(), entry(fmt.Sprint(i), i, "x"))
	}
	var busy sync.WaitGroup
	for _, db := range dbs {
		busy.Go(func() {
			for round := range rounds {
				e := entry(fmt.Sprint(round%n), round%n, "x")
				e.CheckedAt = noon.Add(time.Duration(round) * time.Hour)
				if err := db.Catalog().Put(ctx, e); err != nil {
					t.Error(err)
				}
			}
		})
		for range 2 {
			busy.Go(func() {
				for range rounds {
					if all, err := db.Catalog().List(ctx, backup.Filter{Brief: true}); err != nil || len(all) != n {
						t.Errorf("%d of %d, %v", len(all), n, err)
					}
				}
			})
		}
	}
	busy.Wait()
	for _, db := range dbs {
		all, err := db.Catalog().List(ctx, backup.Filter{Brief: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			if whole, err := db.Catalog().Get(ctx, e.Manifest.ID); err != nil || !whole.CheckedAt.Equal(e.CheckedAt) {
				t.Errorf("%s: %v in the list, %v, %v", e.Manifest.ID, e.CheckedAt, whole.CheckedAt, err)
			}
		}
	}
}
