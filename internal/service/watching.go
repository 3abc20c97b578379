package service

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/watch"
)

// WatchNews is what Cofre has done by itself because of how a database is.
type WatchNews struct {
	Connection string         // its name
	Backup     string         // ID of the backup that was made, or restored
	Cause      *archive.Cause // what had changed, where a backup was made
	Restored   *backup.Result // where the database was brought back
	Offer      *Offer         // what nobody was there to be asked
	Err        error          // why it failed; it is tried again
}

// watcher is whoever watches the databases that are to be watched.
type watcher struct {
	*Scheduler
	tell func(WatchNews)
	all  map[string]*watched // by the ID of the connection
	read time.Time           // when the rules were read
	held time.Time           // when it was last seen whether the signs hold
	busy bool                // a job ran at the last look
}

// watched is one of them.
type watched struct {
	connection backup.Connection
	target     backup.Target
	eye        backup.Eye
	follow     watch.Follower
	resumed    bool // something waited when it was first looked at
	trouble    *watch.Trouble
	reached    time.Time // when the secrets were read
	same       string    // Memory.Same
	asked      time.Time // when its mark was last looked at
}

const (
	glance   = time.Second     // from one look to the next
	marks    = time.Hour       // from one mark that nothing has changed to the next
	rejudges = time.Hour       // from one look at the backups by which signs hold to the next
	rereads  = 3 * time.Second // after which a rule that somebody else has changed counts
)

// Watch backs databases up because they have changed, by the rules of their
// connections, until ctx is done, and tells what came of it.
func (x *Scheduler) Watch(ctx context.Context, tell func(WatchNews)) error {
	if err := x.Service.allowed(); err != nil {
		return err
	}
	w := &watcher{Scheduler: x, tell: tell, all: map[string]*watched{}}
	defer w.close()
	for ctx.Err() == nil {
		w.pass(ctx)
		_ = wait(ctx, glance)
	}
	return nil
}

// CheckWatched looks once whether something has changed, and waits, where it has, until
// it is quiet and backed up. What takes longer than two minutes to be quiet it leaves to
// the next one who looks, who goes on where it has stopped.
func (x *Scheduler) CheckWatched(ctx context.Context, tell func(WatchNews)) error {
	if err := x.Service.allowed(); err != nil {
		return err
	}
	w := &watcher{Scheduler: x, tell: tell, all: map[string]*watched{}}
	defer w.close()
	began := x.Service.Now()
	for ctx.Err() == nil {
		w.pass(ctx)
		if !w.worthWaiting(began) {
			break
		}
		_ = wait(ctx, glance)
	}
	return errors.Join(ctx.Err(), w.leave(context.WithoutCancel(ctx)))
}

// longestQuiet is how long one who looks once waits: others wait for it.
const longestQuiet = 2 * time.Minute

// worthWaiting says whether a change will soon be quiet.
func (w *watcher) worthWaiting(began time.Time) bool {
	last := began.Add(longestQuiet)
	for _, o := range w.all {
		if at := o.follow.At(); !at.IsZero() && at.Before(last) && w.Service.Now().Before(last) {
			return true
		}
	}
	return false
}

// leave writes down what still waits, for the next one who looks.
func (w *watcher) leave(ctx context.Context) (err error) {
	for _, o := range w.all {
		waiting := o.follow.Waiting()
		if waiting == nil && !o.resumed {
			continue
		}
		err = errors.Join(err, w.Service.remember(ctx, o.connection.ID, o.target, func(m *watch.Memory) { m.Waiting = waiting }))
	}
	return err
}

func (w *watcher) close() {
	for _, o := range w.all {
		o.eye.Close()
	}
}

// pass looks at each database once, and does what is due.
func (w *watcher) pass(ctx context.Context) {
	if now := w.Service.Now(); w.read.IsZero() || now.Sub(w.read) >= rereads || now.Before(w.read) {
		w.read = now
		if err := w.rules(ctx); err != nil && ctx.Err() == nil {
			w.tell(WatchNews{Err: err})
		}
	}
	_, busy := w.Service.Jobs.Current()
	if now := w.Service.Now(); w.busy && !busy || now.Sub(w.held) >= rejudges || now.Before(w.held) {
		w.held = now
		for _, o := range w.all {
			w.rejudge(ctx, o)
		}
	}
	w.busy = busy
	for _, o := range w.all {
		if busy { // what it does to the database is not for us to see, and our session not in its way
			o.eye.Close()
			continue
		}
		sight, err := o.eye.Look(ctx)
		now := w.Service.Now()
		o.follow.See(now, sight, err)
		w.looked(ctx, o, err)
		if err == nil && o.follow.Due(now) && ctx.Err() == nil {
			w.act(ctx, o, sight)
		}
		if err == nil && sight.Sign == o.follow.Sign && ctx.Err() == nil {
			w.still(ctx, o)
		}
	}
}

// rules takes on what the connections say now.
func (w *watcher) rules(ctx context.Context) error {
	all, err := w.Connected.All(ctx)
	if err != nil {
		return err
	}
	for id, o := range w.all {
		if !slices.ContainsFunc(all, func(c backup.Connection) bool { return c.ID == id && c.Watch.On && sameTarget(c, o.connection) }) {
			o.eye.Close()
			delete(w.all, id)
		}
	}
	for _, c := range all {
		o := w.all[c.ID]
		if o != nil {
			other := !c.Watch.Alike(o.connection.Watch)
			if o.follow.Rule, o.connection = c.Watch, c; other {
				w.rejudge(ctx, o)
			}
			if o.trouble != nil && !o.trouble.Doing && w.Service.Now().Sub(o.reached) >= time.Minute {
				_ = w.reachAnew(o) // the next look says it
			}
		}
		if o != nil || !c.Watch.On {
			continue
		}
		engine, ok := w.Service.Archiver.Engines[c.Kind].(backup.Watcher)
		if !ok {
			continue
		}
		t, secret := w.reach().target(c)
		if secret != nil {
			t = w.reach().through(c.Target(""))
		}
		m, remembered := w.Service.memory(ctx, c.ID, t)
		if remembered != nil {
			err = errors.Join(err, remembered)
			continue
		}
		o = &watched{connection: c, target: t, eye: engine.Watch(t), resumed: m.Waiting != nil, trouble: m.Trouble, reached: w.Service.Now(), same: m.Same,
			follow: watch.Follower{Rule: c.Watch, Sign: w.Service.holding(ctx, m, c.Watch), Made: madeAt(m)}}
		if secret != nil {
			o.eye = shut{secret}
			w.tell(WatchNews{Connection: c.Name, Err: secret})
		}
		o.follow.Resume(m.Waiting)
		w.all[c.ID] = o
	}
	return err
}

// sameTarget says whether two versions of a connection lead to the same database in the same way.
func sameTarget(a, b backup.Connection) bool {
	x, y := a.Target(""), b.Target("")
	return x.Identity() == y.Identity() && x.URL == y.URL && a.SSH == b.SSH && a.ToolsDir == b.ToolsDir && x.Wait() == y.Wait()
}

func madeAt(m watch.Memory) time.Time {
	if m.Last == nil {
		return time.Time{}
	}
	return m.Last.At
}

// memory is what is remembered of a connection's database.
func (s *Service) memory(ctx context.Context, id string, t backup.Target) (watch.Memory, error) {
	m, err := s.Watched.Memory(ctx, id)
	return of(m, t), err
}

// remember changes it.
func (s *Service) remember(ctx context.Context, id string, t backup.Target, step func(*watch.Memory)) error {
	return s.Watched.Remember(ctx, id, func(m *watch.Memory) {
		*m = of(*m, t)
		step(m)
	})
}

// of is m where it is about t: of another database nothing is remembered.
func of(m watch.Memory, t backup.Target) watch.Memory {
	if m.Identity != t.Identity() {
		return watch.Memory{Identity: t.Identity()}
	}
	return m
}

// act looks at the rows of a database that has changed and is quiet, and backs it up where
// its rule wants that. Whoever runs schedules has the one lock; what another one has done
// meanwhile is not done again.
func (w *watcher) act(ctx context.Context, o *watched, sight backup.Sight) {
	news := WatchNews{Connection: o.connection.Name}
	release, err := w.Lock()
	if errs.CodeOf(err) == errs.Busy {
		return
	}
	job := new(atomic.Bool) // tells by itself how it ends
	if err == nil {
		defer release()
		var m watch.Memory
		if m, err = w.Service.memory(ctx, o.connection.ID, o.target); err == nil {
			err = w.reachAnew(o)
		}
		if err == nil {
			began := w.Service.Now()
			o.same = m.Same
			sign := w.Service.holding(ctx, m, o.connection.Watch)
			if o.follow.Made = madeAt(m); sign == sight.Sign || !o.follow.Due(began) {
				if sign == sight.Sign {
					o.follow.Done(began, sight.Sign, 0)
				}
				return
			}
			news.Backup, news.Cause, err = w.changed(context.WithValue(backup.WithActor(ctx, "watch"), begunKey{}, job), o, &m, sight)
			err = errors.Join(err, w.Service.remember(context.WithoutCancel(ctx), o.connection.ID, o.target, func(now *watch.Memory) {
				m.NotNow, m.Trouble, m.Waiting = now.NotNow, now.Trouble, nil // what others have to say
				*now = m
			}))
			if o.follow.Made, o.same = madeAt(m), m.Same; err == nil {
				o.follow.Done(w.Service.Now(), sight.Sign, w.Service.Now().Sub(began))
			}
		}
	}
	if err != nil {
		o.follow.Failed(w.Service.Now())
	}
	w.acted(ctx, o, err, job.Load())
	if news.Err = err; ctx.Err() == nil && (err != nil || news.Backup != "") {
		w.tell(news)
	}
}

// changed finds what has changed since the last good backup, and makes another one where
// the rule wants it. What holds the same rows already is only marked: nothing is backed
// up twice. An empty database is not backed up: it would stand before the last backup
// that holds something.
func (w *watcher) changed(ctx context.Context, o *watched, m *watch.Memory, sight backup.Sight) (made string, _ *archive.Cause, err error) {
	base, err := w.Service.lastGood(ctx, o.target)
	if err != nil {
		return "", nil, err
	}
	f, err := w.Service.found(ctx, o, base, m, sight)
	if err != nil {
		return "", nil, err
	}
	remark(m, f, base, sight, w.Service.Now())
	m.Same = ""
	w.Service.emptied(ctx, o.connection, m, f, base)
	if f.Same {
		m.Same = base.Manifest.ID
		err = w.Service.same(ctx, m.Same)
	}
	if err != nil || f.Same || f.Empty || !o.connection.Watch.Wants(f) {
		if err == nil {
			m.Sign, m.Judged = sight.Sign, watch.Judged{Rule: o.connection.Watch}
			if base != nil {
				m.Judged.Backup = base.Manifest.ID
			}
		}
		return "", nil, err
	}
	cause := f.Cause(o.connection.Watch)
	e, err := inTurn(ctx, w.Service, func() (*Operation[backup.Entry], error) {
		return w.Service.Backup(ctx, o.target, backup.BackupOptions{Purpose: backup.Automatic, Cause: &cause})
	})
	if err != nil && !e.State.Sound() {
		return "", nil, err
	}
	if err != nil { // it is kept: what could not be written of it is no reason for another one
		w.Service.log(err)
	}
	m.Sign, m.Judged = sight.Sign, watch.Judged{Backup: e.Manifest.ID, Rule: o.connection.Watch}
	m.Last = &watch.Made{At: w.Service.Now(), Backup: e.Manifest.ID, Cause: cause}
	m.Base, m.Counts, m.Found, m.Same = e.Manifest.ID, counted(sight), backup.Found{}, e.Manifest.ID
	return e.Manifest.ID, &cause, nil
}

// still marks once an hour, where nothing was committed since, that the database holds what
// its backup holds: as long as that is there and good.
func (w *watcher) still(ctx context.Context, o *watched) {
	now := w.Service.Now()
	if o.same == "" || !now.Before(o.asked) && now.Sub(o.asked) < marks {
		return
	}
	o.asked = now
	e, err := w.Service.Entry(ctx, o.same)
	switch {
	case errs.CodeOf(err) == errs.NotFound:
		o.same, err = "", nil
	case err == nil && e.State.Sound() && now.Sub(e.Current(now)) >= marks:
		err = w.Service.same(ctx, o.same)
	}
	if err != nil && ctx.Err() == nil {
		w.tell(WatchNews{Connection: o.connection.Name, Err: err})
	}
}
