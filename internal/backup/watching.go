package backup

import (
	"context"
	"slices"

	"cofre/internal/errs"
)

// Watch says when a database is backed up because it has changed.
type Watch struct {
	On        bool     `json:"on,omitempty"`
	Deletions bool     `json:"deletions,omitempty"` // after any deletion
	Changes   int64    `json:"changes,omitempty"`   // after so many rows that were added, changed or deleted; 0: however many
	Tables    []string `json:"tables,omitempty"`    // only these count; none: all
	Quiet     int      `json:"quiet,omitempty"`     // seconds: nothing must have changed for so long
	Pause     int      `json:"pause,omitempty"`     // minutes from one of these backups to the next, at least
}

// UsualWatch is the rule of whoever says nothing else.
func UsualWatch() Watch { return Watch{Deletions: true, Changes: 25, Quiet: 30, Pause: 10} }

// The limits of a rule. A file system may tell times in steps of two seconds: within
// one step, two changes can look like one.
const (
	leastQuiet = 2
	mostQuiet  = 24 * 60 * 60
	mostPause  = 366 * 24 * 60
)

// Check is errs.Invalid where the rule can't be meant.
func (w Watch) Check() error {
	switch {
	case w.Quiet < leastQuiet || w.Quiet > mostQuiet:
		return errs.New(errs.Invalid, "watch.quiet", errs.Args{"value": w.Quiet, "least": leastQuiet, "most": mostQuiet})
	case w.Pause < 0 || w.Pause > mostPause:
		return errs.New(errs.Invalid, "watch.pause", errs.Args{"value": w.Pause, "most": mostPause})
	case w.Changes < 0:
		return errs.New(errs.Invalid, "watch.changes", errs.Args{"value": w.Changes})
	case w.On && !w.Deletions && w.Changes == 0:
		return errs.New(errs.Invalid, "watch.nothing", nil)
	}
	return nil
}

// Counts says whether a table counts; PostgreSQL's may be named without their schema.
func (w Watch) Counts(table string) bool {
	return len(w.Tables) == 0 || slices.Contains(w.Tables, table) || slices.Contains(w.Tables, bare(table))
}

// Wants says whether what was found calls for a backup. What could not be compared may
// be anything, and does.
func (w Watch) Wants(f Found) bool {
	c := f.Cause(w)
	return f.Unknown || w.Deletions && c.Deleted > 0 || w.Changes > 0 && c.Added+c.Changed+c.Deleted >= w.Changes
}

// Alike says whether both call for a backup after the same changes, however fast.
func (w Watch) Alike(other Watch) bool {
	return w.Deletions == other.Deletions && w.Changes == other.Changes && slices.Equal(w.Tables, other.Tables)
}

// Watcher is an engine that can look again and again whether a live database has
// changed, for next to nothing.
type Watcher interface {
	// Watch returns an eye for t, and reaches for nothing yet.
	Watch(t Target) Eye
}

// Eye looks at one live database. It changes nothing in it, waits for no lock and holds
// none. It is used by one goroutine.
type Eye interface {
	// Look says how the database is now. A SQLite file that is not there is errs.NotFound
	// "sqlite.missing"; after any error the next look begins anew.
	Look(ctx context.Context) (Sight, error)
	// Close lets go of what the eye holds; a later Look takes it again.
	Close()
}

// Loser is an engine whose database can be missing from its place.
type Loser interface {
	// Lost says whether the one that was of (Sight.Of) is surely gone from where t leads:
	// nothing that may hold rows of it was left there, and it is still the place where it was.
	Lost(t Target, of string) bool
}

// Sight is how a database was at one look.
type Sight struct {
	Sign string // differs from that of an earlier look if rows have been committed since; the other way round it may not
	Of   string // this very file or database: another one at the same place has another; "" where nobody knows

	// Edits is what the server has counted, by table; nil where there is no server. They
	// can be subtracted while Counting is the same, and none has become less.
	Edits    map[string]Edits
	Counting string
}

// Edits are rows of one table since its server counts. What was rolled back counts, too.
type Edits struct {
	Inserted int64 `json:"inserted,omitempty"`
	Updated  int64 `json:"updated,omitempty"`
	Deleted  int64 `json:"deleted,omitempty"`
	File     int64 `json:"file,omitempty"` // in which its rows lie: another one after TRUNCATE, which deletes no row, and after VACUUM FULL
}
