package boot

import (
	"context"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// unending is a journal that can't be written any more when a job ends.
type unending struct{ backup.Journal }

func (u unending) Update(ctx context.Context, r backup.Record) error {
	if !r.EndedAt.IsZero() && r.Status != "interrupted" {
		return errs.New(errs.Unavailable, "state.write", errs.Args{"path": "state.db"})
	}
	return u.Journal.Update(ctx, r)
}

func TestARestoreThatIsOverHasSucceededWhateverTheJournalSays(t *testing.T) {
	s, target, e := live(t)
	p, err := s.Service.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, target)
	if err != nil {
		t.Fatal(err)
	}
	whole := s.Service.Journal
	s.Service.Journal = unending{whole}
	r, err := restore(t, s, p)
	if err != nil || r.Status != backup.Succeeded || len(r.Warnings) != 1 || r.Warnings[0].Reason != "state.write" {
		t.Fatalf("%+v, %v", r, err)
	}
	s.Service.Journal = whole
	if err := s.Service.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	cut, err := s.Service.Interrupted(t.Context())
	if err != nil || len(cut) != 1 || s.Service.StateAfter(t.Context(), cut[0], target) != "new" {
		t.Fatalf("the next start knows of %+v, %v", cut, err)
	}
	if _, err := s.Service.PlanUndo(t.Context(), target, 0); err != nil {
		t.Errorf("it can't be undone: %v", err)
	}
}
