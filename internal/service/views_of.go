package service

import (
	"cmp"
	"path/filepath"
	"time"

	"cofre/internal/backup"
	"cofre/internal/job"
)

// millis is Unix milliseconds; 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func contentsView(c backup.Contents) ContentsView {
	v := ContentsView{Kind: string(c.Kind), Format: string(c.Format), Version: c.Version, DumpedBy: c.DumpedBy, Database: c.Database,
		Bytes: c.Bytes, Compression: string(c.Compression), Encrypted: c.Encrypted, Tables: tablesOf(c.Tables), Rows: c.Rows(), Profile: c.Profile}
	if c.CreatedAt != nil {
		v.CreatedAt = millis(*c.CreatedAt)
	}
	return v
}

func tablesOf(t []backup.Table) []backup.Table {
	if t == nil {
		return []backup.Table{}
	}
	return t
}

// backupView shows e; identity is the active database's, "" for none.
func backupView(e backup.Entry, identity string) BackupView {
	m := e.Manifest
	v := BackupView{ID: m.ID, File: e.File, Kind: string(m.Kind), Purpose: string(m.Purpose), Source: m.Source.Name, Place: m.Source.Place,
		Version: m.Version, By: m.By, Note: m.Note, CreatedAt: millis(m.CreatedAt), TookMS: m.TookMS, Bytes: m.Bytes,
		State: string(e.State), CheckedAt: millis(e.CheckedAt), OfActive: identity != "" && m.Source.Identity == identity,
		Pinned: e.Pinned, Cause: m.Cause, SameAt: millis(e.SameAt), Anomalies: backup.AnomalyChecks(m), Left: []*job.Failure{}}
	if e.File != "" {
		v.Name = filepath.Base(e.File)
	}
	if r := e.Rehearsal; r != nil && r.Failure == nil {
		v.Proven = &ProvenView{At: millis(r.At), TookMS: r.Took.Milliseconds(), On: r.On, Version: r.Version, Counted: r.Counted}
	}
	if e.Failure != nil {
		v.Reason = job.FailureOf(e.Failure)
	}
	return v
}

// planRows compares two contents table by table, the largest loss first.
func planRows(now, after backup.Contents) []PlanRow {
	pairs := backup.Pairs(now, after)
	rows := make([]PlanRow, len(pairs))
	for i, p := range pairs {
		rows[i] = PlanRow{Table: p.Name, Now: p.Now, After: p.After}
	}
	sortByLoss(rows)
	return rows
}

func stepViews(steps []backup.Step) (views []job.StepView, total int64) {
	views = make([]job.StepView, len(steps))
	for i, s := range steps {
		views[i] = job.StepView{Name: string(s.Name), State: "todo", ExpectedMS: s.Expected.Milliseconds()}
		total += s.Expected.Milliseconds()
		if s.Expected == 0 {
			total = -1 << 40 // one step that is not known makes the sum unknown
		}
	}
	return views, max(0, total)
}

func activityView(r backup.Record) ActivityView {
	v := ActivityView{ID: r.ID, Kind: r.Kind, What: cmp.Or(r.What, r.Kind), Target: r.Target, By: r.By, StartedAt: millis(r.StartedAt), Status: r.Status, BackupID: r.BackupID, File: r.File}
	if !r.EndedAt.IsZero() {
		v.TookMS = r.EndedAt.Sub(r.StartedAt).Milliseconds()
	}
	if r.Failure != nil {
		v.Failure = job.FailureOf(r.Failure)
	}
	return v
}
