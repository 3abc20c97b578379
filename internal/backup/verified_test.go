package backup_test

import (
	"context"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// mute is an engine that can't look at the database once it was restored.
type mute struct {
	*faulty
	check, probe bool
}

func (m mute) Check(ctx context.Context, t backup.Target, p backup.Progress) error {
	if m.check {
		return errs.New(errs.Busy, "sqlite.busy", nil)
	}
	return m.faulty.Check(ctx, t, p)
}

func (m mute) Probe(ctx context.Context, t backup.Target) (backup.Contents, error) {
	if m.probe && m.restores > 0 {
		return backup.Contents{}, errs.New(errs.Unavailable, "postgres.gone", nil)
	}
	return m.faulty.Probe(ctx, t)
}

func TestARestoreThatCouldNotBeCheckedAgainSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		check, probe, verified bool
	}{
		"it was":                    {verified: true},
		"another program locked it": {check: true},
		"the server is gone":        {probe: true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, h.target)
			if err != nil {
				t.Fatal(err)
			}
			h.restorer.Archiver.Engines[backup.SQLite] = mute{h.engine, c.check, c.probe}
			r, err := h.restorer.Restore(t.Context(), p, p.Consents, &script{})
			if err != nil || r.Status != backup.Succeeded || r.Verified != c.verified {
				t.Errorf("ended %s, verified %v, %v", r.Status, r.Verified, err)
			}
			if r.After.Rows() != p.Archive.Contents.Rows() {
				t.Errorf("it says that the database holds %+v", r.After.Tables)
			}
		})
	}
}
