package backup

import (
	"cmp"
	"context"
	"slices"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// What makes a backup look wrong beside those before it of the same database.
const (
	tableEmptied  = "emptied"        // a table that had rows has none
	tableGone     = "table_gone"     // a table that had rows is not there
	tableShrunk   = "table_shrunk"   // a table has lost many of its rows
	rowsShrunk    = "rows_shrunk"    // the database has lost many of its rows, at once or little by little
	sizeShrunk    = "size_shrunk"    // the file is much smaller, though packed alike
	schemaChanged = "schema_changed" // other tables, columns, indexes …: only told
)

// From where on something is told. A backup that cries wolf is not read: each is as
// large as to leave out what applications do by themselves.
const (
	// leastRows is what a table must have had: settings, queues and sessions that come
	// and go in handfuls are nobody's loss. The plan of a restore uses the same.
	leastRows = 20
	// tableShare of the rows of a table that go at once are no tidying up: half of them.
	tableShare = 50
	// manyRows that go from one table at once are told even where they are a small share,
	// from manyShare percent on: a table of a million loses a thousand every night.
	manyRows  = 1000
	manyShare = 10
	// totalShare of all rows, against the fullest of the backups that are looked at: a
	// fifth. It also finds what bleeds slowly.
	totalShare = 20
	// sizeShare of the bytes: half, since VACUUM, compression and emptied logs give back
	// less; and leastBytes, under which pages and headers are most of a file.
	sizeShare  = 50
	leastBytes = 1 << 20

	// lookedAt are the good backups before a new one that it is compared with: those of a
	// week, where one is made a day.
	lookedAt = 7
	// keptBack are the good backups before an anomaly that are pinned: one could have a
	// flaw of its own, and what was lost may be older than the last.
	keptBack = 3
	// mostTables are told one by one, those with the largest losses.
	mostTables = 10
)

// anomalies compares a new backup with the good ones before it of the same database,
// newest first.
func anomalies(m archive.Manifest, before []Entry) []archive.Anomaly {
	if len(before) == 0 {
		return nil
	}
	last := before[0].Manifest
	found := lostTables(m, last)
	fullest := slices.MaxFunc(before, func(a, b Entry) int { return cmp.Compare(rowsOf(a.Manifest), rowsOf(b.Manifest)) }).Manifest
	if was, is := rowsOf(fullest), rowsOf(m); was >= leastRows && is >= 0 && down(was, is, totalShare) {
		found = append(found, anomaly(fullest, rowsShrunk, "", was, is))
	}
	if last.Format == m.Format && last.Compression == m.Compression && last.Bytes >= leastBytes && down(last.Bytes, m.Bytes, sizeShare) {
		found = append(found, anomaly(last, sizeShrunk, "", last.Bytes, m.Bytes))
	}
	if last.DumpedBy == m.DumpedBy && last.SchemaSHA256 != "" && m.SchemaSHA256 != "" && last.SchemaSHA256 != m.SchemaSHA256 {
		found = append(found, anomaly(last, schemaChanged, "", int64(len(last.Tables)), int64(len(m.Tables))))
	}
	return found
}

// lostTables are the tables that have lost what nobody takes out by the way, those
// that lost most first.
func lostTables(m, last archive.Manifest) (found []archive.Anomaly) {
	now := make(map[string]int64, len(m.Tables))
	for _, t := range m.Tables {
		now[t.Name] = t.Rows
	}
	for _, t := range last.Tables {
		is, there := now[t.Name]
		switch {
		case t.Rows < leastRows || is < 0: // or nobody knows how many
		case !there:
			found = append(found, anomaly(last, tableGone, t.Name, t.Rows, 0))
		case is == 0:
			found = append(found, anomaly(last, tableEmptied, t.Name, t.Rows, 0))
		case down(t.Rows, is, tableShare), t.Rows-is >= manyRows && down(t.Rows, is, manyShare):
			found = append(found, anomaly(last, tableShrunk, t.Name, t.Rows, is))
		}
	}
	slices.SortStableFunc(found, func(a, b archive.Anomaly) int { return cmp.Compare(b.Before-b.After, a.Before-a.After) })
	return found[:min(len(found), mostTables)]
}

// down says whether a number has fallen by that many percent or more.
func down(before, after int64, percent int64) bool {
	return before > 0 && before-after >= (before*percent+99)/100
}

func rowsOf(m archive.Manifest) int64 { return archive.Contents{Tables: m.Tables}.Rows() }

func anomaly(m archive.Manifest, code, table string, before, after int64) archive.Anomaly {
	return archive.Anomaly{Code: code, Table: table, Before: before, After: after, Against: m.ID, At: m.CreatedAt}
}

// Lost says whether an anomaly may mean that something was lost, and is not only news.
func Lost(a archive.Anomaly) bool { return a.Code != schemaChanged }

// AnomalyCheck puts an anomaly as a finding that has words.
func AnomalyCheck(a archive.Anomaly) Check {
	c := Check{Level: Warning, Args: errs.Args{"table": a.Table, "before": a.Before, "after": a.After, "made_at": a.At.UnixMilli(), "id": a.Against}}
	switch a.Code {
	case tableEmptied:
		c.Code = "anomaly.emptied"
	case tableGone:
		c.Code = "anomaly.table_gone"
	case tableShrunk:
		c.Code = "anomaly.table_shrunk"
	case rowsShrunk:
		c.Code = "anomaly.rows_shrunk"
	case sizeShrunk:
		c.Code = "anomaly.size_shrunk"
		c.Args["before_bytes"], c.Args["after_bytes"] = a.Before, a.After
	case schemaChanged:
		c.Level, c.Code = Info, "anomaly.schema_changed"
	default: // of a later version of Cofre
		c.Code = "anomaly.other"
	}
	return c
}

// AnomalyChecks are the anomalies of a backup as findings, never nil.
func AnomalyChecks(m archive.Manifest) []Check {
	checks := make([]Check, 0, len(m.Anomalies))
	for _, a := range m.Anomalies {
		checks = append(checks, AnomalyCheck(a))
	}
	return checks
}

// before are the good backups that a new one of a database is compared with: after a
// restore, the one that was restored, and those made since. What came in between was
// taken back on purpose.
func (a *Archiver) before(ctx context.Context, identity string) ([]Entry, error) {
	entries, err := a.Catalog.List(ctx, Filter{Identity: identity, Sound: true, Limit: lookedAt})
	if err != nil {
		return nil, err
	}
	var last *Record
	if a.Journal != nil {
		if last, err = a.Journal.LastDone(ctx, "restore", identity); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(entries, func(e Entry) bool {
		if last != nil && e.Manifest.ID == last.BackupID {
			return false
		}
		return !e.Own() || last != nil && e.Manifest.CreatedAt.Before(last.EndedAt)
	}), nil
}

// pin keeps good backups from being pruned where a newer one has lost something:
// those before it that had lost nothing themselves, or the newest where all had, and
// each that the loss is told against.
func (a *Archiver) pin(ctx context.Context, m archive.Manifest, before []Entry) error {
	if !slices.ContainsFunc(m.Anomalies, Lost) {
		return nil
	}
	whole := slices.DeleteFunc(slices.Clone(before), func(e Entry) bool { return slices.ContainsFunc(e.Manifest.Anomalies, Lost) })
	if len(whole) == 0 {
		whole = before
	}
	var keep []string
	for _, e := range whole[:min(len(whole), keptBack)] {
		keep = append(keep, e.Manifest.ID)
	}
	for _, anomaly := range m.Anomalies {
		if Lost(anomaly) && !slices.Contains(keep, anomaly.Against) {
			keep = append(keep, anomaly.Against)
		}
	}
	for _, id := range keep {
		_, err := a.Change(ctx, id, func(e *Entry) { e.Pinned = true })
		if err != nil && errs.CodeOf(err) != errs.NotFound { // it may have been deleted since it was compared
			return err
		}
	}
	return nil
}
