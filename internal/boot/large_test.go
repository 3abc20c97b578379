// Looking for races takes most of the time.

//go:build unix && !race

package boot

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/service"
)

// crowd fills state.db with ten thousand backups of one database, whose files are there,
// and their jobs: one an hour, the newest an hour ago, and none for some days. Each
// schedule has all the runs that are kept, and the audit trail a hundred thousand entries.
func crowd(t *testing.T, s *System, e backup.Entry) {
	t.Helper()
	folder := s.Service.Archiver.Repository()
	for i := range 10_000 {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("b%d.sqlite3", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", filepath.Join(filepath.Dir(s.Desk.LogFile), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := time.Now()
	for _, script := range []string{
		`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
		INSERT INTO backups (id, identity, state, created_at, checked_at, file, manifest, tables, failure, profile, rehearsal)
		SELECT 'b' || i, identity, iif(i % 7 = 0, 'proven', 'good'), ?1 - i * 3600000000000, checked_at, ?2 || '/b' || i || '.sqlite3',
			json_set(manifest, '$.id', 'b' || i, '$.created_at', strftime('%Y-%m-%dT%H:%M:%SZ', ?1 / 1000000000 - i * 3600, 'unixepoch')), tables, failure, profile, rehearsal
		FROM n, backups WHERE id = ?3 AND i NOT BETWEEN 100 AND 199`,
		`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
		INSERT INTO jobs (id, kind, identity, status, started_at, ended_at, record)
		SELECT 'j' || i, kind, identity, status, ?1 - i * 3600000000000, ?1 - i * 3600000000000 + 1,
			json_set(record, '$.id', 'j' || i, '$.backup_id', 'x' || i, '$.started_at', strftime('%Y-%m-%dT%H:%M:%SZ', ?1 / 1000000000 - i * 3600, 'unixepoch'))
		FROM n, jobs WHERE kind = 'backup' AND ?2 || ?3 <> ''`,
		`WITH RECURSIVE n(i) AS (SELECT 999 UNION ALL SELECT i - 1 FROM n WHERE i > 0)
		INSERT INTO runs (schedule, ended_at, run)
		SELECT id, 1, json_object('due', strftime('%Y-%m-%dT%H:%M:%SZ', ?1 / 1000000000 - i * 3600, 'unixepoch'), 'attempt', 1, 'status', 'succeeded', 'backup', ?2 || ?3,
			'started_at', strftime('%Y-%m-%dT%H:%M:%SZ', ?1 / 1000000000 - i * 3600, 'unixepoch'), 'ended_at', strftime('%Y-%m-%dT%H:%M:%SZ', ?1 / 1000000000 - i * 3600, 'unixepoch'))
		FROM schedules, n`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
		INSERT INTO audit (n, line, hash)
		SELECT 1000 + i, json_object('at', strftime('%Y-%m-%dT%H:%M:%fZ', ?1 / 1000000000 - (100000 - i) * 60, 'unixepoch'), 'n', 1000 + i, 'who', 'schedule:nightly', 'what', iif(i % 50 = 0, 'login', 'backup'),
			'ending', 'succeeded', 'database', 'app', 'backup', 'b' || i, 'files', json_array(json_object('as', 'backup', 'path', ?2 || '/' || ?3))), 'h' || i FROM n`,
	} {
		if _, err := db.Exec(script, now.Add(-time.Hour).UnixNano(), folder, e.Manifest.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// worked is for how long this program has used a processor: what other programs take of
// it does not count.
func worked(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// page is how long a page may take to have what it shows.
const page = 100 * time.Millisecond

// TestEveryPageIsQuickWithTenThousandBackupsAndAHundredThousandEntries asks what each page
// of the window asks for, up to the text that is sent to it. A machine that is busy is
// asked again: what counts is the quickest answer.
func TestEveryPageIsQuickWithTenThousandBackupsAndAHundredThousandEntries(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	s, target, e := live(t)
	d := s.Desk
	if _, err := d.CreateAdministrator(t.Context(), "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	c, err := d.SaveConnection(t.Context(), service.ConnectionInput{Kind: "sqlite", Path: target.Path})
	if err != nil {
		t.Fatal(err)
	}
	rules := service.RulesView{Last: 24, Daily: 30, Weekly: 52, Monthly: 24, Yearly: 10}
	if err := d.SaveRules(t.Context(), rules); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if _, err := d.SaveSchedule(t.Context(), service.ScheduleInput{Name: fmt.Sprint("s", i), Connection: c.ID, Kind: "backup", When: "hourly"}); err != nil {
			t.Fatal(err)
		}
	}
	crowd(t, s, e)
	now := time.Now()
	for _, q := range []struct {
		page  string
		least int
		ask   func() (any, int, error)
	}{
		{"overview", 1, func() (any, int, error) { v, err := d.Overview(t.Context()); return v, len(v.Days), err }},
		{"backups", 9_900, func() (any, int, error) { v, err := d.Backups(t.Context()); return v, len(v), err }},
		{"schedules", 20, func() (any, int, error) { v, err := d.Schedules(t.Context()); return v, len(v), err }},
		{"month", 28, func() (any, int, error) {
			v, err := d.ScheduleMonth(t.Context(), now.Year(), int(now.Month()))
			return v, len(v), err
		}},
		{"clean-up", 5000, func() (any, int, error) { v, err := d.Cleaning(t.Context(), false); return v, v.Goes, err }},
		{"list of the clean-up", 9_900, func() (any, int, error) { v, err := d.Cleaning(t.Context(), true); return v, len(v.Fates), err }},
		{"connections", 1, func() (any, int, error) { v, err := d.Connections(t.Context()); return v, len(v), err }},
		{"activity", 500, func() (any, int, error) { v, err := d.Activity(t.Context(), 500); return v, len(v), err }},
		{"trail", 100, func() (any, int, error) {
			v, err := d.Trail(t.Context(), service.TrailInput{})
			return v, len(v.Entries), err
		}},
		{"trail, further on", 100, func() (any, int, error) {
			v, err := d.Trail(t.Context(), service.TrailInput{Behind: 50_000})
			return v, len(v.Entries), err
		}},
		{"trail of logins", 100, func() (any, int, error) {
			v, err := d.Trail(t.Context(), service.TrailInput{What: "login"})
			return v, len(v.Entries), err
		}},
		{"trail of a month ago", 100, func() (any, int, error) {
			v, err := d.Trail(t.Context(), service.TrailInput{Until: now.AddDate(0, 0, -30).UnixMilli()})
			return v, len(v.Entries), err
		}},
		{"a search", 0, func() (any, int, error) {
			v, err := d.Trail(t.Context(), service.TrailInput{Search: "nothing"})
			return v, len(v.Entries), err
		}},
		{"status", 1, func() (any, int, error) {
			p, err := s.Service.Protection(t.Context(), target, service.Opened)
			return nil, len(p.Status), err
		}},
		{"overview of a database that is gone", 1, func() (any, int, error) {
			if err := os.Remove(target.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, 0, err
			}
			v, err := d.Overview(t.Context())
			if v.Offer == nil {
				return v, 0, err
			}
			return v, 1, err
		}},
	} {
		fastest, size := time.Hour, 0
		for range 8 {
			began := worked(t)
			v, n, err := q.ask()
			sent, wrong := json.Marshal(v)
			err, size = cmp.Or(err, wrong), len(sent)
			fastest = min(fastest, worked(t)-began)
			if err != nil || n < q.least {
				t.Fatalf("%s: %d, %v", q.page, n, err)
			}
			if fastest < page/2 {
				break
			}
		}
		t.Logf("%s: %.1f ms, %d KB", q.page, float64(fastest.Microseconds())/1e3, size>>10)
		if fastest > page {
			t.Errorf("%s takes %v", q.page, fastest)
		}
	}
}
