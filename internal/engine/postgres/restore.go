package postgres

import (
	"context"
	"errors"
	"os"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Restore replaces the content of t's database in one transaction of one session:
// it drops what a dump would hold, runs the backup's SQL, gives owners and grants
// back, counts, and commits. Whatever fails before the commit rolls back, and so
// does the end of this process.
//
// The session is our own and not pg_restore's or psql's: pg_restore --clean leaves
// what the backup does not know and can't drop it in the same transaction, psql
// would follow orders that a hostile file holds, and neither lets an older server
// pass over a setting of a newer archive, or says which program is in the way.
//
// New objects belong to the role that most tables belonged to, else to the
// database's owner, not to the connecting role; what was there before keeps its
// owner and its grants. Where a backup of this very database brings back what is
// not there now, its own owners and grants apply, as far as their roles exist.
//
// Locks of other programs are waited for as long as t allows, then errs.Busy
// says who holds them; so does a second restore of the same database.
//
// A restore that is held (Hold) keeps other programs from writing to the tables
// from the beginning; they go on reading until the first object is dropped.
func (e *Engine) Restore(ctx context.Context, t backup.Target, file string, p backup.Progress) (backup.Contents, error) {
	h, err := e.enter(ctx, t)
	if err != nil {
		return backup.Contents{}, err
	}
	defer h.Release()
	return h.Restore(ctx, file, p)
}

// same says whether a backup names this database as its own.
func (e *Engine) same(ctx context.Context, file string, s *session) bool {
	c, err := archive.Inspect(ctx, file, archive.InspectOptions{Quick: true})
	return err == nil && c.Database == s.database // what is wrong with a file is said when it is read
}

// replace does all between the beginning and the commit.
func (s *session) replace(ctx context.Context, src *source, p backup.Progress) (backup.Contents, error) {
	var none backup.Contents
	role, err := s.owner(ctx)
	if err != nil {
		return none, err
	}
	published, err := s.publications(ctx)
	if err != nil {
		return none, err
	}
	kept, err := s.prepare(ctx, role)
	if err != nil {
		return none, err
	}
	player, err := s.load(ctx, src, role, kept, p)
	if err != nil {
		return none, err
	}
	if err := s.recallAccess(ctx); err != nil {
		return none, err
	}
	if err := s.publish(ctx, published); err != nil {
		return none, err
	}
	counted, err := s.compare(ctx, src.path, nil)
	if err != nil {
		return none, err
	}
	c, err := s.contents(ctx, counted)
	if err != nil {
		return none, err
	}
	return c, player.arm(ctx)
}

// load plays a backup into an empty database, and removes the schemas that are
// neither kept nor the backup's. The player is to be asked for the event triggers when
// nothing else is left to be done.
func (s *session) load(ctx context.Context, src *source, role string, kept map[string]bool, p backup.Progress) (*player, error) {
	player, err := newPlayer(ctx, s, src, role)
	if err != nil {
		return nil, err
	}
	player.tell = throttled(src.report(p))
	if err := s.script(ctx, "SET LOCAL search_path = public"); err != nil { // a plain script by hand may rely on it; pg_dump sets its own
		return nil, err
	}
	if err := player.play(ctx); err != nil {
		return nil, err
	}
	if err := src.finish(ctx); err != nil {
		return nil, err
	}
	if err := s.script(ctx, "SET LOCAL search_path = ''; SET LOCAL row_security = off"); err != nil {
		return nil, err
	}
	src.arrived(p, player.copied)
	for name := range player.schemas {
		kept[name] = true
	}
	if err := s.inUTF8(ctx); err != nil {
		return nil, err
	}
	return player, s.dropSchemas(ctx, kept)
}

// alone makes sure that no other restore of this database is running. The number
// is "cofre" in ASCII; advisory locks belong to one database.
func (s *session) alone(ctx context.Context) error {
	var got bool
	if err := s.QueryRow(ctx, "SELECT pg_catalog.pg_try_advisory_xact_lock(427070747237)").Scan(&got); err != nil {
		return err
	}
	if !got {
		return errs.New(errs.Busy, "postgres.restoring", errs.Args{"database": s.database})
	}
	return nil
}

// prepare empties the database and lets role make objects in its schemas. It
// returns the schemas that stay whatever the backup says.
func (s *session) prepare(ctx context.Context, role string) (kept map[string]bool, err error) {
	if err := s.clearEvents(ctx); err != nil {
		return nil, err
	}
	if err := s.rememberAccess(ctx); err != nil {
		return nil, err
	}
	if err := s.clear(ctx); err != nil {
		return nil, err
	}
	return s.welcome(ctx, role)
}

// welcome lets role make objects in the schemas of an empty database, until
// recallAccess takes the grant back.
func (s *session) welcome(ctx context.Context, role string) (kept map[string]bool, err error) {
	public, err := s.text(ctx, "SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname = 'public'")
	if err != nil {
		return nil, err
	}
	kept = map[string]bool{}
	if len(public) > 0 {
		kept["public"] = true // no backup creates it, since every database is born with it
	} else if err := s.script(ctx, "CREATE SCHEMA public"); err != nil {
		return nil, err
	}
	if role == "" {
		return kept, nil
	}
	grants, err := s.text(ctx, `SELECT pg_catalog.format('GRANT CREATE, USAGE ON SCHEMA %I TO %I', nspname, $1::text) FROM pg_catalog.pg_namespace
		WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
			AND NOT (pg_catalog.has_schema_privilege($1::text, oid, 'CREATE') AND pg_catalog.has_schema_privilege($1::text, oid, 'USAGE'))
			AND pg_catalog.pg_has_role(session_user, nspowner, 'USAGE')`, role)
	for _, grant := range grants {
		if err == nil {
			err = s.script(ctx, grant)
		}
	}
	return kept, err
}

// contents says what the running transaction would make final. It counts the tables
// that have not been counted yet.
func (s *session) contents(ctx context.Context, counted map[string]int64) (backup.Contents, error) {
	c, tables, err := s.describe(ctx)
	c.ObjectsDenied = objectsDenied(counted)
	if err == nil {
		c.Tables, err = uncounted(tables, counted, func(tables []table) ([]backup.Table, error) { return s.count(ctx, tables) })
	}
	return c, err
}

// explain prefers the complaint of pg_restore to the error that its early end
// has caused, and names the file where only its content is spoken of.
func (src *source) explain(ctx context.Context, err error) error {
	var coded *errs.Error
	known := errors.As(err, &coded)
	if ctx.Err() == nil && (errors.Is(err, errCut) || known && coded.Reason == "postgres.script_cut") {
		if why := src.finish(ctx); why != nil {
			return why
		}
		return errs.New(errs.Corrupt, "postgres.script_cut", errs.Args{"file": src.name})
	}
	if known && coded.Reason == "postgres.does_not_fit" && src.path != "" && src.cmd != nil && ctx.Err() == nil {
		// What the server does not take may be what the disk has made of it. An archive
		// can tell; a script can't.
		if _, damage := archive.Verify(ctx, src.path, archive.VerifyOptions{Depth: archive.Reread, TempDir: os.TempDir()}, nil); errs.CodeOf(damage) == errs.Corrupt {
			return damage
		}
	}
	if known && coded.Args != nil {
		coded.Args["file"] = src.name
	}
	return err
}

// throttled passes on what is worth telling: another item, or time has gone by.
func throttled(tell func(string, int64)) func(string, int64) {
	var last time.Time
	item := ""
	return func(now string, rows int64) {
		if now == item && time.Since(last) < 100*time.Millisecond {
			return
		}
		item, last = now, time.Now()
		tell(now, rows)
	}
}
