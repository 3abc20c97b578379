package service

import (
	"context"
	"time"

	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// How many days an old database is kept after it was swapped out. 0 keeps it until
// somebody drops it.
const (
	DefaultKeptDays = 7
	MostKeptDays    = 365
)

// keptDaysKey is the key of the setting.
const keptDaysKey = "kept_days"

// KeptDatabase is an old database that is kept beside the live one.
type KeptDatabase struct {
	Name    string `json:"name"`
	Bytes   int64  `json:"bytes"`   // 0 where the server does not say
	At      int64  `json:"at"`      // when it was swapped out
	Until   int64  `json:"until"`   // when the next backup or restore drops it; 0: Cofre does not
	OnlyWay bool   `json:"onlyWay"` // the last restore can be taken back by it alone: it stays

	// Unanswered: nobody has said yet that all is well after the restore that swapped it
	// out, or a later one. It stays: a row that was written between the safety backup and
	// the swap is in it alone.
	Unanswered bool `json:"unanswered"`
}

// KeptView is the setting and what it applies to.
type KeptView struct {
	Days      int            `json:"days"` // 0: kept until somebody drops them
	Databases []KeptDatabase `json:"databases"`
}

// KeptDays is how many days an old database is kept; 0: it is not dropped.
func (s *Service) KeptDays(ctx context.Context) (int, error) {
	days := DefaultKeptDays
	if s.Keep == nil {
		return days, nil
	}
	_, err := s.Keep.Load(ctx, keptDaysKey, &days)
	return days, err
}

// KeepFor sets it, from 0 to 365.
func (s *Service) KeepFor(ctx context.Context, days int) error {
	if days < 0 || days > MostKeptDays {
		return errs.New(errs.Invalid, "kept.days", errs.Args{"days": days, "most": MostKeptDays})
	}
	if err := s.Keep.Save(ctx, keptDaysKey, days); err != nil {
		return err
	}
	return s.note(ctx, audit.Entry{What: audit.Settings, Names: []string{keptDaysKey}}, nil)
}

// Kept lists the old databases of t, newest first, with the setting. Where the
// engine keeps none there are none.
func (s *Service) Kept(ctx context.Context, t backup.Target) (KeptView, error) {
	v := KeptView{Databases: []KeptDatabase{}}
	var err error
	if v.Days, err = s.KeptDays(ctx); err != nil {
		return v, err
	}
	swapper, ok := s.Archiver.Engines[t.Kind].(backup.Swapper)
	if !ok {
		return v, nil
	}
	kept, err := swapper.Kept(ctx, t)
	if err != nil || len(kept) == 0 {
		return v, err
	}
	last, err := s.lastChange(ctx, t)
	if err != nil {
		return v, err
	}
	answered, err := s.answered(ctx, t)
	if err != nil {
		return v, err
	}
	for _, k := range kept {
		d := KeptDatabase{Name: k.Name, Bytes: k.Bytes, At: k.At, OnlyWay: s.onlyWayBack(ctx, last, k.Name), Unanswered: !answered[k.Name]}
		if v.Days > 0 && !d.OnlyWay && !d.Unanswered {
			d.Until = time.UnixMilli(k.At).Add(time.Duration(v.Days) * 24 * time.Hour).UnixMilli()
		}
		v.Databases = append(v.Databases, d)
	}
	return v, nil
}

// answered are the old databases of t whose restore, or a later one, somebody has
// said to be well.
func (s *Service) answered(ctx context.Context, t backup.Target) (map[string]bool, error) {
	records, err := s.Journal.Of(ctx, "restore", t.Identity(), -1)
	names, well := map[string]bool{}, false
	for _, r := range records { // newest first
		if well = well || r.Well; well && r.Names != nil {
			names[r.Names.Before] = true
		}
	}
	return names, err
}

// tidy drops old databases of t that were kept long enough and are not missed: but
// for those whose question is open, and the one that is the only way back. The last
// restore's goes only when its safety backup was read again, whole, and found good.
func (s *Service) tidy(ctx context.Context, t backup.Target, run backup.Run) error {
	if answered, err := s.answered(ctx, t); err != nil || len(answered) == 0 {
		return err // the journal knows that nothing may go: the server need not be asked
	}
	kept, err := s.Kept(ctx, t)
	if err != nil {
		return err
	}
	last, err := s.lastChange(ctx, t)
	if err != nil {
		return err
	}
	var failed error
	for _, k := range kept.Databases {
		if k.Until == 0 || s.Now().UnixMilli() < k.Until {
			continue
		}
		if keptBy(last, k.Name) {
			if _, err := s.Restorer.Verify(ctx, backup.Ref{ID: last.SafetyID}, within{run}); err != nil {
				failed = err
				continue
			}
		}
		if err := s.Archiver.Engines[t.Kind].(backup.Swapper).DropAside(ctx, t, k.Name); err != nil {
			return err
		}
		run.Log("kept dropped=" + k.Name)
	}
	return failed
}

// within is a run that is a part of another: it has no steps of its own.
type within struct{ backup.Run }

func (within) Step(ctx context.Context, _ backup.StepName) error { return ctx.Err() }

// keptBy says whether last kept the database of that name.
func keptBy(last *backup.Record, name string) bool {
	return last != nil && last.Names != nil && last.Names.Before == name
}

// onlyWayBack says whether last kept this database and has no good safety backup.
func (s *Service) onlyWayBack(ctx context.Context, last *backup.Record, kept string) bool {
	if !keptBy(last, kept) {
		return false
	}
	e, err := s.Entry(ctx, last.SafetyID)
	return err != nil || !e.State.Sound()
}

// Kept is that of the active database; only the setting where there is none, or
// where it can't be reached.
func (d *Desk) Kept(ctx context.Context) (KeptView, error) {
	if err := d.admin(); err != nil {
		return KeptView{Databases: []KeptDatabase{}}, err
	}
	if _, t, ok, err := d.active(ctx); err == nil && ok {
		if v, err := d.Service.Kept(ctx, t); err == nil {
			return v, nil
		}
	}
	days, err := d.Service.KeptDays(ctx)
	return KeptView{Days: days, Databases: []KeptDatabase{}}, err
}

// KeepFor sets how many days old databases are kept.
func (d *Desk) KeepFor(ctx context.Context, days int) (KeptView, error) {
	if err := d.admin(); err != nil {
		return KeptView{Databases: []KeptDatabase{}}, err
	}
	if err := d.Service.KeepFor(d.as(ctx), days); err != nil {
		return KeptView{Databases: []KeptDatabase{}}, err
	}
	return d.Kept(ctx)
}
