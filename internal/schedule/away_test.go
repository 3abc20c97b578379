package schedule_test

import (
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/schedule"
)

func TestADatabaseThatIsAwayForAWeekIsTriedAgainAndBackedUpWhenItIsBack(t *testing.T) {
	day := func(n int, clock time.Duration) time.Time {
		return time.Date(2026, 12, 26+n, 0, 0, 0, 0, time.UTC).Add(clock) // over the end of the year
	}
	gone, back := day(3, 0), day(10, 2*time.Hour+40*time.Minute)
	w := &world{t: t, now: day(0, 12*time.Hour), took: 20 * time.Second, rules: backup.Retention{Last: 2, MaxAgeDays: 3}}
	w.book.last = map[string]int{}
	w.book.schedules = []schedule.Schedule{
		entry("night", schedule.Backup, "daily 02:30", "UTC", w.now),
		entry("clean", schedule.Prune, "daily 05:00", "UTC", w.now),
	}
	w.fail = func(s schedule.Schedule) error {
		if s.Kind == schedule.Backup && w.now.After(gone) && w.now.Before(back) {
			return errs.New(errs.NotFound, "sqlite.missing", nil)
		}
		return nil
	}
	good := func() (n int) {
		for _, e := range w.backups {
			if e.State.Sound() {
				n++
			}
		}
		return n
	}
	for w.now.Before(day(12, 0)) {
		before := good()
		_, next, err := w.pass()
		if err != nil {
			t.Fatal(err)
		}
		if w.now.After(gone) && w.now.Before(back) && (before != 2 || good() != 2) {
			t.Fatalf("%v: %d good backups, and then %d, while the database is away", w.now, before, good())
		}
		w.now = next
	}
	runs := map[string][]schedule.Run{} // of the backup, by day
	for _, r := range w.book.runs {
		if r.Schedule == "night" {
			runs[r.Due.Format(time.DateOnly)] = append(runs[r.Due.Format(time.DateOnly)], r)
		} else if r.Status != schedule.Succeeded {
			t.Errorf("%+v", r)
		}
	}
	for n := 1; n < 12; n++ {
		of := runs[day(n, 0).Format(time.DateOnly)]
		want, ends := 1, schedule.Succeeded
		switch {
		case n >= 3 && n < 10: // after a minute, 5, 15 and an hour
			want, ends = 5, schedule.Failed
		case n == 10: // it was back for the fourth
			want = 4
		}
		if len(of) != want || of[len(of)-1].Status != ends || of[len(of)-1].Attempt != want {
			t.Errorf("day %d: %d attempts of %d: %+v", n, len(of), want, of)
		}
	}
}
