package notify

import (
	"reflect"
	"slices"
	"time"
)

// RoomEpisode is the key under which the episode of low room is kept; the others are
// kept under the IDs of their connections.
const RoomEpisode = "room"

// Episode is what is remembered between two looks at the backups of a connection.
type Episode struct {
	Hours int       `json:"hours,omitempty"` // a good backup is expected every so many hours; 0: when the schedules say
	Set   time.Time `json:"set,omitzero"`    // since when Hours says so

	Known []string  `json:"known,omitempty"` // IDs of the good backups that were seen: one is new once, whatever its time says
	Good  string    `json:"good,omitempty"`  // ID of the last of them
	From  time.Time `json:"from,omitzero"`   // the wait for the next good one began: that backup, or the rule
	Seen  time.Time `json:"seen,omitzero"`   // since when it is seen to be overdue
	Since time.Time `json:"since,omitzero"`  // of a silence: its beginning, the time by which a backup was expected
	Told  bool      `json:"told,omitempty"`  // the silence was told
	Rules time.Time `json:"rules,omitzero"`  // of a silence that was told: since when the newest of the rules held
}

// IsZero says whether there is nothing to remember.
func (e Episode) IsZero() bool { return reflect.DeepEqual(e, Episode{}) }

// Silent says whether no good backup came within the time expected.
func (e Episode) Silent() bool { return !e.Since.IsZero() }

// Backup that is good, as far as silence is concerned.
type Backup struct {
	ID string
	At time.Time
}

// Rule is when a good backup is expected. Begun is since when it holds, and Deadline the
// moment by which one is expected after the moment from; the zero time: none is.
type Rule struct {
	Begun    time.Time
	Deadline func(from time.Time) time.Time
}

// Every is the rule of a good backup every so many hours.
func Every(hours int, begun time.Time) Rule {
	return Rule{begun, func(from time.Time) time.Time { return from.Add(time.Duration(hours) * time.Hour) }}
}

// unsure is how long a backup has to be seen overdue before that is a silence: a computer
// that wakes up makes up first for what it has slept through.
const unsure = 30 * time.Minute

// Look is the episode as it is at now, with those good backups, and what has to be told:
// Silence, Recovered, or nothing. Silence is told again and again until Told is set by
// whoever could tell it to somebody.
//
// A clock that is set back never makes the wait longer than it is from one good backup to
// the next, counted anew from then; one that is set forward is a silence only when no
// backup is made within half an hour of it.
func (e Episode) Look(rules []Rule, good []Backup, now time.Time) (Episode, []Event) {
	if len(rules) == 0 {
		return Episode{Hours: e.Hours, Set: e.Set}, nil
	}
	if e.From.After(now) {
		e.From = now
	}
	if e.Seen.After(now) {
		e.Seen = now
	}
	var tell []Event
	fresh, ids := Backup{}, make([]string, 0, len(good))
	for _, b := range good {
		ids = append(ids, b.ID)
		if b.At.After(now) { // the clock was ahead when it was made
			b.At = now
		}
		if !slices.Contains(e.Known, b.ID) && (fresh.ID == "" || b.At.After(fresh.At)) {
			fresh = b
		}
	}
	switch {
	case fresh.ID != "" && (e.From.IsZero() || fresh.At.After(e.From)):
		if e.Told {
			tell = append(tell, Recovered)
		}
		e = Episode{Hours: e.Hours, Set: e.Set, Good: fresh.ID, From: fresh.At}
	case e.Good != "" && !slices.Contains(ids, e.Good): // it is gone, or was found damaged: the one before counts
		last := newest(good, now)
		e.Good, e.From = last.ID, last.At
	}
	e.Known = ids
	if e.From.IsZero() {
		e.From = begun(rules, now)
	}
	deadline, changed := expected(rules, e.From, now), latest(rules)
	switch {
	case e.Told && e.Rules.Equal(changed): // it goes on until there is a good one, whatever the clock says
	case deadline.IsZero() || !now.After(deadline):
		e.Seen, e.Since, e.Told, e.Rules = time.Time{}, time.Time{}, false, time.Time{}
	case e.Seen.IsZero():
		e.Seen = now
	case e.Told:
		e.Rules = changed
	case now.Sub(e.Seen) >= unsure:
		e.Since, e.Rules = deadline, changed
		tell = append(tell, Silence)
	}
	return e, tell
}

// expected is the first moment by which a rule expects a good backup after the one at from.
func expected(rules []Rule, from, now time.Time) (first time.Time) {
	for _, r := range rules {
		after := from
		if r.Begun.After(from) && !r.Begun.After(now) {
			after = r.Begun
		}
		if at := r.Deadline(after); !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// newest is the newest of the good backups whose time can be right.
func newest(good []Backup, now time.Time) (last Backup) {
	for _, b := range good {
		if !b.At.After(now) && (last.ID == "" || b.At.After(last.At)) {
			last = b
		}
	}
	return last
}

// begun is when the wait began where there is no good backup: with the first rule.
func begun(rules []Rule, now time.Time) time.Time {
	first := now
	for _, r := range rules {
		if r.Begun.Before(first) {
			first = r.Begun
		}
	}
	return first
}

// latest is since when the newest of the rules holds.
func latest(rules []Rule) (at time.Time) {
	for _, r := range rules {
		if r.Begun.After(at) {
			at = r.Begun
		}
	}
	return at
}
