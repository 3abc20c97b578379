package sqlite

import (
	"context"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// operations are the calls of the engine that need the database.
func operations(t *testing.T, good string) map[string]func(ctx context.Context, target backup.Target) error {
	e := &Engine{}
	return map[string]func(ctx context.Context, target backup.Target) error{
		"Probe": func(ctx context.Context, target backup.Target) error {
			_, err := e.Probe(ctx, target)
			return err
		},
		"Dump": func(ctx context.Context, target backup.Target) error {
			_, err := e.Dump(ctx, target, filepath.Join(t.TempDir(), "dump"), backup.DumpOptions{}, func(backup.Update) {})
			return err
		},
		"Restore": func(ctx context.Context, target backup.Target) error {
			_, err := e.Restore(ctx, target, good, func(backup.Update) {})
			return err
		},
		"Check": func(ctx context.Context, target backup.Target) error {
			return e.Check(ctx, target, func(backup.Update) {})
		},
	}
}

// holdings are the ways in which another program stands in the way of op.
var holdings = []struct{ mode, hold, free string }{
	{"DELETE", "BEGIN EXCLUSIVE;", "Probe Dump Restore Check"},
	{"DELETE", "BEGIN; SELECT * FROM note;", "Restore"},
	{"DELETE", "BEGIN IMMEDIATE; DELETE FROM note;", "Restore"},
	{"WAL", "BEGIN IMMEDIATE; DELETE FROM note;", "Restore"},
	{"WAL", "PRAGMA locking_mode = EXCLUSIVE; INSERT INTO note(text) VALUES('d');", "Probe Dump Restore Check"},
}

func TestALockedDatabaseIsBusyAfterTheWaitAndSaysWhoHoldsIt(t *testing.T) {
	good := made(t, "", small).Path
	for _, h := range holdings {
		for name, run := range operations(t, good) {
			if !strings.Contains(h.free, name) {
				continue
			}
			t.Run(name+" "+h.mode+" "+h.hold, func(t *testing.T) {
				target := made(t, "PRAGMA journal_mode = "+h.mode, small)
				target.BusyTimeout = 300 * time.Millisecond
				p := startProgram(t, target.Path)
				p.do(h.hold)
				before := folder(t, target)
				began := time.Now()
				err := run(t.Context(), target)
				took := time.Since(began)
				e := errs.Of(err)
				if e == nil || e.Code != errs.Busy || e.Reason != "sqlite.locked" {
					t.Fatalf("error = %v, want busy", err)
				}
				if took < target.BusyTimeout {
					t.Errorf("gave up after %v, want no less than %v", took, target.BusyTimeout)
				}
				if e.Args["path"] != target.Path || e.Args["wait_ms"] != int64(300) {
					t.Errorf("args = %v", e.Args)
				}
				if who, _ := e.Args["processes"].([]string); runtime.GOOS == "linux" &&
					(len(who) != 1 || who[0] != "sqlite3 ("+strconv.Itoa(p.cmd.Process.Pid)+")") {
					t.Errorf("processes = %v, want sqlite3 (%d)", who, p.cmd.Process.Pid)
				}
				after := folder(t, target)
				for name := range after {
					if _, ok := before[name]; !ok {
						t.Errorf("%s was left", name)
					}
				}
				if base := filepath.Base(target.Path); after[base] != before[base] {
					t.Error("the database changed")
				}
			})
		}
	}
}

func TestWaitingEndsWhenTheLockDoes(t *testing.T) {
	good := made(t, "", small).Path
	for _, h := range holdings {
		for name, run := range operations(t, good) {
			if !strings.Contains(h.free, name) {
				continue
			}
			t.Run(name+" "+h.mode+" "+h.hold, func(t *testing.T) {
				target := made(t, "PRAGMA journal_mode = "+h.mode, small)
				target.BusyTimeout = time.Minute
				p := startProgram(t, target.Path)
				p.do(h.hold)
				ended := make(chan error, 1)
				go func() { ended <- run(t.Context(), target) }()
				timer := time.NewTimer(250 * time.Millisecond) // time to meet the lock; the result is the same without
				defer timer.Stop()
				<-timer.C
				p.quit()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestWaitingEndsWhenItIsCancelled(t *testing.T) {
	good := made(t, "", small).Path
	for name, run := range operations(t, good) {
		t.Run(name, func(t *testing.T) {
			target := made(t, "PRAGMA journal_mode = DELETE", small)
			target.BusyTimeout = time.Hour
			startProgram(t, target.Path).do("BEGIN EXCLUSIVE;")
			ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, context.Canceled)
			defer cancel()
			began := time.Now()
			err := run(ctx, target)
			if ctx.Err() == nil || err == nil {
				t.Fatalf("error = %v", err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("ended after %v", took)
			}
		})
	}
}
