package service

import (
	"context"
	"slices"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// DayView is one day of a database's backups, by this computer's calendar.
type DayView struct {
	Date  string `json:"date"`  // 2026-11-22
	State string `json:"state"` // "proven", "good", "gone" (a good one was made, and cleaned up since), "none"; "" before the first, where the backup before still held all, and today as long as it has none
	At    int64  `json:"at"`    // of its newest good backup; 0 where there is none
	Bytes int64  `json:"bytes"` // of that
	Rows  int64  `json:"rows"`  // in it; -1 unknown
}

// shownDays are five weeks: whatever day it is, four whole ones and this one.
const shownDays = 35

// days says on which of the last days a good backup was made; entries are all that the
// catalogue has of the database, newest first. What was cleaned up is told by the
// journal.
func (s *Service) days(ctx context.Context, identity string, entries []backup.Entry) ([]DayView, error) {
	now := s.Now()
	days := make([]DayView, shownDays)
	at := map[string]*DayView{}
	for i := range days {
		date := dateOf(now.AddDate(0, 0, i-shownDays+1))
		days[i] = DayView{Date: date, Rows: -1}
		at[date] = &days[i]
	}
	unchanged := map[string]bool{} // days on which the database held what its backup held
	first := ""
	begins := func(date string) {
		if first == "" || date < first {
			first = date
		}
	}
	for _, e := range entries {
		m := e.Manifest
		if m.CreatedAt.After(now) || !e.Own() {
			continue
		}
		begins(dateOf(m.CreatedAt))
		if covers(e) {
			for at := e.Current(now); at.After(m.CreatedAt); at = at.AddDate(0, 0, -1) {
				unchanged[dateOf(at)] = true
			}
		}
		day := at[dateOf(m.CreatedAt)]
		if day == nil || !e.State.Sound() {
			continue
		}
		if day.At == 0 {
			day.State, day.At, day.Bytes = "good", millis(m.CreatedAt), m.Bytes
			whole, err := s.Archiver.Catalog.Get(ctx, m.ID)
			switch {
			case err == nil:
				day.Rows = archive.Contents{Tables: whole.Manifest.Tables}.Rows()
			case errs.CodeOf(err) != errs.NotFound: // it was deleted just now
				return nil, err
			}
		}
		if e.State == backup.Proven {
			day.State = "proven"
		}
	}
	made, err := s.made(ctx, identity, entries, days)
	if err != nil {
		return nil, err
	}
	for _, r := range made {
		begins(dateOf(r.StartedAt))
		if day := at[dateOf(r.StartedAt)]; day != nil && day.At == 0 {
			day.State, day.At, day.Bytes = "gone", millis(r.StartedAt), r.Bytes
		}
	}
	for i := range days {
		if d := &days[i]; d.At == 0 && first != "" && d.Date > first && d.Date < dateOf(now) && !unchanged[d.Date] {
			d.State = "none"
		}
	}
	return days, nil
}

// made are the backups of a database that were good when they were made and that the
// catalogue has no more, newest first: since the first open day, and the one before; none where
// no day is open.
func (s *Service) made(ctx context.Context, identity string, entries []backup.Entry, days []DayView) ([]backup.Record, error) {
	open := slices.IndexFunc(days, func(d DayView) bool { return d.At == 0 })
	if open < 0 {
		return nil, nil
	}
	since, err := time.ParseInLocation(time.DateOnly, days[open].Date, time.Local)
	if err != nil {
		return nil, err
	}
	const enough = 5000 // one every ten minutes
	records, err := s.Journal.DoneSince(ctx, "backup", identity, since, enough)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, e := range entries {
		known[e.Manifest.ID] = true
	}
	made := records[:0]
	for _, r := range records {
		if !known[r.BackupID] && !r.StartedAt.After(s.Now()) {
			made = append(made, r)
		}
	}
	return made, nil
}

func dateOf(t time.Time) string { return t.Local().Format(time.DateOnly) }
