package state

import (
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/profile"
)

// entry is a backup that was made so many hours after noon.
func entry(id string, hours int, identity string) backup.Entry {
	return backup.Entry{
		File: "/backups/" + id + ".dump", State: backup.Good, CheckedAt: noon.Add(time.Duration(hours)*time.Hour + time.Minute),
		Manifest: archive.Manifest{
			ID: id, Kind: archive.PostgreSQL, Format: archive.FormatCustom, Version: "15.20", DumpedBy: "pg_dump 15.20",
			CreatedAt: noon.Add(time.Duration(hours) * time.Hour), Purpose: archive.Manual, By: "Ana", Note: "before the fair",
			Source: archive.Source{Name: "wimm_prod", Place: "db:5432", Identity: identity},
			Bytes:  8_600_000, Compression: archive.Gzip, SHA256: "aa", PayloadSHA256: "aa", TookMS: 400,
			Tables: []archive.Table{{Name: "public.users", Rows: 14}, {Name: "public.flows", Rows: 1 << 40}},
		},
		Rehearsal: &backup.Rehearsal{At: noon.Add(time.Hour), Took: 3 * time.Second, On: "db:5432", Version: "15.20"},
		Profile:   &profile.Facts{App: "wimm-finance", Title: "Lima", People: []profile.Person{{Name: "Helena", Role: "child"}}},
	}
}

func put(t *testing.T, c Catalog, all ...backup.Entry) {
	t.Helper()
	for _, e := range all {
		if err := c.Put(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
}

func TestABackupComesBackAsItWasPut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	c := openAt(t, path).Catalog()
	bare := backup.Entry{State: backup.Failed, Manifest: archive.Manifest{ID: "b", CreatedAt: noon, Tables: []archive.Table{}},
		Failure: errs.New(errs.Unavailable, "space", errs.Args{"place": "/b"}).With("ENOSPC")}
	put(t, c, entry("a", 0, "x"), bare)

	again := openAt(t, path).Catalog() // as another process reads it
	for id, want := range map[string]backup.Entry{"a": entry("a", 0, "x"), "b": bare} {
		got, err := again.Get(ctx, id)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
		}
	}
	changed := entry("a", 0, "x")
	changed.Rehearsal.Failure = errs.New(errs.Corrupt, "rehearse.failed", nil).Because(errs.New(errs.Corrupt, "rehearse.differs", errs.Args{"table": "t"}))
	changed.State, changed.Failure = backup.Failed, errs.New(errs.Corrupt, "archive.hash", nil).Because(errs.New(errs.Unavailable, "gone", nil))
	put(t, again, changed)
	got, err := c.Get(ctx, "a")
	if err != nil || got.State != backup.Failed || got.Failure.Reason != "archive.hash" || errs.CodeOf(got.Failure.Err) != errs.Unavailable {
		t.Errorf("after it was replaced: %+v, %v", got, err)
	}
	if f := got.Rehearsal.Failure; f == nil || f.Reason != "rehearse.failed" || errs.Of(f.Err).Reason != "rehearse.differs" {
		t.Errorf("of a rehearsal that failed is kept: %v", f)
	}
	if all, err := c.List(ctx, backup.Filter{}); err != nil || len(all) != 2 {
		t.Errorf("replacing made %d of 2, %v", len(all), err)
	}
}

func TestNamesOfTablesAreKeptWhateverTheyHold(t *testing.T) {
	c := open(t).Catalog()
	e := entry("a", 0, "x")
	e.Manifest.Tables = []archive.Table{{Name: "", Rows: 0}, {Name: " 1 a", Rows: -1}, {Name: "a\nb\t\"c\" ç", Rows: 1<<63 - 1}}
	put(t, c, e)
	if got, err := c.Get(ctx, "a"); err != nil || !reflect.DeepEqual(got, e) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, e)
	}
}

func TestBackupsAreListedNewestFirst(t *testing.T) {
	c := open(t).Catalog()
	if all, err := c.List(ctx, backup.Filter{}); err != nil || all == nil || len(all) != 0 {
		t.Errorf("of none: %v, %v", all, err)
	}
	failed := entry("d", 3, "x")
	failed.State = backup.Failed
	proven := entry("a", 0, "x")
	proven.State = backup.Proven
	put(t, c, entry("b", 1, "x"), failed, proven, entry("c", 2, "y"), entry("e", -24*365*60, "x"))
	tests := []struct {
		filter backup.Filter
		want   string
	}{
		{backup.Filter{}, "dcbae"},
		{backup.Filter{Limit: 2}, "dc"},
		{backup.Filter{Identity: "x"}, "dbae"},
		{backup.Filter{Identity: "x", Sound: true}, "bae"},
		{backup.Filter{Identity: "x", State: backup.Good}, "be"},
		{backup.Filter{File: "/backups/c.dump", Brief: true}, "c"},
		{backup.Filter{State: backup.Failed}, "d"},
		{backup.Filter{Identity: "x", State: backup.Good, Limit: 1}, "b"},
		{backup.Filter{Identity: "nobody's"}, ""},
	}
	for _, x := range tests {
		all, err := c.List(ctx, x.filter)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, e := range all {
			got += e.Manifest.ID
		}
		if got != x.want {
			t.Errorf("%+v: %s, want %s", x.filter, got, x.want)
		}
	}
}

func TestABriefListLeavesOutWhatIsMostOfAnEntry(t *testing.T) {
	c := open(t).Catalog()
	whole := entry("a", 0, "x")
	put(t, c, whole)
	whole.Manifest.Tables, whole.Profile = []archive.Table{}, nil
	if all, err := c.List(ctx, backup.Filter{Brief: true}); err != nil || len(all) != 1 || !reflect.DeepEqual(all[0], whole) {
		t.Errorf("%v\n got %+v\nwant %+v", err, all, whole)
	}
}

func TestALongListIsWholeAndInOrder(t *testing.T) {
	db := open(t)
	if _, err := db.sql.Exec("PRAGMA synchronous = OFF"); err != nil { // for the time of the test
		t.Fatal(err)
	}
	const n = 307
	for i := range n {
		put(t, db.Catalog(), entry(fmt.Sprint(i), i, "x"))
	}
	for limit, want := range map[int]int{0: n, 1: 1, 200: 200} {
		all, err := db.Catalog().List(ctx, backup.Filter{Limit: limit})
		if err != nil || len(all) != want {
			t.Fatalf("%d of %d, %v", len(all), want, err)
		}
		for i, e := range all {
			if e.Manifest.ID != fmt.Sprint(n-1-i) || len(e.Manifest.Tables) != 2 {
				t.Fatalf("at %d stands %+v", i, e)
			}
		}
	}
	if _, err := db.sql.Exec("UPDATE backups SET manifest = '{' WHERE id = '5'"); err != nil {
		t.Fatal(err)
	}
	if all, err := db.Catalog().List(ctx, backup.Filter{}); err == nil {
		t.Errorf("one that can't be read made a list of %d", len(all))
	}
}

func TestABackupIsForgottenOnce(t *testing.T) {
	c := open(t).Catalog()
	put(t, c, entry("a", 0, "x"))
	for range 2 {
		if err := c.Delete(ctx, "a"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Get(ctx, "a"); errs.CodeOf(err) != errs.NotFound || reason(err) != "backup.unknown" {
		t.Errorf("Get: %v", err)
	}
}

func BenchmarkListTenThousandBackups(b *testing.B) {
	db, err := Open(ctx, filepath.Join(b.TempDir(), "state.db"), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	e := entry("", 0, "x")
	e.Manifest.Tables = nil
	for i := range 20 {
		e.Manifest.Tables = append(e.Manifest.Tables, archive.Table{Name: fmt.Sprint("public.table_", i), Rows: int64(i) * 1000})
	}
	if _, err := db.sql.Exec("PRAGMA synchronous = OFF"); err != nil { // of the filling alone
		b.Fatal(err)
	}
	for i := range 10_000 {
		e.Manifest.ID, e.Manifest.CreatedAt = fmt.Sprint(i), noon.Add(time.Duration(i)*time.Minute)
		if err := db.Catalog().Put(ctx, e); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if all, err := db.Catalog().List(ctx, backup.Filter{}); err != nil || len(all) != 10_000 {
			b.Fatal(len(all), err)
		}
	}
}
