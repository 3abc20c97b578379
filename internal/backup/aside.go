package backup

import (
	"context"
	"time"
)

// Swapper is what an engine may also offer: to build the new content beside the
// live database, prove it there, and swap the two, so that nothing touches the live
// database before the new content is proven, and the old one stays for a while as
// the quickest way back.
type Swapper interface {
	// CanSwap says whether t can be restored aside; where not, why, as checks with level
	// Info ("postgres.no_createdb", …). It changes nothing.
	CanSwap(ctx context.Context, t Target, a Archive) (bool, []Check, error)

	// NamesFor are the names of a restore of t that begins at that time. It asks nobody.
	NamesFor(t Target, at time.Time) Names

	// Beside is the database of that name on t's server.
	Beside(t Target, name string) Target

	// BuildAside makes a new database names.Aside, like t in owner, encoding and locale,
	// fills it from file, analyzes it and returns what it holds, counted in it. T is not
	// touched. An error leaves nothing behind, and a cancelled ctx is one, unless it
	// comes when all is done.
	BuildAside(ctx context.Context, t Target, file string, names Names, p Progress) (Built, error)

	// CopyAside makes a new database names.Aside, like t in all that a dump of t would
	// hold but the rows of tables, which only those named in with are sure to have. T is not
	// touched. Errors are as those of BuildAside. Unchanged is asked before the swap: it is
	// errs.Stale where t is no more what was copied.
	CopyAside(ctx context.Context, t Target, names Names, with []string, p Progress) (unchanged func(context.Context) error, err error)

	// Swap carries over what belongs to the database itself and not to its content
	// (settings, privileges, comment, connection limit), ends the sessions of t, and in
	// one transaction renames t to names.Before and names.Aside to t's name. An error
	// means that t is as it was and open to everybody again; names.Aside may still be
	// there. It can't be cancelled.
	Swap(ctx context.Context, t Target, names Names) error

	// DropAside removes a database that Cofre made: built aside, or kept as the old one,
	// and ends what a crash left building it. It refuses any other. Twice is harmless.
	DropAside(ctx context.Context, t Target, name string) error

	// Kept lists the old databases of t that Cofre has kept, newest first.
	Kept(ctx context.Context, t Target) ([]Kept, error)

	// Settle is called after a crash: it finishes or takes back a Swap that was cut off,
	// lets people in again, drops what was built aside and not swapped (but never an old
	// database that was kept), and says which content t holds. Twice is harmless; it may
	// itself be cut off.
	Settle(ctx context.Context, t Target, names Names) (Side, error)
}

// Built is a database that was filled from a backup.
type Built struct {
	Contents
	Counted int // tables with rows, of which nothing but their number could be compared
}

// ReasonTaken is why nothing could be made aside: the name is another's, perhaps of a
// restore that has begun in the same second on another machine.
const ReasonTaken = "restore.name_taken"

// Names are the databases of one restore aside, decided and written down before
// anything is made.
type Names struct {
	Aside  string `json:"aside"`  // what is built: app__new_20261121_101530
	Before string `json:"before"` // what the old one is called afterwards: app__before_20261121_101530
}

// Side is which content a database holds.
type Side string

// The sides.
const (
	OldSide Side = "old"
	NewSide Side = "new"
)

// Kept is an old database that was kept when it was swapped out.
type Kept struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
	At    int64  `json:"at"` // when it was swapped out, Unix milliseconds
}
