package service

import (
	"context"
	"os"
	"path/filepath"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/watch"
)

// holding is the sign that needs nothing more, as far as it still holds: by the rule that
// is followed now, and while the backup that stands for the rows is there and good. The
// drive of one may be away: nobody has lost that.
func (s *Service) holding(ctx context.Context, m watch.Memory, rule backup.Watch) string {
	if m.Sign == "" || !m.Judged.Rule.Alike(rule) {
		return ""
	}
	if m.Judged.Backup == "" {
		return m.Sign
	}
	e, err := s.Entry(ctx, m.Judged.Backup)
	switch {
	case err != nil:
		if errs.CodeOf(err) == errs.NotFound {
			return ""
		}
	case e.State == StateMissing:
		if _, err := os.Stat(filepath.Dir(e.File)); err == nil {
			return ""
		}
	case !e.State.Sound():
		return ""
	}
	return m.Sign
}

// rejudge has a database looked at again whose sign holds no more.
func (w *watcher) rejudge(ctx context.Context, o *watched) {
	if m, err := w.Service.memory(ctx, o.connection.ID, o.target); err == nil {
		o.follow.Retake(w.Service.holding(ctx, m, o.connection.Watch))
	}
}

// shut is the eye where the secrets of a connection can't be read.
type shut struct{ why error }

func (s shut) Look(context.Context) (backup.Sight, error) { return backup.Sight{}, s.why }

func (shut) Close() {}

// reachAnew takes on a password that was changed, which the connection does not show, or
// that can be read again, or no more.
func (w *watcher) reachAnew(o *watched) error {
	o.reached = w.Service.Now()
	t, err := w.reach().target(o.connection)
	if err != nil {
		o.eye.Close()
		o.eye = shut{err}
		return err
	}
	if _, was := o.eye.(shut); was || t.URL != o.target.URL || t.SSH != o.target.SSH {
		o.eye.Close()
		o.eye = w.Service.Archiver.Engines[t.Kind].(backup.Watcher).Watch(t)
	}
	o.target = t
	return nil
}
