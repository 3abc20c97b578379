package sqlite

import (
	"path/filepath"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

func TestAHeldRestoreSeesWhetherAnybodyHasWritten(t *testing.T) {
	for _, mode := range []string{"wal", "delete", "truncate", "persist"} {
		t.Run(mode, func(t *testing.T) {
			live := made(t, "PRAGMA journal_mode = "+mode, "CREATE TABLE t(n); INSERT INTO t VALUES (1)")
			file := filepath.Join(t.TempDir(), "backup.sqlite3")
			engine := new(Engine)
			if _, err := engine.Dump(t.Context(), live, file, backup.DumpOptions{}, func(backup.Update) {}); err != nil {
				t.Fatal(err)
			}
			held := func() backup.Held {
				h, err := engine.Hold(t.Context(), live)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(h.Release)
				return h
			}
			rows := func() int64 {
				c, err := engine.Probe(t.Context(), live)
				if err != nil {
					t.Fatal(err)
				}
				return c.Rows()
			}

			h := held()
			script(t, live.Path, "INSERT INTO t VALUES (2);")
			if _, err := h.Restore(t.Context(), file, func(backup.Update) {}); errs.Of(err).Reason != backup.ReasonWritten {
				t.Errorf("somebody has written, and the restore ended with %v", err)
			}
			h.Release()
			if n := rows(); n != 2 {
				t.Errorf("after the refusal there are %d rows, want 2", n)
			}

			h = held()
			if _, err := engine.Dump(t.Context(), live, filepath.Join(t.TempDir(), "safety"), backup.DumpOptions{}, func(backup.Update) {}); err != nil {
				t.Fatal(err)
			}
			script(t, live.Path, "SELECT count(*) FROM t;")
			if _, err := h.Restore(t.Context(), file, func(backup.Update) {}); err != nil {
				t.Errorf("others have only read, and the restore ended with %v", err)
			}
			h.Release()
			if n := rows(); n != 1 {
				t.Errorf("after the restore there are %d rows, want 1", n)
			}
		})
	}
}
