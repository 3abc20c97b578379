// Package boot builds everything once. It is the only package that knows which
// state, engines, secrets and system are behind the service.
package boot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // Windows has no zones of its own that Go could read

	"github.com/rs/zerolog"

	"cofre/internal/audit"
	"cofre/internal/auth"
	"cofre/internal/backup"
	"cofre/internal/engine/migrate"
	"cofre/internal/engine/postgres"
	"cofre/internal/engine/sqlite"
	"cofre/internal/job"
	"cofre/internal/platform"
	"cofre/internal/profile"
	"cofre/internal/sample"
	"cofre/internal/secret"
	"cofre/internal/service"
	"cofre/internal/state"
	"cofre/internal/text"
	"cofre/internal/tunnel"
)

// Version of the program. A release sets it with -ldflags -X.
var Version = "1.0.0"

// Options are the choices of a door.
type Options struct {
	Home string // folder for Cofre's own data; "" for COFRE_HOME or the system's places

	// What the door hears of. All optional; they return at once.
	Listen  func(job.Snapshot) // each snapshot of the running job, in order
	Ended   func()             // the session ended by itself
	Changed func()             // the catalogue changed

	Comparing func(service.ComparingView) // how far the comparison of a plan is

	Watched func() bool // somebody looks at the window now
}

// System is everything, open.
type System struct {
	Service *service.Service
	Desk    *service.Desk

	Scheduler *service.Scheduler
	Notices   *service.Notices

	log   zerolog.Logger
	home  string   // that the door has named
	keep  []func() // end KeepSchedules and KeepNotices
	close []func() error
}

// Log writes down an error of a door for which there is no job, such as a panic.
func (s *System) Log(module string, err error) { logError(s.log, module, err) }

// Open opens the state, cleans up after a crash and builds the service. Whoever
// opens, closes.
func Open(ctx context.Context, o Options) (_ *System, err error) {
	dirs, err := platform.Home(o.Home)
	if err != nil {
		return nil, err
	}
	if err := dirs.Make(); err != nil {
		return nil, err
	}
	sys := &System{home: o.Home}
	defer func() {
		if err != nil {
			sys.Log("boot", err)
			err = errors.Join(err, sys.Close())
		}
	}()
	log, closeLog := openLog(dirs.Log)
	sys.log, sys.close = log, append(sys.close, closeLog)
	sqlite.ShieldLocks() // before the first database
	db, err := state.Open(ctx, dirs.State, time.Now)
	if err != nil {
		return nil, err
	}
	sys.close = append(sys.close, db.Close)

	lock := func(kind, target string, since time.Time) (func(), error) {
		return platform.Lock(dirs.Lock, platform.Holder{Kind: kind, Target: target, Since: since})
	}
	sys.Service = newService(dirs, db, log, lock, o)
	if err := sys.moveRepository(ctx, dirs, db); err != nil {
		return nil, err
	}
	tunnels := tunnel.New(filepath.Join(dirs.Data, "known_hosts"))
	sys.close = append(sys.close, tunnels.Close)
	sys.Desk = newDesk(dirs, db, sys.Service, tunnels, o)
	sys.Desk.Outside = sys
	sys.Scheduler = &service.Scheduler{Service: sys.Service, Connected: db.Connections(), Secrets: sys.Desk.Secrets, Tunnels: tunnels, Book: db.Schedules(),
		Lock: func() (func(), error) {
			return platform.Lock(dirs.Keeper, platform.Holder{Kind: "schedule", Since: time.Now()})
		}}
	sys.Desk.Scheduler = sys.Scheduler
	sys.Notices = newNotices(db, sys.Service, sys.Desk, o)
	sys.Service.PurgeDeleted(ctx)
	return sys, sys.Service.Recover(ctx)
}

func newService(dirs platform.Dirs, db *state.DB, log zerolog.Logger, lock job.Locker, o Options) *service.Service {
	free := func(path string) (int64, error) { n, _, err := platform.FreeSpace(path); return n, err }
	lite := &sqlite.Engine{Work: dirs.Cache, Free: free}
	engines := map[backup.Kind]backup.Engine{backup.SQLite: lite, backup.PostgreSQL: postgresEngine}
	known, err := profile.Load(filepath.Join(dirs.Data, "profiles"))
	if err != nil { // a profile that can't be used hides a name, not a database
		log.Warn().Str("module", "profile").Err(err).Msg("profiles passed over")
	}
	look := previews(known, engines, dirs.Cache)
	archiver := &backup.Archiver{Engines: engines, Catalog: db.Catalog(), Journal: db.Journal(), Now: time.Now, Program: "cofre " + Version, Preview: look.File, Work: filepath.Join(dirs.Cache, "work")}
	svc := &service.Service{
		Archiver: archiver,
		Journal:  db.Journal(),
		Trail:    &audit.Trail{Store: db.Audit(), Now: time.Now},
		Lock:     lock,
		Previews: look,
		Now:      time.Now,
		Keep:     db.Settings(),
		Watched:  db.Watched(),
		Own:      []string{dirs.Data, dirs.Cache, filepath.Dir(dirs.Log)},
		Log:      func(err error) { logError(log, "recover", err) },
		Demo:     on(os.Getenv("COFRE_DEMO_MODE")),
	}
	archiver.Head = svc.AuditHead
	svc.Restorer = &backup.Restorer{Archiver: archiver, Migrator: &migrate.Migrator{}, Work: filepath.Join(dirs.Cache, "work"), Free: free, Expected: svc.Expected,
		Own: func(path string) bool { return ownFile(path, dirs.State, archiver.Repository()) }}
	svc.Jobs = job.New(lock, time.Now, func(s job.Snapshot) {
		logJob(log, s, func() []job.LogLine { return svc.Jobs.Log(s.ID, 0) })
		if o.Listen != nil {
			o.Listen(s)
		}
	})
	return svc
}

func newDesk(dirs platform.Dirs, db *state.DB, svc *service.Service, tunnels backup.Tunnels, o Options) *service.Desk {
	return &service.Desk{
		Service:        svc,
		Administrators: auth.New(db.Accounts(), time.Now),
		Session:        &auth.Session{},
		Connected:      db.Connections(),
		Secrets:        secret.Open(dirs.Data),
		Tunnels:        tunnels,
		Keep:           db.Settings(),
		Servers:        postgresEngine,
		Version:        Version,
		LogFile:        dirs.Log,
		SamplePath:     os.Getenv("COFRE_SAMPLE"),
		SampleDir:      filepath.Join(dirs.Data, "samples"),
		System:         string(language()),
		Runs:           about,
		WriteSample: func(ctx context.Context, path, app string) error {
			_, err := sample.Write(ctx, path, sample.Options{App: app, Rows: sample.DefaultRows, Seed: 1})
			return err
		},
		Reveal:  platform.Reveal,
		Free:    platform.FreeSpace,
		Ended:   orNothing(o.Ended),
		Changed: orNothing(o.Changed),

		Comparing: o.Comparing,
		UndoTime:  15 * time.Second,
	}
}

// postgresEngine keeps for a short while which client programs it found.
var postgresEngine = &postgres.Engine{Free: func(path string) (int64, error) { n, _, err := platform.FreeSpace(path); return n, err }}

// moveRepository takes the folder that the person chose for the backups. One that
// is gone (a drive that is not plugged in) is said when it is needed, not here.
func (s *System) moveRepository(ctx context.Context, dirs platform.Dirs, db *state.DB) error {
	chosen := dirs.Backups
	_, err := db.Settings().Load(ctx, service.RepositoryKey, &chosen)
	s.Service.Archiver.Move(chosen)
	return err
}

// Close waits for a job that still runs and closes everything. Twice is harmless.
func (s *System) Close() error {
	var err error
	for _, end := range s.keep {
		end()
	}
	s.keep = nil
	if s.Desk != nil {
		s.Desk.CloseInside("")
		err = s.Desk.Settle(context.Background())
	}
	for i := len(s.close) - 1; i >= 0; i-- {
		if e := s.close[i](); e != nil {
			err = errors.Join(err, fmt.Errorf("close: %w", e))
		}
	}
	s.close = nil
	return err
}

// ownFile says whether path is state.db or lies in the folder of the backups.
func ownFile(path, state, backups string) bool {
	mine, err := os.Stat(state)
	if info, e := os.Stat(path); err == nil && e == nil && os.SameFile(info, mine) {
		return true
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	if resolved, err := filepath.EvalSymlinks(backups); err == nil {
		backups = resolved
	}
	within, err := filepath.Rel(backups, path)
	return err == nil && filepath.IsLocal(within)
}

// language is COFRE_LANG, else the system's.
func language() text.Language {
	if l, ok := text.Parse(os.Getenv("COFRE_LANG")); ok {
		return l
	}
	return text.System()
}

// on reads a switch from the environment.
func on(value string) bool { return value != "" && value != "0" && value != "false" }

func orNothing(f func()) func() {
	if f == nil {
		return func() {}
	}
	return f
}
