package backup

import (
	"context"
	"time"

	"cofre/internal/errs"
)

// Rehearsal is a restore of a backup aside, for practice. It came out as it was
// backed up, or Failure says why not.
type Rehearsal struct {
	At      time.Time
	Took    time.Duration // reading, restoring and comparing: about what a recovery takes
	On      string        // host:port of the server; "" for this computer
	Version string        // of the server that it was restored into; "" for a file
	Counted int           // tables with rows, of which nothing but their number could be compared
	Failure *errs.Error   // nil: the backup is proven
	Left    []*errs.Error // what could not be taken away again; the catalogue does not keep it
}

// verdict is the state of a backup that was read whole, and rehearsed.
func (r *Rehearsal) verdict() (State, *errs.Error) {
	if r.Failure != nil {
		return Failed, r.Failure
	}
	return Proven, nil
}

// Rehearser is what a Swapper may also offer: to find a place for a rehearsal.
type Rehearser interface {
	// CanBuild says why no database with such contents can be made beside t: no checks
	// where it can. It changes nothing.
	CanBuild(ctx context.Context, t Target, held Contents) ([]Check, error)

	// Blames says whether an error of BuildAside speaks against a backup with such
	// contents: not against the server, its room, the programs, or the rights that were
	// there. It knows the reasons that do; any other does not.
	Blames(err error, held Contents) bool

	// Lend starts a server of its own on this machine, which nobody else can reach, for
	// such contents, and returns a database in it that a role without a superuser's
	// rights owns. All of it lies in one new folder, below work where it can be; note is
	// told before it is made, and Reclaim ends it. Without a note nothing is left on an
	// error. A machine without the programs is errs.Unavailable.
	Lend(ctx context.Context, held Contents, work string, note func(folder string) error) (Target, error)

	// Reclaim ends what Lend has started in folder, also after a crash, and removes it.
	// Twice is harmless.
	Reclaim(folder string) error
}
