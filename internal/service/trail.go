package service

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"time"

	"cofre/internal/audit"
	"cofre/internal/job"
)

// TrailInput is which entries of the audit trail the window wants.
type TrailInput struct {
	What   string `json:"what"` // "" for everything
	Search string `json:"search"`
	Since  int64  `json:"since"`  // Unix milliseconds; 0: from the first
	Until  int64  `json:"until"`  // 0: to the last
	Behind int64  `json:"behind"` // the number after which to go on; 0 begins with the newest
}

// TrailView is a page of the audit trail, the newest entry first.
type TrailView struct {
	Entries []TrailEntry `json:"entries"`
	Ended   bool         `json:"ended"`  // there are no older ones
	Behind  int64        `json:"behind"` // where to go on, else; a search may have found none yet
}

// TrailEntry is audit.Entry with a time that a page can read.
type TrailEntry struct {
	N        int64        `json:"n"`
	At       int64        `json:"at"`
	Who      string       `json:"who"`
	What     string       `json:"what"`
	Ending   string       `json:"ending"`
	Reason   string       `json:"reason"`
	Database string       `json:"database"`
	Place    string       `json:"place"`
	Subject  string       `json:"subject"`
	TookMS   int64        `json:"tookMS"`
	Job      string       `json:"job"`
	Plan     string       `json:"plan"`
	Backup   string       `json:"backup"`
	Files    []audit.File `json:"files"`
	Names    []string     `json:"names"`
	Cause    *audit.Cause `json:"cause"`
	Hash     string       `json:"hash"`
}

// TrailVerdict says whether the audit trail is whole.
type TrailVerdict struct {
	Entries     int64        `json:"entries"` // read, and found as they were written
	Manifests   int          `json:"manifests"`
	OtherTrails int          `json:"otherTrails"`
	Damage      *job.Failure `json:"damage"` // nil: it is whole
}

// A page has so many entries; a search looks through so many at once, so that it answers
// soon in a trail of any length.
const (
	trailPage = 100
	searched  = 20_000
)

func (in TrailInput) query() audit.Query {
	q := audit.Query{What: in.What, Search: in.Search, From: in.Behind}
	if in.Since > 0 {
		q.Since = time.UnixMilli(in.Since)
	}
	if in.Until > 0 {
		q.Until = time.UnixMilli(in.Until)
	}
	return q
}

// Trail is a page of the audit trail.
func (d *Desk) Trail(ctx context.Context, in TrailInput) (TrailView, error) {
	v := TrailView{Entries: []TrailEntry{}}
	if err := d.admin(); err != nil {
		return v, err
	}
	q := in.query()
	q.Limit = trailPage
	if q.Search != "" {
		if q.From == 0 {
			last, err := d.Service.Trail.Store.Given(ctx)
			if err != nil {
				return v, err
			}
			q.From = last + 1
		}
		q.Span = searched
	}
	entries, err := d.Service.Trail.Entries(ctx, q)
	for _, e := range entries {
		v.Entries = append(v.Entries, TrailEntry{N: e.N, At: millis(e.At), Who: e.Who, What: string(e.What), Ending: e.Ending, Reason: e.Reason, Database: e.Database, Place: e.Place,
			Subject: e.Subject, TookMS: e.TookMS, Job: e.Job, Plan: e.Plan, Backup: e.Backup, Files: append([]audit.File{}, e.Files...), Names: append([]string{}, e.Names...), Cause: e.Cause, Hash: e.Hash})
	}
	switch {
	case len(entries) == trailPage:
		v.Behind = entries[trailPage-1].N
	case q.Span > 0 && q.From-q.Span > 1: // a search that has not come to the first entry
		v.Behind = q.From - q.Span
	default:
		v.Ended = true
	}
	return v, err
}

// CheckTrail reads all of the audit trail and says whether it is whole.
func (d *Desk) CheckTrail(ctx context.Context) (TrailVerdict, error) {
	if err := d.admin(); err != nil {
		return TrailVerdict{}, err
	}
	v, err := d.Service.CheckTrail(ctx)
	return TrailVerdict{v.Entries, v.Witnesses, v.Strangers, job.FailureOf(DamageError(v))}, err
}

// ExportTrail saves the entries that in asks for at path: as JSON where its name ends
// so, else as CSV. The file appears whole, in place of one that is there, but never of
// one that Cofre needs.
func (d *Desk) ExportTrail(ctx context.Context, in TrailInput, path string) error {
	if err := d.admin(); err != nil {
		return err
	}
	if err := d.mayReplace(ctx, path); err != nil {
		return err
	}
	form := audit.CSV
	if strings.EqualFold(filepath.Ext(path), ".json") {
		form = audit.JSON
	}
	in.Behind = 0
	err := writeWhole(path, func(w io.Writer) error { return d.Service.Trail.Export(ctx, w, form, in.query()) })
	if err != nil {
		return err
	}
	return d.Service.note(d.as(ctx), audit.Entry{What: audit.Export, Files: []audit.File{{As: "copy", Path: path}}}, nil)
}
