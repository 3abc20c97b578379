package service

import (
	"context"
	"errors"
	"slices"
	"time"

	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/notify"
	"cofre/internal/schedule"
	"cofre/internal/watch"
)

// late is how long after its moment a scheduled backup may be made: it is tried again for
// an hour and twenty minutes, and takes its time.
const late = 3 * time.Hour

// lookedAt are the newest good backups that are looked at.
const lookedAt = 50

// Look compares the good backups with when they are expected, and the free space with
// what the next ones need, and puts what is to be told of it into the queue: a silence
// once, and its end once, whoever looks.
func (n *Notices) Look(ctx context.Context) error {
	channels, err := n.Book.Channels(ctx)
	if err != nil {
		return err
	}
	connections, err := n.Connected.All(ctx)
	if err != nil {
		return err
	}
	schedules, err := n.Schedules.Schedules(ctx)
	if err != nil {
		return err
	}
	episodes, err := n.Book.Episodes(ctx)
	if err != nil {
		return err
	}
	var largest int64
	for _, c := range connections {
		e, known := episodes[c.ID]
		delete(episodes, c.ID)
		size, lookErr := n.lookAt(ctx, c, channels, schedules, known, e)
		largest, err = max(largest, size), errors.Join(err, lookErr)
	}
	delete(episodes, notify.RoomEpisode)
	for key := range episodes { // of connections that are gone
		err = errors.Join(err, n.Book.Episode(ctx, key, func(notify.Episode) (notify.Episode, []notify.Notice) { return notify.Episode{}, nil }))
	}
	return errors.Join(err, n.lookAtRoom(ctx, channels, largest))
}

// lookAt looks at one connection, and returns the size of its largest new ones.
func (n *Notices) lookAt(ctx context.Context, c backup.Connection, channels []notify.Channel, schedules []schedule.Schedule, known bool, e notify.Episode) (int64, error) {
	m, err := n.Service.memory(ctx, c.ID, c.Target(""))
	if err != nil {
		return 0, err
	}
	if !known && len(rules(c, e, schedules, m)) == 0 && len(channels) == 0 {
		return 0, nil // nobody expects anything
	}
	now, heard := n.Service.Now(), false
	good, size, err := n.good(ctx, c.Target("").Identity())
	if err != nil {
		return 0, err
	}
	err = n.Book.Episode(ctx, c.ID, func(e notify.Episode) (notify.Episode, []notify.Notice) {
		next, events := e.Look(rules(c, e, schedules, m), seen(good), now)
		all := []notify.Notice{}
		for _, event := range events {
			x := notify.Notice{Event: event, At: now, Subject: notify.Subject{Key: c.ID, Name: c.Name}}
			if event == notify.Silence {
				x.Lines = append(x.Lines, notify.Line{Key: "notify.line.expected", Args: errs.Args{"expected_at": millis(next.Since)}})
			}
			x.Lines = append(x.Lines, goodLine(good, now))
			told := notify.For(channels, x)
			if event == notify.Silence {
				next.Told = len(told) > 0
			}
			all = append(all, told...)
		}
		heard = len(all) > 0
		return next, all
	})
	if err == nil && heard {
		n.stir()
	}
	return size, err
}

// good are the newest good backups of a database, by when it is known to be wholly in
// them, and the size of the largest of them.
func (n *Notices) good(ctx context.Context, identity string) (good []backup.Entry, size int64, err error) {
	entries, err := n.Service.Archiver.Catalog.List(ctx, backup.Filter{Identity: identity, Sound: true, Brief: true})
	if err != nil {
		return nil, 0, err
	}
	now, taken := n.Service.Now(), map[bool]int{}
	slices.SortStableFunc(entries, func(a, b backup.Entry) int { return b.Current(now).Compare(a.Current(now)) })
	for _, e := range plugged(entries) {
		ahead := e.Manifest.CreatedAt.After(now) // those take no places from the others
		if !covers(e) || taken[ahead] == lookedAt {
			continue
		}
		taken[ahead]++
		good, size = append(good, e), max(size, e.Manifest.Bytes)
	}
	return good, size, nil
}

// seen are those backups as a silence counts them: each once, and once more with each mark
// that the database still holds the same rows.
func seen(good []backup.Entry) (all []notify.Backup) {
	for _, e := range good {
		m := e.Manifest
		all = append(all, notify.Backup{ID: m.ID, At: m.CreatedAt})
		if e.SameAt.After(m.CreatedAt) {
			all = append(all, notify.Backup{ID: m.ID + e.SameAt.UTC().Format(" 2006-01-02 15:04:05"), At: e.SameAt})
		}
	}
	return all
}

// rules are when a good backup of c is expected: as its own rule says, else by its schedules,
// and of what the watcher, who remembers m, has not backed up.
func rules(c backup.Connection, e notify.Episode, schedules []schedule.Schedule, m watch.Memory) []notify.Rule {
	if e.Hours > 0 {
		return []notify.Rule{notify.Every(e.Hours, e.Set)}
	}
	all := []notify.Rule{}
	if c.Watch.On {
		all = append(all, watchRule(c.Watch, m))
	}
	for _, s := range schedules {
		if s.Connection != c.ID || s.Kind != schedule.Backup || s.Paused {
			continue
		}
		calendar, err := schedule.Parse(s.When, s.Zone)
		if err != nil {
			continue // of a newer Cofre
		}
		all = append(all, notify.Rule{Begun: s.Since, Deadline: func(from time.Time) time.Time {
			if at := calendar.Next(from); !at.IsZero() {
				return at.Add(late)
			}
			return time.Time{}
		}})
	}
	return all
}

// watchRule expects what waits as soon as the rule of a connection lets it be backed up,
// and nothing of a database that is as it was.
func watchRule(rule backup.Watch, m watch.Memory) notify.Rule {
	return notify.Rule{Deadline: func(from time.Time) time.Time {
		if at := m.Expected(rule, from); !at.IsZero() {
			return at.Add(late)
		}
		return time.Time{}
	}}
}

// goodLine says which backup is there to fall back on.
func goodLine(good []backup.Entry, now time.Time) notify.Line {
	if e, _ := covering(good, now); e != nil {
		return notify.Line{Key: "notify.line.last_good", Args: errs.Args{"last_at": millis(e.Manifest.CreatedAt)}}
	}
	return notify.Line{Key: "notify.line.none_good"}
}

// Room is little when fewer than leastFits more of the largest last good backup fit, or
// there is less than leastRoom; it is enough again when one more fits.
const (
	leastFits = 3
	leastRoom = 100 << 20
)

func (n *Notices) lookAtRoom(ctx context.Context, channels []notify.Channel, largest int64) error {
	folder := n.Service.Archiver.Repository()
	free, _, err := n.Free(folder)
	if err != nil {
		return nil //nolint:nilerr // a drive that is not plugged in is said when a backup fails
	}
	now, heard := n.Service.Now(), false
	err = n.Book.Episode(ctx, notify.RoomEpisode, func(e notify.Episode) (notify.Episode, []notify.Notice) {
		least := max(leastFits*largest, leastRoom)
		if e.Told {
			least += max(largest, leastRoom)
		}
		if free >= least {
			return notify.Episode{}, nil
		}
		if e.Told {
			return e, nil
		}
		all := notify.For(channels, notify.Notice{Event: notify.Room, At: now, Lines: []notify.Line{{Key: "notify.line.room", Args: errs.Args{"free_bytes": free, "folder": folder}}}})
		heard = len(all) > 0
		return notify.Episode{Since: now, Told: heard}, all
	})
	if err == nil && heard {
		n.stir()
	}
	return err
}

// Expectation is when a good backup of a connection is expected.
type Expectation struct {
	ConnectionID string `json:"connectionID"`
	Connection   string `json:"connection"`
	Hours        int    `json:"hours"`       // 0: by the schedules, and as it changes
	Scheduled    bool   `json:"scheduled"`   // there are schedules that say so, or it is watched
	SilentSince  int64  `json:"silentSince"` // 0: it is not
}

// Expectations lists those of all saved connections, by name.
func (n *Notices) Expectations(ctx context.Context) ([]Expectation, error) {
	all := []Expectation{}
	connections, err := n.Connected.All(ctx)
	if err != nil {
		return all, err
	}
	schedules, err := n.Schedules.Schedules(ctx)
	if err != nil {
		return all, err
	}
	episodes, err := n.Book.Episodes(ctx)
	for _, c := range connections {
		e := episodes[c.ID]
		all = append(all, Expectation{c.ID, c.Name, e.Hours, len(rules(c, notify.Episode{}, schedules, watch.Memory{})) > 0, millis(e.Since)})
	}
	return all, err
}

// mostHours is a year.
const mostHours = 366 * 24

// Expect says that a good backup of a connection is expected every so many hours; with 0,
// when its schedules say. A silence that was told is over with another rule.
func (n *Notices) Expect(ctx context.Context, connection string, hours int) error {
	if err := n.Service.allowed(); err != nil {
		return err
	}
	if hours < 0 || hours > mostHours {
		return errs.New(errs.Invalid, "notify.hours", nil)
	}
	c, err := savedConnection(ctx, n.Connected, connection)
	if err != nil {
		return err
	}
	changed := false
	err = n.Book.Episode(ctx, c.ID, func(e notify.Episode) (notify.Episode, []notify.Notice) {
		if changed = e.Hours != hours; !changed {
			return e, nil
		}
		next := notify.Episode{Hours: hours, Known: e.Known, Good: e.Good, From: e.From}
		if hours > 0 {
			next.Set = n.Service.Now()
		}
		return next, nil
	})
	if err != nil || !changed {
		return err
	}
	return n.Service.note(ctx, audit.Entry{What: audit.ConnectionChanged, Subject: c.Name, Database: c.Name, Place: c.Target("").Place(), Names: []string{"expect"}}, nil)
}

// SilentSince is since when a good backup of that database is overdue; the zero time
// where none is, or none is expected.
func (n *Notices) SilentSince(ctx context.Context, identity string) (time.Time, error) {
	episodes, err := n.Book.Episodes(ctx)
	if err != nil || len(episodes) == 0 {
		return time.Time{}, err
	}
	all, err := n.Connected.All(ctx)
	for _, c := range all {
		if c.Target("").Identity() == identity {
			return episodes[c.ID].Since, err
		}
	}
	return time.Time{}, err
}
