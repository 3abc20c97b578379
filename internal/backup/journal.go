package backup

import (
	"context"
	"strings"
	"time"

	"cofre/internal/errs"
)

// Record is an operation as the journal keeps it: enough to say, after a crash,
// what was going on and which safety backup to use.
type Record struct {
	ID        string
	Kind      string // "backup", "restore", "verify", "rehearse", "delete", "save", "import"
	What      string // as the audit trail calls it; "" in older records
	Target    string // name
	Identity  string // Target.Identity
	By        string
	StartedAt time.Time
	EndedAt   time.Time // zero while it runs, or where it was cut off
	Step      string    // the last step that began
	Steps     []StepTime
	Status    string // "running", a Status, "failed", "cancelled", "interrupted"
	Failure   *errs.Error
	BackupID  string // made, restored or checked
	File      string
	SafetyID  string
	Safety    string  // file of the safety backup
	Bytes     int64   // of the database or file that was worked on: expected times are scaled by it
	Names     *Names  // of the databases of a restore aside, before they are made
	Left      Left    // what it makes outside of Cofre's own folders, before it is made
	Settled   bool    // after a crash: what was built aside has been dealt with
	Before    []Table // of the target, when a restore began
	After     []Table // of the archive that goes in

	Well         bool // of a restore: the person has said that all is well
	Acknowledged bool // the person has read what happened to an interrupted one
}

// SQLitePath is the file that the record is about, where it is about one.
func (r Record) SQLitePath() (string, bool) { return strings.CutPrefix(r.Identity, "sqlite:") }

// StepTime is how long a finished step took.
type StepTime struct {
	Name StepName      `json:"name"`
	Took time.Duration `json:"took"`
}

// Journal keeps operations in state.db, durably: each call is on disk when it
// returns, so that a step is written down before it is taken.
type Journal interface {
	Begin(ctx context.Context, r Record) error
	// Update replaces the record with r.ID.
	Update(ctx context.Context, r Record) error
	// Open returns the records that were never ended, oldest first. While a job runs
	// (here or in another process) its own record is among them.
	Open(ctx context.Context) ([]Record, error)
	// Recent returns records, newest first.
	Recent(ctx context.Context, limit, offset int) ([]Record, error)
	// Of returns the records of that kind and identity, newest first; all of them with a
	// limit of -1.
	Of(ctx context.Context, kind, identity string, limit int) ([]Record, error)
	// OfKinds returns the records of any of these kinds, newest first.
	OfKinds(ctx context.Context, limit int, kinds ...string) ([]Record, error)
	// Unread returns the records that are interrupted or settled and that nobody has
	// acknowledged, newest first.
	Unread(ctx context.Context) ([]Record, error)
	// LastDone returns the newest succeeded record of that kind and identity, or nil.
	LastDone(ctx context.Context, kind, identity string) (*Record, error)
	// DoneSince returns succeeded records of that kind and identity, newest first: those that
	// began since then and the last one before, but not more than limit.
	DoneSince(ctx context.Context, kind, identity string, since time.Time, limit int) ([]Record, error)
	// Lent returns the rehearsals that have ended and name a private server, oldest first.
	Lent(ctx context.Context) ([]Record, error)
	// Unsettled returns the records with Names of that identity that have ended without
	// success, or are of a rehearsal, and were not settled yet, oldest first.
	Unsettled(ctx context.Context, identity string) ([]Record, error)
}

// Run is how an operation tells what it does. Step is called before each step is
// taken and Safety as soon as the safety backup is whole; when either returns an
// error the operation stops before it changes anything (and goes on where it is
// already taking a change back).
type Run interface {
	Step(ctx context.Context, s StepName) error
	Safety(ctx context.Context, e Entry) error
	// Aside is called before the first database of a restore aside is made, and without
	// names where there is none any more.
	Aside(ctx context.Context, n Names) error
	// Leave is called before what it names is made.
	Leave(ctx context.Context, l Left) error
	Update(u Update)
	Log(text string)
	// NoCancel says that from here on the operation can't be cancelled.
	NoCancel()
}
