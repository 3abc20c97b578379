package backup

import (
	"context"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
	"cofre/internal/profile"
)

// State of a backup.
type State string

// The states.
const (
	Good   State = "good"   // it was re-read whole after it was written, and equals its manifest
	Proven State = "proven" // good, and it was restored aside and compared: Entry.Rehearsal
	Failed State = "failed" // it could not be made (File is ""), or a check or a rehearsal found it wanting
)

// Sound says whether a backup in that state can be relied on.
func (s State) Sound() bool { return s == Good || s == Proven }

// Current is from when the content is that a backup holds: when it was made, or when the
// database was last found to hold the same rows, unless that is still to come at now: the
// clock was ahead.
func (e Entry) Current(now time.Time) time.Time {
	if e.SameAt.After(e.Manifest.CreatedAt) && !e.SameAt.After(now) {
		return e.SameAt
	}
	return e.Manifest.CreatedAt
}

// there says that the file of a backup is where it was put, whatever it is worth.
func (s State) there() bool { return s.Sound() || s == Failed }

// Entry is a backup in the catalogue.
type Entry struct {
	Manifest  archive.Manifest
	File      string // absolute path; "" where the backup could not be made
	State     State
	Failure   *errs.Error    // why failed; its cause is not kept
	CheckedAt time.Time      // when it was last re-read whole; zero where it was only found, after a crash
	Rehearsal *Rehearsal     // the last one that came to a verdict, nil where there was none
	Profile   *profile.Facts // the application behind it, where one is known
	Pinned    bool           // it is not to be pruned: a newer one has lost something, or a person wants it
	SameAt    time.Time      // when the database was last compared with it and no row differed; zero where never
	AsideAt   time.Time      // when it was deleted; zero for one that is there (PutAside)
	Unmoved   bool           // put aside without a file: there was none in sight
}

// Own says that a backup was made here, of the database that it names. What an imported
// one says of itself nobody here has seen, and another computer's database may have the
// same address.
func (e Entry) Own() bool { return e.Manifest.Purpose != Imported }

// Filter narrows List; its zero value takes everything.
type Filter struct {
	Identity string // only backups of this database (Target.Identity)
	File     string // only the one of that file
	Sound    bool   // only good and proven ones
	State    State
	Limit    int  // 0 for all
	Brief    bool // without Tables and Profile, which are most of an entry
	Aside    bool // those that were put aside, in place of those that are there
}

// Catalog remembers backups. It is not the truth about files: they may have
// been moved or deleted by other programs, and callers look.
type Catalog interface {
	// Put adds an entry or replaces the one with its Manifest.ID; it is durable when it returns.
	Put(ctx context.Context, e Entry) error
	// Change changes the entry as it is at that moment, whether it is there or aside, and
	// returns it; errs.NotFound where there is none. An error of do changes nothing; do must
	// not use the catalogue.
	Change(ctx context.Context, id string, do func(*Entry) error) (Entry, error)
	// Get returns the entry, or errs.NotFound, which one that was put aside is, too.
	Get(ctx context.Context, id string) (Entry, error)
	// List returns entries, newest first.
	List(ctx context.Context, f Filter) ([]Entry, error)
	// Delete forgets the entry (not its file). Twice is harmless.
	Delete(ctx context.Context, id string) error
}
