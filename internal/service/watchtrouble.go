package service

import (
	"context"
	"time"

	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/watch"
)

// unseen is how long a database can't be looked at until it is told: a server is
// restarted, a computer is carried home.
const unseen = time.Hour

// looked notes how a look ended. One that fails for an hour is told, once.
func (w *watcher) looked(ctx context.Context, o *watched, err error) {
	was, now := o.trouble, w.Service.Now()
	switch {
	case ctx.Err() != nil:
	case err == nil && was != nil && (!was.Doing || !o.follow.Pending()):
		w.note(ctx, o, nil)
	case err == nil || was != nil && was.Doing:
	case was == nil || now.Before(was.Since):
		w.note(ctx, o, &watch.Trouble{Since: now})
	case !was.Told && now.Sub(was.Since) >= unseen:
		w.note(ctx, o, &watch.Trouble{Since: was.Since, Told: true})
		w.complain(ctx, o, err)
		w.tell(WatchNews{Connection: o.connection.Name, Err: err})
	}
}

// acted notes what came of a change. A failure before any job has begun is told, once: a
// job tells by itself.
func (w *watcher) acted(ctx context.Context, o *watched, err error, job bool) {
	was := o.trouble
	switch {
	case ctx.Err() != nil:
	case err == nil:
		if was != nil {
			w.note(ctx, o, nil)
		}
	default:
		told := was != nil && was.Doing && was.Told
		if !told {
			w.note(ctx, o, &watch.Trouble{Since: w.Service.Now(), Doing: true, Told: true})
		}
		if !told && !job {
			w.complain(ctx, o, err)
		}
	}
}

// note remembers a trouble, or its end.
func (w *watcher) note(ctx context.Context, o *watched, trouble *watch.Trouble) {
	o.trouble = trouble
	if err := w.Service.remember(context.WithoutCancel(ctx), o.connection.ID, o.target, func(m *watch.Memory) { m.Trouble = trouble }); err != nil {
		w.Service.log(err)
	}
}

// complain tells that the rule can't work, as of a schedule.
func (w *watcher) complain(ctx context.Context, o *watched, err error) {
	w.Service.tell(ctx, happening{what: audit.Backup, cause: err, record: backup.Record{By: "watch", Target: o.connection.Name, Identity: o.target.Identity()}})
}
