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
	Failed State = "failed" // it could not be made (File is ""), or a later check found it damaged
)

// Entry is a backup in the catalogue.
type Entry struct {
	Manifest  archive.Manifest
	File      string // absolute path; "" where the backup could not be made
	State     State
	Failure   *errs.Error    // why failed; its cause is not kept
	CheckedAt time.Time      // when it was last re-read whole
	Profile   *profile.Facts // the application behind it, where one is known
}

// Filter narrows List; its zero value takes everything.
type Filter struct {
	Identity string // only backups of this database (Target.Identity)
	State    State
	Limit    int  // 0 for all
	Brief    bool // without Tables and Profile, which are most of an entry
}

// Catalog remembers backups. It is not the truth about files: they may have
// been moved or deleted by other programs, and callers look.
type Catalog interface {
	// Put adds an entry or replaces the one with its Manifest.ID; it is durable when it returns.
	Put(ctx context.Context, e Entry) error
	// Get returns the entry, or errs.NotFound.
	Get(ctx context.Context, id string) (Entry, error)
	// List returns entries, newest first.
	List(ctx context.Context, f Filter) ([]Entry, error)
	// Delete forgets the entry (not its file). Twice is harmless.
	Delete(ctx context.Context, id string) error
}
