package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// lender is an engine that rehearses in a place, with one thing going wrong there.
type lender struct {
	*faulty
	work                            string
	can, lend, build, drop, reclaim error
	dropping, reclaiming            func() // what happens meanwhile
	panics                          bool
	dropped, reclaimed              int
}

func (l *lender) CanBuild(context.Context, backup.Target, backup.Contents) ([]backup.Check, error) {
	return nil, l.can
}

func (l *lender) Blames(err error, _ backup.Contents) bool {
	return errs.Of(err).Reason == "postgres.differs"
}

func (l *lender) Lend(_ context.Context, _ backup.Contents, _ string, note func(string) error) (backup.Target, error) {
	if err := note(filepath.Join(l.work, "server")); err != nil {
		return backup.Target{}, err
	}
	return backup.Target{Kind: backup.SQLite, Name: "lent"}, l.lend
}

func (l *lender) Reclaim(string) error {
	l.reclaimed++
	if l.reclaiming != nil {
		l.reclaiming()
	}
	return l.reclaim
}

func (l *lender) BuildAside(_ context.Context, t backup.Target, file string, _ backup.Names, _ backup.Progress) (backup.Built, error) {
	if l.panics {
		panic("a defect")
	}
	if l.build != nil {
		return backup.Built{}, l.build
	}
	held, err := l.Probe(context.Background(), backup.Target{Kind: backup.SQLite, Path: file})
	return backup.Built{Contents: held}, err
}

func (l *lender) DropAside(context.Context, backup.Target, string) error {
	l.dropped++
	if l.dropping != nil {
		l.dropping()
	}
	return l.drop
}

func (*lender) NamesFor(backup.Target, time.Time) backup.Names {
	return backup.Names{Aside: "new", Before: "before"}
}
func (*lender) Kept(context.Context, backup.Target) ([]backup.Kept, error) { return nil, nil }
func (*lender) Beside(t backup.Target, _ string) backup.Target             { return t }
func (*lender) Swap(context.Context, backup.Target, backup.Names) error    { panic("no rehearsal swaps") }
func (*lender) CanSwap(context.Context, backup.Target, backup.Archive) (bool, []backup.Check, error) {
	panic("no rehearsal swaps")
}
func (*lender) CopyAside(context.Context, backup.Target, backup.Names, []string, backup.Progress) (func(context.Context) error, error) {
	panic("no rehearsal copies")
}
func (*lender) Settle(context.Context, backup.Target, backup.Names) (backup.Side, error) {
	panic("no rehearsal settles")
}

// placed is a house whose engine rehearses in a place.
func placed(t *testing.T) (*house, *lender, backup.Ref) {
	h, ref := practised(t, "")
	l := &lender{faulty: h.engine, work: t.TempDir()}
	h.restorer.Archiver.Engines[backup.SQLite] = l
	return h, l, ref
}

func TestOnlyTheBuildingAndTheComparingSpeakAgainstABackup(t *testing.T) {
	blamed := errs.New(errs.Corrupt, "postgres.differs", nil)
	for name, c := range map[string]struct {
		lender lender
		code   errs.Code
		failed bool
	}{
		"an address that makes no sense": {lender{can: errs.New(errs.Invalid, "postgres.url", nil)}, errs.Invalid, false},
		"whoever looks at the server":    {lender{can: blamed}, errs.Unavailable, false},
		"whoever lends":                  {lender{lend: blamed}, errs.Unavailable, false},
		"a server that is damaged":       {lender{build: errs.New(errs.Corrupt, "postgres.server_damage", nil)}, errs.Unavailable, false},
		"what was built":                 {lender{build: blamed}, errs.Corrupt, true},
	} {
		t.Run(name, func(t *testing.T) {
			h, l, ref := placed(t)
			l.can, l.lend, l.build = c.lender.can, c.lender.lend, c.lender.build
			on := &h.target
			if l.lend != nil {
				on = nil
			}
			v, err := h.restorer.Rehearse(t.Context(), ref, on, &script{})
			reason := map[bool]string{false: "rehearse.not_possible", true: "rehearse.failed"}[c.failed]
			if e := errs.Of(err); e == nil || e.Reason != reason || e.Code != c.code || c.failed == (v.Rehearsal == nil) {
				t.Errorf("got %+v, %v", v.Rehearsal, err)
			}
			state := map[bool]backup.State{false: backup.Good, true: backup.Failed}[c.failed]
			if e := h.entry(t, ref); e.State != state {
				t.Errorf("it is %+v", e)
			}
		})
	}
}

func TestACancelAfterTheComparisonIsTooLateAndTheProofIsKept(t *testing.T) {
	for _, beside := range []bool{true, false} {
		h, l, ref := placed(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		on := &h.target
		if l.dropping = cancel; !beside {
			on, l.dropping, l.reclaiming = nil, nil, cancel
		}
		if _, err := h.restorer.Rehearse(ctx, ref, on, &script{}); err != nil {
			t.Errorf("beside %v: %v", beside, err)
		}
		if e := h.entry(t, ref); e.State != backup.Proven || e.Rehearsal == nil {
			t.Errorf("beside %v: it is %+v", beside, e)
		}
	}
}

func TestWhatCannotBeTakenAwayIsSaidBesideTheProof(t *testing.T) {
	for _, beside := range []bool{true, false} {
		h, l, ref := placed(t)
		l.drop, l.reclaim = os.ErrPermission, os.ErrPermission
		on := &h.target
		if !beside {
			on = nil
		}
		run := &script{}
		v, err := h.restorer.Rehearse(t.Context(), ref, on, run)
		if err != nil || v.Rehearsal == nil || len(v.Rehearsal.Left) != 1 {
			t.Errorf("beside %v: %v, %v", beside, v.Rehearsal, err)
		}
		if e := h.entry(t, ref); e.State != backup.Proven {
			t.Errorf("beside %v: it is %+v", beside, e)
		}
		if beside && run.names.Aside == "" {
			t.Error("the next one does not know what to drop")
		}
	}
}

func TestADefectLeavesNoPrivateServer(t *testing.T) {
	h, l, ref := placed(t)
	l.panics = true
	func() {
		defer func() { _ = recover() }()
		_, _ = h.restorer.Rehearse(t.Context(), ref, nil, &script{})
	}()
	if l.reclaimed != 1 {
		t.Error("it was not taken back")
	}
}
