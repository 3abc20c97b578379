package boot

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/sample"
	"cofre/internal/schedule"
	"cofre/internal/service"
)

// counted is the real engine, which counts how many dumps run at once and in all.
type counted struct {
	backup.Engine
	now, most, all *atomic.Int32
}

func (c counted) Dump(ctx context.Context, t backup.Target, path string, o backup.DumpOptions, p backup.Progress) (backup.Dumped, error) {
	c.all.Add(1)
	if n := c.now.Add(1); n > c.most.Load() {
		c.most.Store(n)
	}
	defer c.now.Add(-1)
	return c.Engine.Dump(ctx, t, path, o, p)
}

func TestTwoWindowsAServiceAndATimerRunWhatIsDueOnceAndNeverTwoAtOnce(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	home, path := t.TempDir(), filepath.Join(t.TempDir(), "app.sqlite3")
	if _, err := sample.Write(t.Context(), path, sample.Options{App: sample.Finance, Rows: 300, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	var now, most, all atomic.Int32
	systems := make([]*System, 4)
	for i := range systems {
		s, err := Open(t.Context(), Options{Home: home})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		s.Service.Archiver.Engines[backup.SQLite] = counted{s.Service.Archiver.Engines[backup.SQLite], &now, &most, &all}
		systems[i] = s
	}
	const n = 3
	book := systems[0].Scheduler.Book
	for i := range n {
		if _, err := systems[0].Scheduler.Add(t.Context(), service.ScheduleInput{Name: fmt.Sprint(i), URL: path, Kind: "backup", When: "0 0 1 1 *"}); err != nil {
			t.Fatal(err)
		}
	}
	schedules, err := book.Schedules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range schedules { // one moment is over, and the next one is far
		x.Since = x.Since.Add(-366 * 24 * time.Hour)
		if err := book.Put(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}

	systems[0].KeepSchedules(t.Context())
	systems[1].KeepSchedules(t.Context())
	var busy sync.WaitGroup
	for _, s := range systems[2:] {
		busy.Go(func() {
			if _, err := s.Scheduler.RunDue(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	busy.Wait() // each has found all done, by whomever
	for _, x := range schedules {
		runs, err := book.Runs(t.Context(), x.ID, -1)
		if err != nil || len(runs) != 1 || runs[0].Status != schedule.Succeeded {
			t.Errorf("%+v, %v", runs, err)
		}
	}
	if all.Load() != n || most.Load() != 1 {
		t.Errorf("%d dumps of %d, up to %d at once", all.Load(), n, most.Load())
	}
}
