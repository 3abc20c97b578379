package service

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"cofre/internal/archive"
	"cofre/internal/audit"
	"cofre/internal/auth"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/job"
)

// Desk is the service as the window uses it: for one administrator, who has to be
// logged in for all but the first questions, and one active connection. Its
// methods may be called from any goroutine.
type Desk struct {
	Service        *Service
	Administrators *auth.Administrators
	Session        *auth.Session
	Connected      backup.Connections
	Scheduler      *Scheduler
	Outside        Outside
	Secrets        Secrets
	Tunnels        backup.Tunnels
	Keep           Keeper
	Servers        Servers
	Version        string
	LogFile        string
	SamplePath     string // COFRE_SAMPLE: a sample database that is there already, to be offered
	SampleDir      string // where CreateSample puts its databases
	System         string // language: "en", "pt-BR"

	Runs func(ctx context.Context) (AboutView, error) // what this Cofre is made of

	WriteSample func(ctx context.Context, path, app string) error

	Reveal  func(path string) error
	Free    func(path string) (free, total int64, err error)
	Ended   func() // tells the window that the session has ended
	Changed func() // tells the window that the catalogue has changed

	Comparing func(ComparingView) // tells the window how far the comparison of a plan is

	UndoTime time.Duration // how long a deleted backup can be brought back: longer than the window offers it

	following sync.WaitGroup // of what is done when a job has ended

	mu     sync.Mutex
	plans  map[string]planned // by ID: what the person is looking at
	differ *differing         // the comparison that runs, or nil
	result *ResultView
	inside *opened
	opened int // how often a backup was looked into
	keys   []*archive.Key
	purges []*purge
	left   map[string][]*job.Failure // by backup: what its last rehearsal could not take away again
}

// planned is a plan and the connection that it was made for.
type planned struct {
	plan       backup.Plan
	connection backup.Connection
}

// Secrets keeps passwords by the ID of their connection. Get of an unknown one is errs.NotFound.
type Secrets interface {
	Get(id string) (string, error)
	Set(id, secret string) error
	Delete(id string) error
}

// Keeper keeps small values as JSON, by key.
type Keeper interface {
	Load(ctx context.Context, key string, into any) (found bool, err error)
	Save(ctx context.Context, key string, value any) error
}

// Servers is asked about PostgreSQL servers, of which it reads no rows.
type Servers interface {
	// Test says what a connection gives.
	Test(ctx context.Context, t backup.Target) (backup.Tested, error)
	// Reach says whether there is one.
	Reach(ctx context.Context, t backup.Target) error
}

// Start is what the window needs before anybody is logged in.
func (d *Desk) Start(ctx context.Context, open string) (StartView, error) {
	v := StartView{Version: d.Version, SystemLanguage: d.System, Demo: d.Service.Demo, Open: open, Interrupted: []Interrupted{}}
	var err error
	if v.NeedsAdministrator, err = d.Administrators.Needed(ctx); err != nil {
		return v, err
	}
	v.Session.User, _ = d.Session.Current()
	if v.Settings, err = d.settings(ctx); err != nil {
		return v, err
	}
	if v.Session.User != "" {
		v.Interrupted, err = d.interrupted(ctx)
	}
	return v, err
}

// Login begins a session, or says why not; one that can't be written into the audit
// trail does not begin. Many wrong passwords in a row have to wait. Whoever has locked
// the window finds it as it was.
func (d *Desk) Login(ctx context.Context, name, password string) (SessionView, error) {
	spelling, err := d.Administrators.Verify(ctx, name, password)
	if err := errors.Join(err, d.noteLogin(ctx, cmp.Or(spelling, name), err)); err != nil {
		return SessionView{}, err
	}
	if d.Session.Locked() != spelling {
		d.Logout()
	}
	d.forgetResult()
	return SessionView{User: spelling}, d.begin(ctx, spelling)
}

// begin begins the session of user with the password that is theirs now.
func (d *Desk) begin(ctx context.Context, user string) error {
	stamp, err := d.Administrators.Stamp(ctx, user)
	if err == nil {
		d.Session.Start(user, stamp)
	}
	return err
}

// Lock keeps everybody out until the next Login. The plans that were looked at stay for
// whoever was logged in; the keys of encrypted backups, and a look into one, do not.
func (d *Desk) Lock() {
	d.Session.Lock()
	d.CloseInside("")
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keys = nil
}

// Leave ends the session as its person wishes; what was on the pages is forgotten.
func (d *Desk) Leave() {
	d.Logout()
	d.forgetResult()
}

// forgetResult keeps the ending of a restore from the next person at the window.
func (d *Desk) forgetResult() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.result = nil
}

// Logout ends the session. The result of the restore that ended it stays to be
// read, until Leave or the next Login.
func (d *Desk) Logout() {
	d.Session.End()
	d.endDifference("")
	d.CloseInside("")
	d.mu.Lock()
	d.plans, d.keys = nil, nil
	d.mu.Unlock()
}

// admin is asked first by everything that needs somebody to be logged in. A session
// whose account has gone, or got another password elsewhere, is over.
func (d *Desk) admin() error {
	user, ok := d.Session.Current()
	if ok {
		began := d.Session.Stamp()
		stamp, err := d.Administrators.Stamp(context.Background(), user)
		if err != nil {
			return err
		}
		if stamp == began {
			return nil
		}
		d.Session.End()
		d.Ended()
	}
	return errs.New(errs.Denied, "auth.login_needed", nil)
}

// SignedIn is nil while somebody is logged in, else errs.Denied "auth.login_needed".
func (d *Desk) SignedIn() error { return d.admin() }

// as returns ctx with the administrator's name for the journal.
func (d *Desk) as(ctx context.Context) context.Context {
	who, _ := d.Session.Current()
	return backup.WithActor(ctx, who)
}

const settingsKey = "window"

func (d *Desk) settings(ctx context.Context) (Settings, error) {
	s := Settings{Theme: "system", TextScale: 100, LockMinutes: DefaultLockMinutes}
	_, err := d.Keep.Load(ctx, settingsKey, &s)
	s.Repository = d.Service.Archiver.Repository()
	return s, err
}

// SaveSettings keeps the window's settings. Language, theme and text size may be
// set by anybody (the login page has them), the folder of the backups only by an
// administrator; it has to be there, and takes effect for the next backup. So is it
// with the minutes after which the window locks itself.
func (d *Desk) SaveSettings(ctx context.Context, s Settings) (Settings, error) {
	old, err := d.settings(ctx)
	if err != nil {
		return s, err
	}
	if s.Language != "" && s.Language != "en" && s.Language != "pt-BR" {
		return s, errs.New(errs.Invalid, "cli.lang", errs.Args{"lang": s.Language})
	}
	if s.Theme != "light" && s.Theme != "dark" {
		s.Theme = "system"
	}
	s.TextScale = min(150, max(80, s.TextScale))
	s.LockMinutes = min(longestLock, max(0, s.LockMinutes))
	if s.LockMinutes != old.LockMinutes {
		if err := d.admin(); err != nil {
			return s, err
		}
	}
	if s.Repository != "" && filepath.Clean(s.Repository) != d.Service.Archiver.Repository() {
		if err := d.admin(); err != nil {
			return s, err
		}
		info, err := os.Stat(s.Repository)
		if err != nil || !info.IsDir() || !filepath.IsAbs(s.Repository) {
			return s, errs.New(errs.NotFound, "backup.folder", errs.Args{"folder": s.Repository})
		}
		if err := d.Keep.Save(ctx, RepositoryKey, filepath.Clean(s.Repository)); err != nil {
			return s, err
		}
		d.Service.Archiver.Move(filepath.Clean(s.Repository))
	}
	if err := d.Keep.Save(ctx, settingsKey, s); err != nil {
		return s, err
	}
	now, err := d.settings(ctx)
	if names := changed(old, now); err == nil && len(names) > 0 {
		err = d.Service.note(d.as(ctx), audit.Entry{What: audit.Settings, Names: names}, nil)
	}
	return now, err
}

// The minutes without input after which the window locks itself; 0 is never.
const (
	DefaultLockMinutes = 15
	longestLock        = 24 * 60
)

// RepositoryKey is the key under which the folder of the backups is kept, where
// the person chose one.
const RepositoryKey = "repository"

// Language is the window's: the one that the person chose, else the system's.
func (d *Desk) Language(ctx context.Context) string {
	s, err := d.settings(ctx)
	if err != nil || s.Language == "" {
		return d.System
	}
	return s.Language
}

// CurrentJob is the job that runs in this window, or nil.
func (d *Desk) CurrentJob() *job.Snapshot {
	if s, running := d.Service.Jobs.Current(); running {
		return &s
	}
	return nil
}

// JobLog is what a job has logged after a line; see job.Runner.Log.
func (d *Desk) JobLog(id string, after int64) ([]job.LogLine, error) {
	if err := d.admin(); err != nil {
		return []job.LogLine{}, err
	}
	return d.Service.Jobs.Log(id, after), nil
}

// CancelJob asks the running job to stop; it leaves the database as it was.
func (d *Desk) CancelJob(id string) error {
	if err := d.admin(); err != nil {
		return err
	}
	return d.Service.Jobs.Cancel(id)
}

// Finish returns when no job runs any more, after cancelling it with how
// "cancel". A job that can't be cancelled is waited for.
func (d *Desk) Finish(ctx context.Context, how string) error {
	if s, running := d.Service.Jobs.Current(); running && how == "cancel" {
		if err := d.Service.Jobs.Cancel(s.ID); err != nil && errs.CodeOf(err) != errs.Busy && errs.CodeOf(err) != errs.NotFound {
			return err
		}
	}
	return d.Settle(ctx)
}
