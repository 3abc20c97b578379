package backup

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// held is the manifest of a backup of so many days ago: tables as "name rows".
func held(daysAgo int, tables ...string) archive.Manifest {
	m := archive.Manifest{ID: fmt.Sprint("b", daysAgo), Format: archive.FormatCustom, Compression: archive.Gzip, DumpedBy: "pg_dump 15.20", SchemaSHA256: "a",
		Bytes: 8 << 20, CreatedAt: time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC).AddDate(0, 0, -daysAgo)}
	for _, t := range tables {
		var one archive.Table
		fmt.Sscan(t, &one.Name, &one.Rows)
		m.Tables = append(m.Tables, one)
	}
	return m
}

func with(m archive.Manifest, change func(*archive.Manifest)) archive.Manifest {
	change(&m)
	return m
}

func TestABackupIsComparedWithThoseBeforeIt(t *testing.T) {
	usual := held(1, "money 50000", "users 24", "session 12")
	for name, c := range map[string]struct {
		now    archive.Manifest
		before []archive.Manifest
		want   string
	}{
		"the first one":               {now: held(0, "money 0")},
		"nothing is lost":             {held(0, "money 50100", "users 24", "session 12"), []archive.Manifest{usual}, ""},
		"a little is deleted":         {held(0, "money 49500", "users 23", "session 12"), []archive.Manifest{usual}, ""},
		"a few rows go from a small":  {held(0, "money 50000", "users 24", "session 0"), []archive.Manifest{usual}, ""},
		"a table is emptied":          {held(0, "money 50000", "users 0", "session 12"), []archive.Manifest{usual}, "emptied users 24 0 b1"},
		"a table is gone":             {held(0, "money 50000", "session 12"), []archive.Manifest{usual}, "table_gone users 24 0 b1"},
		"half of a table":             {held(0, "money 50000", "users 12", "session 12"), []archive.Manifest{usual}, "table_shrunk users 24 12 b1"},
		"many rows, though few of it": {held(0, "money 44000", "users 24", "session 12"), []archive.Manifest{usual}, "table_shrunk money 50000 44000 b1"},
		"most losses first, and all rows": {held(0, "money 100", "users 0", "session 12"), []archive.Manifest{usual},
			"table_shrunk money 50000 100 b1; emptied users 24 0 b1; rows_shrunk  50036 112 b1"},
		"little by little, against the fullest": {held(0, "money 41000"), []archive.Manifest{held(1, "money 44000"), held(2, "money 48000"), held(3, "money 52000"), held(4, "money 50000")},
			"rows_shrunk  52000 41000 b3"},
		"a table that can't be counted": {held(0, "money 50000", "users -1", "session 12"), []archive.Manifest{usual}, ""},
		"back to where it was":          {held(0, "money 50000"), []archive.Manifest{held(1, "money 0"), held(2, "money 50000")}, ""},
		"the file is half as large": {with(usual, func(m *archive.Manifest) { m.Bytes = 4 << 20 }), []archive.Manifest{usual},
			"size_shrunk  8388608 4194304 b1"},
		"it is packed otherwise":            {with(usual, func(m *archive.Manifest) { m.Bytes, m.Compression = 1<<20, archive.Zstd }), []archive.Manifest{usual}, ""},
		"a small file":                      {with(usual, func(m *archive.Manifest) { m.Bytes = 100 }), []archive.Manifest{with(usual, func(m *archive.Manifest) { m.Bytes = 1000 })}, ""},
		"the schema changes":                {with(usual, func(m *archive.Manifest) { m.SchemaSHA256 = "b" }), []archive.Manifest{usual}, "schema_changed  3 3 b1"},
		"another pg_dump writes the schema": {with(usual, func(m *archive.Manifest) { m.SchemaSHA256, m.DumpedBy = "b", "pg_dump 17.11" }), []archive.Manifest{usual}, ""},
		"nobody knows the schema":           {with(usual, func(m *archive.Manifest) { m.SchemaSHA256 = "" }), []archive.Manifest{usual}, ""},
	} {
		var before []Entry
		for _, m := range c.before {
			before = append(before, Entry{Manifest: m})
		}
		var got []string
		for _, a := range anomalies(c.now, before) {
			got = append(got, fmt.Sprintf("%s %s %d %d %s", a.Code, a.Table, a.Before, a.After, a.Against))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", name, strings.Join(got, "; "), c.want)
		}
	}
}

func TestOfVeryManyTablesThoseWithTheLargestLossesAreTold(t *testing.T) {
	var before, now []string
	for i := range 100 {
		before, now = append(before, fmt.Sprint("t", i, " ", 100+i)), append(now, fmt.Sprint("t", i, " 0"))
	}
	got := anomalies(held(0, now...), []Entry{{Manifest: held(1, before...)}})
	if len(got) != mostTables+1 || got[0].Table != "t99" || got[mostTables].Code != rowsShrunk {
		t.Errorf("%+v", got)
	}
}

func TestGoodBackupsBeforeALossArePinned(t *testing.T) {
	lost, news := []archive.Anomaly{{Code: tableEmptied, Against: "1"}}, []archive.Anomaly{{Code: schemaChanged, Against: "1"}}
	entry := func(id string, found []archive.Anomaly) Entry {
		return Entry{Manifest: archive.Manifest{ID: id, Anomalies: found}, State: Good}
	}
	for name, c := range map[string]struct {
		found  []archive.Anomaly
		before []Entry
		want   []string
	}{
		"nothing is lost":                 {nil, []Entry{entry("1", nil)}, nil},
		"news alone":                      {news, []Entry{entry("1", nil)}, nil},
		"three at most, the newest":       {lost, []Entry{entry("1", nil), entry("2", nil), entry("3", nil), entry("4", nil)}, []string{"1", "2", "3"}},
		"those that have lost are no use": {[]archive.Anomaly{{Code: rowsShrunk, Against: "3"}}, []Entry{entry("1", lost), entry("2", news), entry("3", nil)}, []string{"2", "3"}},
		"but the one that is named is":    {lost, []Entry{entry("1", lost), entry("2", news), entry("3", nil)}, []string{"1", "2", "3"}},
		"even where it is old":            {[]archive.Anomaly{{Code: rowsShrunk, Against: "5"}}, []Entry{entry("1", nil), entry("2", nil), entry("3", nil), entry("4", nil), entry("5", nil)}, []string{"1", "2", "3", "5"}},
		"better those than none":          {lost, []Entry{entry("1", lost), entry("2", lost)}, []string{"1", "2"}},
	} {
		kept := &pins{now: c.before}
		a := &Archiver{Catalog: kept}
		if err := a.pin(t.Context(), archive.Manifest{Anomalies: c.found}, c.before); err != nil || !reflect.DeepEqual(kept.pinned(), c.want) {
			t.Errorf("%s: %v, %v, want %v", name, kept.pinned(), err, c.want)
		}
	}
}

func TestWhatChangedMeanwhileIsKeptWhereABackupIsPinned(t *testing.T) {
	before := []Entry{{Manifest: archive.Manifest{ID: "1"}, State: Good}, {Manifest: archive.Manifest{ID: "2"}, State: Good}}
	proven := before[1]
	proven.State = Proven
	kept := &pins{now: []Entry{proven}} // the first is deleted, the second proven
	a := &Archiver{Catalog: kept}
	err := a.pin(t.Context(), archive.Manifest{Anomalies: []archive.Anomaly{{Code: tableEmptied, Against: "1"}}}, before)
	if proven.Pinned = true; err != nil || len(kept.put) != 1 || !reflect.DeepEqual(kept.put[0], proven) {
		t.Errorf("%+v, %v", kept.put, err)
	}
}

// pins is a catalogue of some entries that hears what is put there.
type pins struct {
	Catalog
	now, put []Entry
}

func (p *pins) Change(_ context.Context, id string, do func(*Entry) error) (Entry, error) {
	for _, e := range p.now {
		if e.Manifest.ID == id {
			was := e.Pinned
			err := do(&e)
			if e.Pinned != was {
				p.put = append(p.put, e)
			}
			return e, err
		}
	}
	return Entry{}, errs.New(errs.NotFound, "backup.unknown", nil)
}

func (p *pins) pinned() (ids []string) {
	for _, e := range p.put {
		if e.Pinned {
			ids = append(ids, e.Manifest.ID)
		}
	}
	slices.Sort(ids)
	return ids
}
