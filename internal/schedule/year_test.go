package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/schedule"
)

// book keeps schedules and runs in memory, as state.db would.
type book struct {
	schedules []schedule.Schedule
	runs      []schedule.Run
	last      map[string]int // index in runs, by schedule
	broken    func() bool    // its disk is full at that moment
}

func (b *book) fault() error {
	if b.broken != nil && b.broken() {
		return errs.New(errs.Unavailable, "state.write", errs.Args{"path": "state.db"})
	}
	return nil
}

func (b *book) Schedules(context.Context) ([]schedule.Schedule, error) { return b.schedules, nil }
func (b *book) Put(context.Context, schedule.Schedule) error           { panic("not used") }
func (b *book) Remove(context.Context, string) error                   { panic("not used") }

func (b *book) Last(_ context.Context, id string) (*schedule.Run, error) {
	n, some := b.last[id]
	if !some {
		return nil, nil
	}
	r := b.runs[n]
	return &r, nil
}

func (b *book) Runs(context.Context, string, int) ([]schedule.Run, error) { panic("not used") }

func (b *book) Open(context.Context) ([]schedule.Run, error) {
	open := []schedule.Run{}
	for _, n := range b.last { // nothing began after it
		if b.runs[n].EndedAt.IsZero() {
			open = append(open, b.runs[n])
		}
	}
	return open, nil
}

func (b *book) Begin(_ context.Context, r schedule.Run) (int64, error) {
	if err := b.fault(); err != nil {
		return 0, err
	}
	r.ID = int64(len(b.runs) + 1)
	b.runs = append(b.runs, r)
	b.last[r.Schedule] = len(b.runs) - 1
	return r.ID, nil
}

func (b *book) End(_ context.Context, r schedule.Run) error {
	if err := b.fault(); err != nil {
		return err
	}
	b.runs[r.ID-1] = r
	return nil
}

// world is a computer whose clock the test moves.
type world struct {
	t       *testing.T
	book    book
	now     time.Time
	held    bool // the lock
	working int
	took    time.Duration
	fail    func(schedule.Schedule) error
	crash   func() bool

	backups []backup.Entry
	rules   backup.Retention
	made    int

	kept *schedule.Keeper
}

var errCrash = errors.New("the computer was switched off")

func (w *world) keeper() *schedule.Keeper {
	if w.kept != nil {
		return w.kept
	}
	w.kept = &schedule.Keeper{Book: &w.book, Now: func() time.Time { return w.now }, Work: w.work, Lock: func() (func(), error) {
		if w.held {
			return nil, errs.New(errs.Busy, "job.running", nil)
		}
		w.held = true
		return func() { w.held = false }, nil
	}}
	return w.kept
}

func (w *world) work(ctx context.Context, s schedule.Schedule) (string, error) {
	w.working++
	defer func() { w.working-- }()
	if w.working > 1 {
		w.t.Fatal("two runs at once")
	}
	// The window, a timer and a service: another keeper that wakes up now has to wait.
	if ran, _, err := w.keeper().Pass(ctx); errs.CodeOf(err) != errs.Busy || len(ran) > 0 {
		w.t.Fatalf("a second keeper ran %d, %v", len(ran), err)
	}
	w.now = w.now.Add(w.took)
	if w.crash != nil && w.crash() {
		panic(errCrash)
	}
	if w.fail != nil {
		if err := w.fail(s); err != nil {
			if s.Kind == schedule.Backup { // it is in the catalogue
				w.enter(backup.Failed, "")
			}
			return "", err
		}
	}
	switch s.Kind {
	case schedule.Backup:
		w.enter(backup.Good, fmt.Sprint("/repo/", w.made))
	case schedule.Prune:
		w.prune()
	}
	return "", nil
}

func (w *world) enter(state backup.State, file string) {
	w.made++
	w.backups = append(w.backups, backup.Entry{State: state, File: file, CheckedAt: w.now,
		Manifest: archive.Manifest{ID: fmt.Sprint(w.made), CreatedAt: w.now, Bytes: 1000, Purpose: backup.Scheduled}})
}

// prune removes what goes, and looks after each whether anything needed went: a crash can
// come between any two.
func (w *world) prune() {
	p, err := w.rules.Plan(w.backups, backup.Standing{Now: w.now, Repository: "/repo", UndoDays: 7})
	if err != nil {
		w.t.Fatal(err)
	}
	good := slices.ContainsFunc(w.backups, func(e backup.Entry) bool { return e.State.Sound() })
	newest := w.lastGood()
	for _, e := range p.Going() {
		w.backups = slices.DeleteFunc(w.backups, func(x backup.Entry) bool { return x.Manifest.ID == e.Manifest.ID })
		if good && w.lastGood() != newest {
			w.t.Fatalf("%v: the last good backup, %s, is gone", w.now, newest)
		}
		if w.crash != nil && w.crash() {
			panic(errCrash)
		}
	}
}

// lastGood is the newest good backup whose time can be right.
func (w *world) lastGood() string {
	id, at := "", time.Time{}
	for _, e := range w.backups {
		if e.State.Sound() && !e.Manifest.CreatedAt.After(w.now) && e.Manifest.CreatedAt.After(at) { // of two at one time, as a clock that was set back can make them, the first
			id, at = e.Manifest.ID, e.Manifest.CreatedAt
		}
	}
	return id
}

// pass lets the keeper work once; a crash of the computer ends it as a kill would.
func (w *world) pass() (ran []schedule.Run, next time.Time, err error) {
	defer func() {
		if p := recover(); p != nil {
			if p != any(errCrash) {
				panic(p)
			}
			w.held, err = false, errCrash // the system frees the lock of a process that is gone
		}
	}()
	return w.keeper().Pass(w.t.Context())
}

func entry(name string, kind schedule.Kind, when, zone string, since time.Time) schedule.Schedule {
	return schedule.Schedule{ID: name, Name: name, Kind: kind, When: when, Zone: zone, Since: since}
}

// expected are the moments of a year, found the long way: minute by minute.
func expected(t *testing.T, zone string, from, to time.Time, is func(local time.Time) bool) []time.Time {
	t.Helper()
	place, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	found := []time.Time{}
	for at := from.Add(time.Minute); !at.After(to); at = at.Add(time.Minute) {
		if is(at.In(place)) {
			found = append(found, at)
		}
	}
	return found
}

func TestASimulatedYearRunsEntryByEntry(t *testing.T) {
	from := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	to := from.AddDate(1, 0, 1) // over the end of the year
	w := &world{t: t, now: from, took: 20 * time.Second, rules: backup.Retention{Daily: 7, Weekly: 4, Monthly: 12, Zone: "America/New_York"}}
	w.book.last = map[string]int{}
	w.book.schedules = []schedule.Schedule{
		entry("night", schedule.Backup, "daily 02:30", "America/New_York", from),
		entry("hours", schedule.Backup, "hourly :10", "America/New_York", from),
		entry("weeks", schedule.Verify, "weekly sun 01:30", "America/New_York", from),
		entry("month", schedule.Rehearse, "monthly 31 04:00", "America/Sao_Paulo", from),
		entry("clean", schedule.Prune, "daily 05:00", "America/New_York", from),
		entry("crons", schedule.Verify, "15 8-18/5 * * mon-fri", "Europe/Lisbon", from),
	}
	for w.now.Before(to) {
		_, next, err := w.pass()
		if err != nil {
			t.Fatal(err)
		}
		if next.After(w.now) {
			w.now = next
		}
	}
	clock := func(l time.Time) string { return l.Format("15:04") }
	twice := func(l time.Time) bool { return l.Add(-time.Hour).Format(time.DateTime) == l.Format(time.DateTime) } // the clock showed it an hour ago
	spring := func(l time.Time) bool { return l.Format("01-02 15:04") == "03-08 03:00" }
	want := map[string][]time.Time{
		"night": expected(t, "America/New_York", from, to, func(l time.Time) bool {
			return clock(l) == "02:30" || spring(l) // 02:30 is left out on that day
		}),
		"hours": expected(t, "America/New_York", from, to, func(l time.Time) bool { return l.Minute() == 10 }),
		"weeks": expected(t, "America/New_York", from, to, func(l time.Time) bool {
			return l.Weekday() == time.Sunday && clock(l) == "01:30" && !twice(l)
		}),
		"month": expected(t, "America/Sao_Paulo", from, to, func(l time.Time) bool { return clock(l) == "04:00" && l.AddDate(0, 0, 1).Day() == 1 }),
		"clean": expected(t, "America/New_York", from, to, func(l time.Time) bool { return clock(l) == "05:00" }),
		"crons": expected(t, "Europe/Lisbon", from, to, func(l time.Time) bool {
			return l.Weekday() >= time.Monday && l.Weekday() <= time.Friday && l.Minute() == 15 && slices.Contains([]int{8, 13, 18}, l.Hour())
		}),
	}
	got := map[string][]time.Time{}
	for _, r := range w.book.runs {
		if r.Status != schedule.Succeeded || r.Attempt != 1 || r.StartedAt.Before(r.Due) || r.StartedAt.Sub(r.Due) > 3*w.took {
			t.Errorf("%+v", r)
		}
		if !r.Due.After(to) {
			got[r.Schedule] = append(got[r.Schedule], r.Due)
		}
	}
	for name, times := range want {
		if !slices.EqualFunc(got[name], times, time.Time.Equal) {
			t.Errorf("%s: %d runs, expected %d; first difference %s", name, len(got[name]), len(times), firstDifference(got[name], times))
		}
	}
	if n := len(got["hours"]); n != 366*24 {
		t.Errorf("%d hours in 366 days", n)
	}
	// What retention leaves: 7 days, 4 weeks and 12 months, some of them the same, and the day since the last clean-up.
	if n := len(w.backups); n < 12 || n > 7+4+12+26 {
		t.Errorf("%d backups are left", n)
	}
}

func firstDifference(a, b []time.Time) string {
	for i := range min(len(a), len(b)) {
		if !a[i].Equal(b[i]) {
			return fmt.Sprint(a[i], " in place of ", b[i])
		}
	}
	return "at the end"
}

// TestYearsWithRandomFaultsLoseNoLastGoodBackup lets computers sleep, crash, fail and
// have their clocks set, for a year each.
func TestYearsWithRandomFaultsLoseNoLastGoodBackup(t *testing.T) {
	for seed := range uint64(10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { faultyYear(t, rand.New(rand.NewPCG(seed, 11))) })
	}
}

func faultyYear(t *testing.T, chance *rand.Rand) {
	from := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(chance.IntN(365*24)) * time.Hour)
	one := func(n int) func() bool { return func() bool { return chance.IntN(n) == 0 } }
	zones := []string{"America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"}
	zone := zones[chance.IntN(len(zones))]
	w := &world{t: t, now: from, took: time.Duration(chance.IntN(300)) * time.Second, crash: one(50),
		rules: backup.Retention{Last: chance.IntN(3), Daily: chance.IntN(8), Monthly: chance.IntN(3), MaxAgeDays: chance.IntN(60), MaxBytes: int64(1 + chance.IntN(20000)), Zone: zone}}
	w.book.broken, w.book.last = one(100), map[string]int{}
	bad := time.Time{} // until when the database is away
	w.fail = func(s schedule.Schedule) error {
		if chance.IntN(200) == 0 {
			bad = w.now.Add(time.Duration(chance.IntN(7*24)) * time.Hour)
		}
		switch {
		case w.now.Before(bad), chance.IntN(20) == 0:
			return errs.New(errs.Unavailable, "postgres.unreachable", nil)
		case chance.IntN(100) == 0:
			return errs.New(errs.Cancelled, "job.cancelled", nil)
		}
		return nil
	}
	w.book.schedules = []schedule.Schedule{
		entry("night", schedule.Backup, "daily 02:30", zone, from),
		entry("often", schedule.Backup, "15 */4 * * *", zone, from),
		entry("clean", schedule.Prune, "daily 05:00", zone, from),
	}
	shift := time.Duration(0) // what the clock is wrong by
	log := []string{}
	for passed := time.Duration(0); passed < 365*24*time.Hour; {
		before, began := w.now, len(w.book.runs)
		_, next, err := w.pass()
		switch {
		case err != nil && !errors.Is(err, errCrash) && errs.CodeOf(err) != errs.Unavailable:
			t.Fatal(err)
		case err == nil && next.IsZero():
			t.Fatalf("%v: nothing is due any more", w.now)
		case err == nil && next.Sub(w.now) > 24*time.Hour+31*time.Minute:
			t.Fatalf("%v: nothing is due before %v\n%s", w.now, next, strings.Join(log[max(0, len(log)-10):], "\n"))
		}
		for _, r := range w.book.runs[began:] {
			log = append(log, fmt.Sprintf("%s %v due %v attempt %d %s", r.Schedule, r.StartedAt, r.Due, r.Attempt, r.Status))
			if r.StartedAt.Before(r.Due) && shift == 0 && r.Attempt == 1 {
				t.Fatalf("before its time: %+v", r)
			}
		}
		step := time.Minute
		if left := next.Sub(w.now); err == nil && left > 0 {
			step = min(left, 10*time.Minute)
			if chance.IntN(3) > 0 {
				step = left
			}
		}
		switch chance.IntN(300) {
		case 0:
			step = time.Duration(chance.IntN(20*24)) * time.Hour // asleep, or off
		case 1: // the clock is set, forward or back, by seconds to a year
			by := time.Duration(chance.Int64N(int64(time.Minute) << chance.IntN(20)))
			if chance.IntN(2) == 0 {
				by = -by
			}
			shift += by
			w.now = w.now.Add(by)
		case 2: // and is right again
			w.now, shift = w.now.Add(-shift), 0
		}
		w.now = w.now.Add(step)
		passed += max(step, w.now.Sub(before)%time.Hour, time.Minute)
	}
	if len(w.book.runs) < 200 {
		t.Errorf("only %d runs in a year", len(w.book.runs))
	}
}
