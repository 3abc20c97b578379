// Package schedule says what is due at a moment, and runs it: one run at a time,
// whoever keeps the schedules (the open window, a command, a service). What is due is
// found by pure functions of the clock, the rules and the last runs.
package schedule

import (
	"context"
	"time"

	"cofre/internal/errs"
)

// Kind is what a schedule does.
type Kind string

// The kinds, in the order in which they run where several are due.
const (
	Backup   Kind = "backup"
	Verify   Kind = "verify"   // reads the good backup that was not read for the longest time
	Rehearse Kind = "rehearse" // restores the newest good backup aside
	Prune    Kind = "prune"    // removes backups by the rules of the connection
)

// Kinds are all of them.
var Kinds = []Kind{Backup, Verify, Rehearse, Prune}

// Schedule is something to be done to a saved connection again and again.
type Schedule struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Connection string    `json:"connection"` // its ID
	Kind       Kind      `json:"kind"`
	When       string    `json:"when"` // as Parse reads it
	Zone       string    `json:"zone"` // "" for this computer's
	Compress   string    `json:"compress,omitempty"`
	Paused     bool      `json:"paused,omitempty"`
	Since      time.Time `json:"since"` // what was due before is not made up for
}

// Status of a run.
type Status string

// The endings, and Running.
const (
	Running     Status = "running"
	Succeeded   Status = "succeeded"
	Failed      Status = "failed"
	Cancelled   Status = "cancelled"   // by a person
	Interrupted Status = "interrupted" // the program ended
)

// unlucky says whether it may go better the next time.
func (s Status) unlucky() bool { return s == Failed || s == Interrupted }

// Run is one attempt of a schedule.
type Run struct {
	ID        int64 // in the order in which they began, whatever the clock said
	Schedule  string
	Due       time.Time
	Attempt   int
	StartedAt time.Time
	EndedAt   time.Time // zero while it runs, or where it was cut off
	Status    Status
	Failure   *errs.Error
	Backup    string // ID of the backup that was made, read or restored
}

// KeptRuns are the runs of one schedule that a Book keeps at least.
const KeptRuns = 1000

// Book keeps schedules and their runs, durably.
type Book interface {
	// Schedules returns all, by name.
	Schedules(ctx context.Context) ([]Schedule, error)
	// Put adds s or replaces the one with its ID. A name that another one has, in whatever
	// case, is errs.Invalid "schedule.name_taken".
	Put(ctx context.Context, s Schedule) error
	// Remove forgets a schedule and its runs. Twice is harmless.
	Remove(ctx context.Context, id string) error
	// Last returns the last run of a schedule, or nil.
	Last(ctx context.Context, id string) (*Run, error)
	// Runs returns the last runs of a schedule, newest first; all of them with a limit of -1.
	Runs(ctx context.Context, id string, limit int) ([]Run, error)
	// Open returns the runs that have not ended.
	Open(ctx context.Context) ([]Run, error)
	// Begin adds a run and returns its ID.
	Begin(ctx context.Context, r Run) (int64, error)
	// End replaces the run with r.ID.
	End(ctx context.Context, r Run) error
}
