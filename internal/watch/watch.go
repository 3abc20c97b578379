// Package watch says when a database that changes is to be backed up: once it has been
// quiet for a while, and not too often. It is told what was seen and what time it is,
// and keeps what has to outlive the program. It looks at nothing itself.
package watch

import (
	"context"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// Memory is what is kept of one connection. Its zero value knows nothing.
type Memory struct {
	Identity string `json:"identity"` // of the target: at another one, nothing of it holds

	Sign string `json:"sign,omitempty"` // when rows were last looked at, and either backed up or found not to call for it
	Same string `json:"same,omitempty"` // ID of the backup that holds just the rows that there were at Sign
	Of   string `json:"of,omitempty"`   // the file or database that was there, with rows

	Judged  Judged   `json:"judged,omitzero"`   // what Sign was found by
	Trouble *Trouble `json:"trouble,omitempty"` // why the rule can't work now; nil: it can

	// What the server had counted when Base was compared with the database, or made, and
	// what differed then.
	Base   string        `json:"base,omitempty"` // ID of a backup
	Counts *backup.Sight `json:"counts,omitempty"`
	Found  backup.Found  `json:"found,omitzero"`

	Deletion *Deletion `json:"deletion,omitempty"` // the last that was seen
	Emptied  string    `json:"emptied,omitempty"`  // ID of the backup that holds the rows of which it was told that they are all gone
	Last     *Made     `json:"last,omitempty"`     // the last backup that was made because of a change
	NotNow   string    `json:"not_now,omitempty"`  // the offer to restore that a person did not want
	Waiting  *Waiting  `json:"waiting,omitempty"`  // what whoever looked last left to the next one
}

// Judged is what a sign was found by: without that backup, or by another rule, the rows
// have to be looked at again.
type Judged struct {
	Backup string       `json:"backup,omitempty"` // ID of the one that the rows were held against, or that was made of them; "": there was none
	Rule   backup.Watch `json:"rule"`
}

// Trouble is that a database can't be looked at, or that nothing comes of its changes.
type Trouble struct {
	Since time.Time `json:"since"`
	Doing bool      `json:"doing,omitempty"` // it is seen; what was to be done about it failed
	Told  bool      `json:"told,omitempty"`
}

// Waiting are changes about which nothing was done yet.
type Waiting struct {
	Sign  string    `json:"sign"`  // of the last look
	First time.Time `json:"first"` // when they began
	Last  time.Time `json:"last"`  // when the newest was seen
}

// Deletion is rows that somebody has deleted from a database which Cofre had known with them.
type Deletion struct {
	At     time.Time `json:"at"`
	Rows   int64     `json:"rows"`
	Tables []string  `json:"tables"`
	Base   string    `json:"base"` // ID of the backup that has them
}

// Made is a backup that was made because of a change.
type Made struct {
	At     time.Time     `json:"at"`
	Backup string        `json:"backup"` // ID
	Cause  archive.Cause `json:"cause"`
}

// Book keeps memories by the ID of their connection, and forgets them with it.
type Book interface {
	// Memory returns what is kept, or the zero value.
	Memory(ctx context.Context, connection string) (Memory, error)
	// Remember lets step change it, alone: nobody else changes it meanwhile. Of a
	// connection that is gone nothing is kept, which is no error.
	Remember(ctx context.Context, connection string, step func(*Memory)) error
}

// Follower follows the changes of one database. It is used by one goroutine.
type Follower struct {
	Rule backup.Watch
	Sign string    // that needs nothing more: Memory.Sign
	Made time.Time // when the last backup because of a change was made: Memory.Last.At

	seen   string    // the sign of the last look
	first  time.Time // when the changes began that nothing was done about; zero: there are none
	last   time.Time // when the newest of them was seen
	rest   time.Time // nothing is done before
	failed int       // attempts in a row
}

// patience is how long changes that do not stop wait for a quiet moment, unless backups
// are to be further apart than that.
const patience = 10 * time.Minute

// pauses are made after an attempt that failed; the last one again and again.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

// See tells how the database is now. One that can't be seen has no changes: what became
// of it is seen when it is back.
func (f *Follower) See(now time.Time, s backup.Sight, err error) {
	if err != nil {
		f.seen, f.first, f.last = "", time.Time{}, time.Time{}
		return
	}
	if s.Sign == f.seen {
		if now.Before(f.last) { // the clock was set back
			f.first, f.last, f.rest = now, now, time.Time{}
		}
		return
	}
	f.seen = s.Sign
	if s.Sign == f.Sign {
		f.first, f.last = time.Time{}, time.Time{}
		return
	}
	if now.Before(f.last) {
		f.first, f.rest = now, time.Time{}
	}
	if f.last = now; f.first.IsZero() {
		f.first = now
	}
}

// Waiting are the changes that nothing was done about; nil: there are none.
func (f *Follower) Waiting() *Waiting {
	if !f.Pending() {
		return nil
	}
	return &Waiting{Sign: f.seen, First: f.first, Last: f.last}
}

// Resume goes on where another one has stopped: what waited does not begin anew.
func (f *Follower) Resume(w *Waiting) {
	if w != nil && w.Sign != f.Sign {
		f.seen, f.first, f.last = w.Sign, w.First, w.Last
	}
}

// Retake takes on another sign that needs nothing more; "": everything is to be looked at.
func (f *Follower) Retake(sign string) {
	if sign != f.Sign {
		f.Sign, f.seen = sign, ""
	}
}

// Pending says whether something has changed that nothing was done about.
func (f *Follower) Pending() bool { return !f.first.IsZero() }

// Due says whether something is to be done about it now.
func (f *Follower) Due(now time.Time) bool {
	at := f.At()
	return !at.IsZero() && !now.Before(at)
}

// At is when something is to be done, as far as is known; the zero time where nothing
// has changed.
func (f *Follower) At() time.Time {
	if !f.Pending() {
		return time.Time{}
	}
	quiet, apart := time.Duration(f.Rule.Quiet)*time.Second, time.Duration(f.Rule.Pause)*time.Minute
	at := f.last.Add(quiet)
	if longest := f.first.Add(max(patience, apart, quiet)); longest.Before(at) {
		at = longest
	}
	for _, not := range []time.Time{f.rest, f.apart(apart)} {
		if not.After(at) {
			at = not
		}
	}
	return at
}

// apart is when the next backup may be made; a last one that is still to come, after the
// clock was set back, is none.
func (f *Follower) apart(pause time.Duration) time.Time {
	if f.Made.IsZero() || f.Made.After(f.last) {
		return time.Time{}
	}
	return f.Made.Add(pause)
}

// Done says that what was seen at sign needs nothing more, and how long the look at the
// rows took: the next one waits for twenty times that, so that looking never takes more
// than a twentieth of the time.
func (f *Follower) Done(now time.Time, sign string, took time.Duration) {
	f.failed, f.Sign, f.rest = 0, sign, now.Add(20*took)
	if f.seen == sign {
		f.first, f.last = time.Time{}, time.Time{}
	} else {
		f.first, f.last = now, now
	}
}

// Failed puts off the next attempt, for longer each time.
func (f *Follower) Failed(now time.Time) {
	f.rest = now.Add(pauses[min(f.failed, len(pauses)-1)])
	f.failed++
}
