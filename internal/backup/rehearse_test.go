package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// spoiler is an engine whose restores come out wrong.
type spoiler struct {
	*faulty
	statement string // run in what was restored, as a defect of SQLite's would
}

func (s spoiler) Restore(ctx context.Context, t backup.Target, file string, p backup.Progress) (backup.Contents, error) {
	held, err := s.faulty.Restore(ctx, t, file, p)
	if err == nil && s.statement != "" {
		err = write(t.Path, s.statement)
	}
	return held, err
}

// practised is a house whose backup is named by its entry.
func practised(t *testing.T, statement string) (*house, backup.Ref) {
	h := newHouse(t)
	h.restorer.Archiver.Engines[backup.SQLite] = spoiler{h.engine, statement}
	all, err := h.restorer.Archiver.Catalog.List(t.Context(), backup.Filter{})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return h, backup.Ref{ID: all[0].Manifest.ID}
}

func (h *house) entry(t *testing.T, ref backup.Ref) backup.Entry {
	t.Helper()
	e, err := h.restorer.Archiver.Catalog.Get(t.Context(), ref.ID)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// swept fails the test where something is left in the folder for temporary files.
func (h *house) swept(t *testing.T) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(h.restorer.Work, "*")); len(left) > 0 {
		t.Error("left behind:", left)
	}
	if fingerprint(t, h.target.Path) != h.old {
		t.Error("the live database has changed")
	}
}

func TestARehearsalThatComesOutDifferentFailsTheBackupUntilOneComesOutRight(t *testing.T) {
	for name, c := range map[string]struct{ statement, reason string }{
		"a value":             {"UPDATE t SET v = 'x' WHERE id = 2", "rehearse.differs"},
		"a row less":          {"DELETE FROM t WHERE id = 2", "rehearse.differs"},
		"a table less":        {"DROP TABLE gone", "rehearse.differs"},
		"a table more":        {"CREATE TABLE more(x)", "rehearse.differs"},
		"a column more":       {"ALTER TABLE t ADD COLUMN w", "rehearse.differs"},
		"a row, another gone": {"DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (9, 'b')", "rehearse.differs"},
	} {
		t.Run(name, func(t *testing.T) {
			h, ref := practised(t, c.statement)
			_, err := h.restorer.Rehearse(t.Context(), ref, nil, &script{})
			if e := errs.Of(err); e == nil || e.Reason != "rehearse.failed" || errs.Of(e.Err).Reason != c.reason || e.Code != errs.Corrupt {
				t.Fatalf("got %v", err)
			}
			h.swept(t)
			if _, err := h.restorer.Verify(t.Context(), ref, &script{}); err != nil {
				t.Fatal(err)
			}
			if e := h.entry(t, ref); e.State != backup.Failed || e.Failure == nil || e.Failure.Reason != "rehearse.failed" {
				t.Errorf("a reading that tells less has made it %+v", e)
			}
			h.restorer.Archiver.Engines[backup.SQLite] = spoiler{h.engine, ""}
			if _, err := h.restorer.Rehearse(t.Context(), ref, nil, &script{}); err != nil {
				t.Fatal(err)
			}
			if e := h.entry(t, ref); e.State != backup.Proven || e.Failure != nil || e.Rehearsal.Took <= 0 || e.Rehearsal.At.IsZero() {
				t.Errorf("it is %+v", e)
			}
			h.swept(t)
		})
	}
}

func TestARehearsalThatIsCancelledOrCannotBeMadeLeavesTheBackupAsGood(t *testing.T) {
	for _, step := range backup.RehearsalSteps {
		t.Run("cancelled at "+string(step), func(t *testing.T) {
			h, ref := practised(t, "")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if _, err := h.restorer.Rehearse(ctx, ref, nil, &script{cancelAt: step, cancel: cancel}); errs.CodeOf(err) != errs.Cancelled {
				t.Errorf("got %v", err)
			}
			if e := h.entry(t, ref); e.State != backup.Good || e.Rehearsal != nil {
				t.Errorf("it is %+v", e)
			}
			h.swept(t)
		})
	}
	t.Run("no space", func(t *testing.T) {
		h, ref := practised(t, "")
		h.engine.restore = true
		_, err := h.restorer.Rehearse(t.Context(), ref, nil, &script{})
		if e := errs.Of(err); e == nil || e.Reason != "rehearse.not_possible" || e.Code != errs.Unavailable {
			t.Errorf("got %v", err)
		}
		if e := h.entry(t, ref); e.State != backup.Good || e.Rehearsal != nil {
			t.Errorf("it is %+v", e)
		}
		h.swept(t)
	})
	t.Run("the file is away", func(t *testing.T) {
		h, ref := practised(t, "")
		if err := os.Remove(h.file); err != nil {
			t.Fatal(err)
		}
		if _, err := h.restorer.Rehearse(t.Context(), ref, nil, &script{}); errs.CodeOf(err) != errs.NotFound {
			t.Errorf("got %v", err)
		}
		if e := h.entry(t, ref); e.State != backup.Good {
			t.Errorf("it is %+v", e)
		}
	})
}
