package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
	"cofre/internal/job"
	"cofre/internal/service"
	"cofre/internal/text"
)

// App is what the window's page can call: native dialogs, and one line each for
// the use cases of service.Desk. It holds no rule of its own.
type App struct {
	file      string // that the program was started with
	minimised bool   // the window begins so

	mu    sync.Mutex
	ctx   context.Context // of the window; Wails gives it to startup
	shell shell
	sys   *boot.System
	err   error // why the system could not be opened
	quit  bool  // the window may close though a job has just ended

	watched  atomic.Bool // somebody looks at the page
	folder   string      // of window.json, "" where there is none
	place    place
	asked    bool              // the page has asked for file
	hidden   bool              // the window is out of sight until a job is done
	unspoken map[string]string // paths that are no UTF-8, by what the page calls them
}

// shell is what the window system does for App; window.go has the real one.
type shell interface {
	OpenFile(title string, patterns ...string) (string, error)
	SaveFile(title, name string) (string, error)
	OpenFolder(title string) (string, error)
	SetClipboard(text string) error
	Emit(event string, data any)
	Front() // shows the window, over all others
	Hide()
	Label(text.Language) // words the menu bar, where that can be done while it is shown
	Quit()
}

// NewApp returns an App that opens nothing before startup.
func NewApp(file string) *App {
	if file != "" {
		if abs, err := filepath.Abs(file); err == nil {
			file = abs
		}
	}
	return &App{file: file}
}

// startup opens the system. Its error is kept for Start, so that the page can
// show it.
func (a *App) startup(ctx context.Context, sh shell) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ctx, a.shell = ctx, sh
	a.sys, a.err = boot.Open(ctx, boot.Options{
		Listen:  func(s job.Snapshot) { sh.Emit("job", s) },
		Ended:   func() { sh.Emit("session", service.SessionView{}) },
		Changed: func() { sh.Emit("catalogue", nil) },

		Comparing: func(v service.ComparingView) { sh.Emit("comparing", v) },
		Watched:   a.watched.Load,
	})
	if a.err == nil {
		a.sys.KeepSchedules(ctx)
		a.sys.KeepNotices(ctx)
		a.sys.Desk.PurgeLater()
	}
}

// shutdown waits for what runs and closes the system.
func (a *App) shutdown() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sys != nil {
		_ = a.sys.Close() // nobody is left to hear of it
	}
}

// call runs do with the desk, and makes a panic an error, which is logged: a
// page's promise that never settles would be worse than the panic.
func call[T any](a *App, do func(context.Context, *service.Desk) (T, error)) (result T, err error) {
	a.mu.Lock()
	ctx, sys, opened := a.ctx, a.sys, a.err
	a.mu.Unlock()
	defer func() {
		if p := recover(); p != nil {
			err = errs.New(errs.Internal, "internal", nil).With(fmt.Sprintf("%v\n%s", p, debug.Stack()))
			if sys != nil {
				sys.Log("window", err)
			}
		}
	}()
	if opened != nil {
		return result, opened
	}
	return do(sys.Desk.WithKeys(ctx), sys.Desk)
}

// run is call for what has no result.
func run(a *App, do func(context.Context, *service.Desk) error) error {
	_, err := call(a, func(ctx context.Context, d *service.Desk) (struct{}, error) { return struct{}{}, do(ctx, d) })
	return err
}

// Start is the first thing that the page asks.
func (a *App) Start() (service.StartView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.StartView, error) {
		a.mu.Lock()
		file, page := a.file, a.place.Page
		a.asked = true
		a.mu.Unlock()
		v, err := d.Start(ctx, a.spoken(file))
		v.Page = page
		return v, err
	})
}

// CreateAdministrator makes the first administrator and logs in.
func (a *App) CreateAdministrator(name, password string) (service.WelcomeView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.WelcomeView, error) {
		return d.CreateAdministrator(ctx, name, password)
	})
}

// Login begins a session.
func (a *App) Login(name, password string) (service.SessionView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.SessionView, error) {
		return d.Login(ctx, name, password)
	})
}

// Lock keeps everybody out until the next login.
func (a *App) Lock() error {
	return run(a, func(_ context.Context, d *service.Desk) error { d.Lock(); return nil })
}

// Recover gives an administrator a new password for the recovery code, and logs in.
func (a *App) Recover(name, code, fresh string) (service.WelcomeView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.WelcomeView, error) {
		return d.RecoverAndLogin(ctx, name, code, fresh)
	})
}

// Administrators lists who may use Cofre.
func (a *App) Administrators() ([]service.AdministratorView, error) {
	return asked(a, func(ctx context.Context, d *service.Desk) ([]service.AdministratorView, error) {
		return d.ListAdministrators(ctx)
	})
}

// AddAdministrator makes a further administrator and returns their recovery code.
func (a *App) AddAdministrator(own, name, password string) (string, error) {
	return asked(a, func(ctx context.Context, d *service.Desk) (string, error) {
		return d.AddAdministrator(ctx, own, name, password)
	})
}

// RemoveAdministrator removes one, but never the last one.
func (a *App) RemoveAdministrator(own, name string) error {
	_, err := asked(a, func(ctx context.Context, d *service.Desk) (struct{}, error) {
		return struct{}{}, d.RemoveAdministrator(ctx, own, name)
	})
	return err
}

// ChangePassword gives whoever is logged in a new password for the old one.
func (a *App) ChangePassword(old, fresh string) error {
	_, err := asked(a, func(ctx context.Context, d *service.Desk) (struct{}, error) {
		return struct{}{}, d.ChangePassword(ctx, "", old, fresh)
	})
	return err
}

// MakeRecoveryCode makes another recovery code for whoever is logged in.
func (a *App) MakeRecoveryCode(own string) (string, error) {
	return asked(a, func(ctx context.Context, d *service.Desk) (string, error) { return d.MakeRecoveryCode(ctx, "", own) })
}

// SaveSettings keeps the window's settings.
func (a *App) SaveSettings(s service.Settings) (service.Settings, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.Settings, error) {
		saved, err := d.SaveSettings(ctx, s)
		if err == nil {
			a.speak(ctx, d, saved.Language)
		}
		return saved, err
	})
}

// Acknowledge says that the person has read about an interrupted job.
func (a *App) Acknowledge(jobID string) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.Acknowledge(ctx, jobID) })
}

// Connections lists the saved connections.
func (a *App) Connections() ([]service.ConnectionView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) ([]service.ConnectionView, error) {
		return d.Connections(ctx)
	})
}

// SaveConnection keeps a connection and its password.
func (a *App) SaveConnection(in service.ConnectionInput) (service.ConnectionView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.ConnectionView, error) {
		return d.SaveConnection(ctx, in)
	})
}

// StoredSecrets says which stored secrets would be used for a connection as it is described.
func (a *App) StoredSecrets(in service.ConnectionInput) (service.StoredSecretsView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.StoredSecretsView, error) {
		return d.StoredSecrets(ctx, in)
	})
}

// ReadSettings reads the database that a pasted text, or a file, names; nothing is saved.
func (a *App) ReadSettings(text, path string) (service.SettingsView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.SettingsView, error) {
		return d.ReadSettings(ctx, text, path)
	})
}

// TestConnection reaches a database without saving anything.
func (a *App) TestConnection(in service.ConnectionInput) (service.TestView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.TestView, error) { return d.TestConnection(ctx, in) })
}

// ConnectionStates looks for the database of each saved connection.
func (a *App) ConnectionStates() ([]service.ConnectionState, error) {
	return call(a, func(ctx context.Context, d *service.Desk) ([]service.ConnectionState, error) { return d.States(ctx) })
}

// DeleteConnection forgets a connection; the database and its backups stay.
func (a *App) DeleteConnection(id string) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.DeleteConnection(ctx, id) })
}

// Activate makes a connection the active one.
func (a *App) Activate(id string) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.Activate(ctx, id) })
}

// CreateSample makes a sample database and its connection.
func (a *App) CreateSample(app string) (service.ConnectionView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.ConnectionView, error) {
		return d.CreateSample(ctx, app)
	})
}

// GetOverview shows the active database at a glance.
func (a *App) GetOverview() (service.Overview, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.Overview, error) { return d.Overview(ctx) })
}

// Backups lists the catalogue.
func (a *App) Backups() ([]service.BackupView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) ([]service.BackupView, error) { return d.Backups(ctx) })
}

// BackupDetail is what one backup holds.
func (a *App) BackupDetail(id string) (service.BackupDetail, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.BackupDetail, error) {
		return d.BackupDetail(ctx, id)
	})
}

// StartBackup begins a backup of the active database.
func (a *App) StartBackup(in service.BackupInput) (string, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (string, error) { return d.StartBackup(ctx, in) })
}

// PinBackup keeps a backup from being pruned, or no longer.
func (a *App) PinBackup(id string, pinned bool) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.PinBackup(ctx, id, pinned) })
}

// DeleteBackup removes a backup; for a moment UndeleteBackup brings it back.
func (a *App) DeleteBackup(id string) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.DeleteBackup(ctx, id) })
}

// UndeleteBackup brings back a backup that was deleted a moment ago.
func (a *App) UndeleteBackup(id string) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.UndeleteBackup(ctx, id) })
}

// NoteBackup changes what the person says of a backup.
func (a *App) NoteBackup(id, note string) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.NoteBackup(ctx, id, note) })
}

// ImportBackup makes a file from outside a backup of the repository.
func (a *App) ImportBackup(path string) (string, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (string, error) { return d.ImportBackup(ctx, path) })
}

// CompareBackups says row by row what lies between two backups; the event "comparing"
// says how far it is, by key, and CancelDifference ends it.
func (a *App) CompareBackups(key, before, after string) (service.ComparisonView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.ComparisonView, error) {
		return d.CompareBackups(ctx, key, before, after)
	})
}

// Events are the restores, checks and rehearsals that have ended.
func (a *App) Events() ([]service.ActivityView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) ([]service.ActivityView, error) { return d.Events(ctx) })
}

// VerifyBackup begins the deep reading of a backup.
func (a *App) VerifyBackup(id string) (string, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (string, error) { return d.VerifyBackup(ctx, id) })
}

// RehearseBackup begins to restore a backup aside, for practice.
func (a *App) RehearseBackup(id string) (string, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (string, error) { return d.RehearseBackup(ctx, id) })
}

// RevealBackup shows a backup in the system's file manager.
func (a *App) RevealBackup(id string) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.RevealBackup(ctx, id) })
}

// AllWell answers that all is well after the last restore.
func (a *App) AllWell() error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.AllWell(ctx) })
}

// Schedules lists all schedules.
func (a *App) Schedules() ([]service.ScheduleView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) ([]service.ScheduleView, error) { return d.Schedules(ctx) })
}

// PreviewSchedule says what the text of a rule means, before it is kept.
func (a *App) PreviewSchedule(when, zone string) (service.WhenView, error) {
	return call(a, func(_ context.Context, d *service.Desk) (service.WhenView, error) {
		return d.PreviewSchedule(when, zone)
	})
}

// SaveSchedule keeps a new schedule, or an old one anew.
func (a *App) SaveSchedule(in service.ScheduleInput) (service.ScheduleView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.ScheduleView, error) {
		return d.SaveSchedule(ctx, in)
	})
}

// RemoveSchedule forgets a schedule; what it has made stays.
func (a *App) RemoveSchedule(id string) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.RemoveSchedule(ctx, id) })
}

// PauseSchedule stops a schedule, or lets it go on.
func (a *App) PauseSchedule(id string, paused bool) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.PauseSchedule(ctx, id, paused) })
}

// ScheduleMonth says of each day of a month how it stands with the backups of the
// active database.
func (a *App) ScheduleMonth(year, month int) ([]string, error) {
	return call(a, func(ctx context.Context, d *service.Desk) ([]string, error) { return d.ScheduleMonth(ctx, year, month) })
}

// Timer says whether schedules run while the window is closed.
func (a *App) Timer() (service.TimerView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.TimerView, error) { return d.Timer(ctx) })
}

// SetTimer asks the system to run them then, or no longer to.
func (a *App) SetTimer(on bool) (service.TimerView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.TimerView, error) { return d.SetTimer(ctx, on) })
}

// Autostart says whether the session of this user starts Cofre.
func (a *App) Autostart() (bool, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (bool, error) { return d.Autostart(ctx) })
}

// SetAutostart has the session start Cofre, or no longer.
func (a *App) SetAutostart(on bool) (bool, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (bool, error) { return d.SetAutostart(ctx, on) })
}

// Cleaning says which backups of the active database its rules let go.
func (a *App) Cleaning(list bool) (service.CleaningView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.CleaningView, error) { return d.Cleaning(ctx, list) })
}

// PreviewCleaning says the same of rules that are not kept yet.
func (a *App) PreviewCleaning(rules service.RulesView) (service.CleaningView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.CleaningView, error) {
		return d.PreviewCleaning(ctx, rules)
	})
}

// SaveRules keeps the rules of the active connection.
func (a *App) SaveRules(rules service.RulesView) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.SaveRules(ctx, rules) })
}

// StartCleaning begins the removal of those backups that the rules let go.
func (a *App) StartCleaning(agreed []string) (string, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (string, error) { return d.StartCleaning(ctx, agreed) })
}

// Watch is when the active database is backed up because it has changed.
func (a *App) Watch() (service.WatchView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.WatchView, error) { return d.Watch(ctx) })
}

// SetWatch changes that.
func (a *App) SetWatch(in service.WatchInput) (service.WatchView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.WatchView, error) { return d.SetWatch(ctx, in) })
}

// NotNow declines to restore the active database, which is empty or missing.
func (a *App) NotNow() error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.NotNow(ctx) })
}

// Kept lists the old databases that are kept beside the active one.
func (a *App) Kept() (service.KeptView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.KeptView, error) { return d.Kept(ctx) })
}

// KeepFor sets how many days old databases are kept.
func (a *App) KeepFor(days int) (service.KeptView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.KeptView, error) { return d.KeepFor(ctx, days) })
}

// LookInside opens a backup (or a file) for a look at its rows.
func (a *App) LookInside(backupID, path string) (service.InsideView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.InsideView, error) {
		return d.LookInside(ctx, backup.Ref{ID: backupID, Path: a.meant(path)})
	})
}

// InsideRows is a page of a table of the open backup.
func (a *App) InsideRows(in service.InsideRowsInput) (service.InsideRowsView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.InsideRowsView, error) {
		return d.InsideRows(ctx, in)
	})
}

// InsideValue is one whole value of the open backup.
func (a *App) InsideValue(in service.InsideValueInput) (service.InsideCell, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.InsideCell, error) { return d.InsideValue(ctx, in) })
}

// FindInside looks for a text in all tables of the open backup.
func (a *App) FindInside(in service.FindInsideInput) (service.FoundView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.FoundView, error) { return d.FindInside(ctx, in) })
}

// CloseInside ends the look into a backup.
func (a *App) CloseInside(id string) error {
	return run(a, func(_ context.Context, d *service.Desk) error {
		if err := d.SignedIn(); err != nil {
			return err // the look ended with the session
		}
		d.CloseInside(id)
		return nil
	})
}

// PlanRestore says what restoring a backup (or a file) would mean.
func (a *App) PlanRestore(backupID, path string) (service.PlanView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.PlanView, error) {
		return d.PlanRestore(ctx, backup.Ref{ID: backupID, Path: a.meant(path)})
	})
}

// Decide keeps what the person decided about migrations into a connection's
// database; the plan is to be made again.
func (a *App) Decide(connectionID string, choices service.ChoicesView) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.Decide(ctx, connectionID, choices) })
}

// Difference says row by row what the restore of a plan removes, brings and changes. It
// takes about as long as reading both sides; the event "comparing" says how far it is.
func (a *App) Difference(planID string) (service.DifferenceView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.DifferenceView, error) {
		return d.Difference(ctx, planID)
	})
}

// CancelDifference ends the comparison of a plan, where it runs.
func (a *App) CancelDifference(planID string) error {
	return run(a, func(_ context.Context, d *service.Desk) error { return d.CancelDifference(planID) })
}

// PlanUndo says what taking the last restore back would mean.
func (a *App) PlanUndo() (service.PlanView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.PlanView, error) { return d.PlanUndo(ctx) })
}

// StartRestore begins the restore that the person has agreed to.
func (a *App) StartRestore(in service.StartRestoreInput) (string, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (string, error) { return d.StartRestore(ctx, in) })
}

// LastResult is the ending of the last restore; nil where there was none.
func (a *App) LastResult() (*service.ResultView, error) {
	return call(a, func(_ context.Context, d *service.Desk) (*service.ResultView, error) { return d.LastResult(), nil })
}

// CurrentJob is the job that runs; nil where none does.
func (a *App) CurrentJob() (*job.Snapshot, error) {
	return call(a, func(_ context.Context, d *service.Desk) (*job.Snapshot, error) { return d.CurrentJob(), nil })
}

// JobLog is what a job has logged after a line.
func (a *App) JobLog(id string, after int64) ([]job.LogLine, error) {
	return call(a, func(_ context.Context, d *service.Desk) ([]job.LogLine, error) { return d.JobLog(id, after) })
}

// CancelJob asks the running job to stop.
func (a *App) CancelJob(id string) error {
	return run(a, func(_ context.Context, d *service.Desk) error { return d.CancelJob(id) })
}

// Activity lists past operations, newest first.
func (a *App) Activity(limit int) ([]service.ActivityView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) ([]service.ActivityView, error) {
		return d.Activity(ctx, limit)
	})
}

// Trail is a page of the audit trail.
func (a *App) Trail(in service.TrailInput) (service.TrailView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.TrailView, error) { return d.Trail(ctx, in) })
}

// CheckTrail reads all of the audit trail and says whether it is whole.
func (a *App) CheckTrail() (service.TrailVerdict, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.TrailVerdict, error) { return d.CheckTrail(ctx) })
}

// Log returns the last lines of the program's log.
func (a *App) Log(limit int) ([]string, error) {
	return call(a, func(_ context.Context, d *service.Desk) ([]string, error) { return d.LogLines(limit) })
}

// Notifications are the channels, what they told last, and when backups are expected.
func (a *App) Notifications() (service.NotificationsView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.NotificationsView, error) {
		return d.Notifications(ctx)
	})
}

// SaveChannel keeps a channel of notifications.
func (a *App) SaveChannel(in service.ChannelInput) (service.ChannelView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.ChannelView, error) { return d.SaveChannel(ctx, in) })
}

// TestChannel sends a test and returns what the server answered; it saves nothing.
func (a *App) TestChannel(in service.ChannelInput) (string, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (string, error) { return d.TestChannel(ctx, in) })
}

// RemoveChannel forgets a channel and what waits for it.
func (a *App) RemoveChannel(id string) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.RemoveChannel(ctx, id) })
}

// ExpectBackup says how often a good backup of a connection is expected.
func (a *App) ExpectBackup(connectionID string, hours int) error {
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.ExpectBackup(ctx, connectionID, hours) })
}

// Watching says whether somebody looks at the page: then the desktop need not tell.
func (a *App) Watching(now bool) { a.watched.Store(now) }

// Unlock keeps the key of an encrypted backup until the session ends.
func (a *App) Unlock(in service.UnlockInput) error {
	in.Path, in.KeyFile = a.meant(in.Path), a.meant(in.KeyFile)
	return run(a, func(ctx context.Context, d *service.Desk) error { return d.Unlock(ctx, in) })
}

// Recognise says what a file is, before it is planned.
func (a *App) Recognise(path string) (service.RecogniseView, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (service.RecogniseView, error) {
		v, err := d.Recognise(ctx, a.meant(path))
		v.Path = path
		return v, err
	})
}
