package service

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/notify"
	"cofre/internal/schedule"
	"cofre/internal/watch"
)

// Notices tell people, and other programs, what was done and what was not. What is to be
// told is in a queue before the job that it is about has ended; it is delivered outside
// of it, by whoever runs (Serve, Deliver).
type Notices struct {
	Service   *Service
	Connected backup.Connections
	Schedules schedule.Book
	Secrets   Secrets
	Book      notify.Book
	Courier   *notify.Courier
	Free      func(path string) (free, total int64, err error)

	wake chan struct{} // something is to be delivered now
	told atomic.Bool   // this process has put something into the queue
}

// NewNotices is what n describes, ready, and heard by n.Service.
func NewNotices(n *Notices) *Notices {
	n.wake = make(chan struct{}, 1)
	n.Courier.Book, n.Courier.Secret = n.Book, n.secret
	n.Service.notices = n
	return n
}

// between is how often it is looked for silence and room.
const between = 5 * time.Minute

// Serve delivers what is due and looks for silence until ctx is done. What goes wrong is
// told to listen, and tried again.
func (n *Notices) Serve(ctx context.Context, listen func(error)) {
	var looked time.Time
	for ctx.Err() == nil {
		if now := n.Service.Now(); now.Before(looked) || now.Sub(looked) >= between {
			looked = now
			if err := n.Look(ctx); err != nil && ctx.Err() == nil {
				listen(err)
			}
		}
		next, err := n.Courier.Pass(ctx)
		if err != nil && ctx.Err() == nil {
			listen(err)
		}
		pause := time.Minute // another process may have added something
		if left := next.Sub(n.Service.Now()); err == nil && !next.IsZero() {
			pause = min(pause, max(left, time.Second))
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-n.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Deliver tries once what is due, for a process that then ends, within limit. What is
// not delivered stays in the queue.
func (n *Notices) Deliver(ctx context.Context, limit time.Duration) error {
	within, stop := context.WithTimeout(ctx, limit)
	defer stop()
	_, err := n.Courier.Pass(within)
	if within.Err() != nil && ctx.Err() == nil {
		return nil // it is in the queue
	}
	return err
}

// DeliverOwn is Deliver for a process that ran one command, where it has something to tell.
func (n *Notices) DeliverOwn(ctx context.Context) error {
	if !n.told.Load() || ctx.Err() != nil {
		return nil //nolint:nilerr // the queue keeps what a cancelled command did not deliver
	}
	return n.Deliver(ctx, 10*time.Second)
}

// add puts notices into the queue. That it can't is no reason for a job to fail.
func (n *Notices) add(ctx context.Context, all []notify.Notice) {
	if len(all) == 0 {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer stop()
	if err := n.Book.Add(ctx, all...); err == nil {
		n.stir()
	} else {
		n.Service.log(err)
	}
}

func (n *Notices) stir() {
	n.told.Store(true)
	n.wakeUp()
}

// wakeUp has whoever delivers here look at once.
func (n *Notices) wakeUp() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// happening is a job that begins or has ended.
type happening struct {
	what     audit.What
	begun    bool
	status   string
	record   backup.Record
	database string        // as the audit trail has it
	made     *backup.Entry // by a backup
	cause    error
}

// tell puts into the queue what is to be told of a job.
func (s *Service) tell(ctx context.Context, h happening) {
	n := s.notices
	if n == nil {
		return
	}
	n.tell(ctx, func(ctx context.Context) []notify.Notice { return n.of(ctx, h) })
}

// tell puts what is to be told into the queue of whoever hears of it; where nobody does,
// it is not asked for.
func (n *Notices) tell(ctx context.Context, what func(context.Context) []notify.Notice) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer stop()
	channels, err := n.Book.Channels(ctx)
	if err != nil {
		n.Service.log(err)
	}
	if len(channels) == 0 {
		return
	}
	var all []notify.Notice
	for _, x := range what(ctx) {
		all = append(all, notify.For(channels, x)...)
	}
	n.add(ctx, all)
}

// emptied tells once that a database holds no row any more, and which backup has them:
// what is empty is not backed up, so that no backup looks wrong.
func (s *Service) emptied(ctx context.Context, c backup.Connection, m *watch.Memory, f backup.Found, base *backup.Entry) {
	if f.Same {
		m.Emptied = ""
	}
	if !f.Empty || s.notices == nil || base == nil || base.Manifest.ID == m.Emptied {
		return
	}
	rows := backup.Contents{Tables: base.Manifest.Tables}.Rows()
	if rows == 0 {
		return
	}
	m.Emptied = base.Manifest.ID
	s.notices.tell(ctx, func(context.Context) []notify.Notice {
		return []notify.Notice{{Event: notify.Anomaly, At: s.Now(), Subject: notify.Subject{Key: c.ID, Name: c.Name},
			Lines: []notify.Line{{Key: "notify.line.emptied", Args: errs.Args{"n": rows, "last_at": millis(base.Manifest.CreatedAt)}}}}}
	})
}

// of is what a job gives to tell.
func (n *Notices) of(ctx context.Context, h happening) []notify.Notice {
	x := notify.Notice{What: string(h.what), At: n.Service.Now(), Subject: n.subject(ctx, h)}
	switch {
	case h.begun:
		if h.what != audit.Backup {
			return nil
		}
		x.Event = notify.Start
		return []notify.Notice{x}
	case h.cause == nil:
		if !tellsSuccess[h.what] {
			return nil
		}
		x.Event, x.Lines = notify.Success, facts(h)
	case errs.CodeOf(h.cause) == errs.Cancelled, !tellsSuccess[h.what] && h.what != audit.Prune:
		return nil
	default:
		x.Event, x.Cause, x.Lines = notify.Failure, errs.Of(h.cause), append(facts(h), n.lastGood(ctx, h.record.Identity)...)
	}
	all := []notify.Notice{x}
	if h.made != nil && slices.ContainsFunc(h.made.Manifest.Anomalies, backup.Lost) {
		odd := x
		odd.Event, odd.Lines, odd.Cause = notify.Anomaly, nil, nil
		for _, check := range backup.AnomalyChecks(h.made.Manifest) {
			odd.Lines = append(odd.Lines, notify.Line{Key: "check." + check.Code + ".message", Args: check.Args}, notify.Line{Key: "check." + check.Code + ".hint", Args: check.Args})
		}
		all = append(all, odd)
	}
	return all
}

// tellsSuccess are the jobs whose success somebody may want to hear of; with the clean-up,
// those whose failure.
var tellsSuccess = map[audit.What]bool{audit.Backup: true, audit.Restore: true, audit.Migration: true, audit.Undo: true, audit.Verify: true, audit.Rehearse: true}

// subject is the saved connection that a job was about, else the database.
func (n *Notices) subject(ctx context.Context, h happening) notify.Subject {
	identity := h.record.Identity
	if h.record.BackupID != "" && h.what != audit.Backup && h.record.Before == nil { // of a job on a backup
		if e, err := n.Service.Archiver.Catalog.Get(ctx, h.record.BackupID); err == nil {
			identity = e.Manifest.Source.Identity
		}
	}
	all, err := n.Connected.All(ctx)
	if err != nil {
		n.Service.log(err)
	}
	for _, c := range all {
		if c.Target("").Identity() == identity {
			return notify.Subject{Key: c.ID, Name: c.Name}
		}
	}
	name := h.database
	if name == "" {
		name = h.record.Target
	}
	return notify.Subject{Key: identity, Name: name}
}

// facts of a job that has ended.
func facts(h happening) []notify.Line {
	r := h.record
	took := r.EndedAt.Sub(r.StartedAt).Milliseconds()
	lines := []notify.Line{}
	if h.made != nil && h.cause == nil {
		m := h.made.Manifest
		lines = append(lines, notify.Line{Key: "notify.line.backup", Args: errs.Args{"n": backup.Contents{Tables: m.Tables}.Rows(), "file_bytes": m.Bytes, "took_ms": took, "id": m.ID}})
	} else if !r.EndedAt.IsZero() {
		lines = append(lines, notify.Line{Key: "notify.line.took", Args: errs.Args{"took_ms": took}})
	}
	if h.cause != nil && (h.status == string(backup.RolledBack) || h.status == string(backup.Damaged) || h.status == string(backup.Untouched)) {
		lines = append(lines, notify.Line{Key: "notify.line." + h.status})
	}
	if r.By != "" {
		lines = append(lines, byLine(r.By))
	}
	return lines
}

// byLine says who began a job: a person, or what of Cofre did it by itself.
func byLine(by string) notify.Line {
	switch kind, name, _ := strings.Cut(by, ":"); kind {
	case "watch":
		return notify.Line{Key: "notify.line.by_watch"}
	case automatic:
		return notify.Line{Key: "notify.line.by_automatic"}
	case "schedule":
		return notify.Line{Key: "notify.line.by_schedule", Args: errs.Args{"name": name}}
	case "cli":
		return notify.Line{Key: "notify.line.by_cli", Args: errs.Args{"name": name}}
	}
	return notify.Line{Key: "notify.line.by", Args: errs.Args{"by": by}}
}

// lastGood says which backup is there to fall back on.
func (n *Notices) lastGood(ctx context.Context, identity string) []notify.Line {
	if identity == "" {
		return nil
	}
	good, _, err := n.good(ctx, identity)
	if err != nil {
		n.Service.log(err)
		return nil
	}
	return []notify.Line{goodLine(good, n.Service.Now())}
}
