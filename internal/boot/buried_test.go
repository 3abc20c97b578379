package boot

import (
	"context"
	"slices"
	"testing"
	"time"

	"cofre/internal/backup"
)

// buried is a journal in which schedules have written so much since that its last
// records, however many are asked for, are all theirs.
type buried struct{ backup.Journal }

func (buried) Recent(context.Context, int, int) ([]backup.Record, error) {
	return []backup.Record{{ID: "scheduled", Kind: "backup", Identity: "another", Status: "succeeded"}}, nil
}

func TestNoNumberOfScheduledRunsHidesARestoreOrACrash(t *testing.T) {
	s, target, e := live(t)
	p, err := s.Service.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, target)
	if err != nil {
		t.Fatal(err)
	}
	r, err := restore(t, s, p)
	if err != nil {
		t.Fatal(err)
	}
	cutOff(t, s, backup.Record{ID: "cut", Kind: "restore", Target: target.Name, Identity: target.Identity(), StartedAt: time.Now(), Step: string(backup.StepStage)})
	s.Service.Journal = buried{s.Service.Journal}

	if !recovered(t, s)["cut"] {
		t.Error("the crash is not said")
	}
	if err := s.Service.Acknowledge(t.Context(), "cut"); err != nil || recovered(t, s)["cut"] {
		t.Errorf("it was read about, and is said again: %v", err)
	}
	if _, err := s.Service.PlanUndo(t.Context(), target, 0); err != nil {
		t.Errorf("the restore can't be taken back: %v", err)
	}
	plan, err := s.Service.PlanPrune(t.Context(), target.Identity(), backup.Retention{Last: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range plan.Fates {
		if f.Entry.Manifest.ID == r.Safety.ID && !slices.Contains(f.Why, backup.WayBack) {
			t.Errorf("its safety backup is not known as the way back: %v", f.Why)
		}
	}
}
