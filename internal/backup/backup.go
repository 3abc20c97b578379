// Package backup is the domain: it makes backups, plans restores and runs them.
// It promises that planning writes nothing, that a restore does not begin before
// a safety backup is whole, and that every ending has a name. It knows no SQL
// driver, no window and no log: it reports, and returns.
package backup

import (
	"context"
	"time"

	"cofre/internal/archive"
)

// Kind is a kind of database.
type Kind = archive.Kind

// Table is a table and its rows.
type Table = archive.Table

// Contents is what a database or a backup file holds.
type Contents = archive.Contents

// Manifest stands beside a backup.
type Manifest = archive.Manifest

// The kinds.
const (
	SQLite     = archive.SQLite
	PostgreSQL = archive.PostgreSQL
)

// Purpose is why a backup was made.
type Purpose = archive.Purpose

// The purposes.
const (
	Manual    = archive.Manual
	Automatic = archive.Automatic
	Scheduled = archive.Scheduled
	Safety    = archive.Safety
	Imported  = archive.Imported
)

// Engine is everything asked of one kind of database. All methods stop soon
// after ctx is done and then return its error, with nothing left behind.
// Engines hold no state between calls and may be used from several goroutines.
type Engine interface {
	// Probe says what the live database holds now, with exact rows. It changes nothing;
	// for SQLite it never creates a file. A missing SQLite file is errs.NotFound.
	Probe(ctx context.Context, t Target) (Contents, error)

	// Dump writes a consistent backup of t, which may be in use, to the new file path
	// (it does not exist yet; its folder does) and returns what the file holds, with
	// exact rows of the same snapshot, counted in t. On an error the file may be left,
	// unfinished: the caller removes it.
	Dump(ctx context.Context, t Target, path string, o DumpOptions, p Progress) (Dumped, error)

	// Restore makes t hold exactly what file holds, in one transaction, or leaves it as
	// it was and returns an error. File is plain: no compression layer around it. A
	// missing SQLite target is created; a PostgreSQL database must exist. What it returns
	// is what t held at the moment the change became final, counted in t itself (inside the
	// same transaction or lock where the engine can, so that programs which write right
	// after do not disturb it): the domain compares it with the archive.
	Restore(ctx context.Context, t Target, file string, p Progress) (Contents, error)

	// Preflight adds what only this engine can know of a restore that is being planned:
	// tools, rights, versions, sessions, locks. It changes nothing. file is plain, or ""
	// where it could not be read.
	Preflight(ctx context.Context, t Target, a Archive, file string) ([]Check, error)
}

// Dumped is what a dump wrote.
type Dumped struct {
	Contents

	// Proof is of what the engine has read back while it wrote: then only the disk
	// remains to be asked. Nil: all of the file is to be read again.
	Proof *archive.Proof
}

// DumpOptions are the choices of a dump.
type DumpOptions struct {
	// Compression inside the archive, for engines whose format has one (PostgreSQL):
	// archive.Gzip (level 1) or archive.None. SQLite ignores it.
	Compression archive.Compression
}

// Migrator carries a backup file of one kind into a live database of another.
type Migrator interface {
	// Keeps names the tables whose rows Migrate may leave as they are, in any schema: a
	// copy of a database that is to be filled needs them.
	Keeps() []string
	// Preflight reads every value of a and says what it found, what t.Choices make of it,
	// and what stands in the way; it changes nothing. Indexes that do not agree with their
	// rows are errs.Corrupt. A layer around a is unfolded in dir meanwhile.
	Preflight(ctx context.Context, t Target, a Archive, dir string) (*Examination, []Check, error)
	// Migrate makes t hold what file holds, all of it but for what t.Choices say, or
	// leaves t as it was. File is a without its layer. Into is the restore that the
	// engine has begun, of t or of a copy aside of t: Migrate stands in the place of
	// Held.Restore, and fails as that does where somebody has written since.
	Migrate(ctx context.Context, t Target, into Held, a Archive, file string, p Progress) (Migrated, error)
	// InCommon makes the rows of a SQLite and of a PostgreSQL database comparable. Tables
	// and columns are called as PostgreSQL calls them, and values have one form: those of
	// SQLite as a migration by these choices would write them. Columns for which there is
	// none are left out and named.
	InCommon(lite, server RowSide, c Choices) (RowSide, RowSide, error)
}

// Migrated is what a migration left: what t holds, counted in t before the change
// became final, and the evidence.
type Migrated struct {
	Contents
	Report *Report
}

// Update is one report of progress. Done and Total count Unit; Total 0 means
// that it is not known. Item is what is being worked on, usually a table.
type Update struct {
	Step  string // of the running step; engines leave it empty, the domain fills it in
	Done  int64
	Total int64
	Unit  string // "rows", "bytes", "pages"
	Item  string
}

// Progress receives updates, from one goroutine at a time, and returns at once.
// It is never nil where the domain calls an engine.
type Progress func(Update)

// Actor is who asked for an operation: an administrator's name, "cli:<os user>",
// "schedule:<name>".
type actorKey struct{}

// WithActor returns a context that carries who asked.
func WithActor(ctx context.Context, who string) context.Context {
	return context.WithValue(ctx, actorKey{}, who)
}

// ActorOf returns who asked, or "".
func ActorOf(ctx context.Context) string { s, _ := ctx.Value(actorKey{}).(string); return s }

// Clock tells the time; tests set it.
type Clock func() time.Time

// Checker is what an engine may also offer: a check of the database as it is,
// after a restore. An error means that the database is not sound.
type Checker interface {
	Check(ctx context.Context, t Target, p Progress) error
}
