package schedule

import (
	"testing"
	"time"

	"cofre/internal/errs"
)

func clock(text string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return at
}

var nightly = Schedule{When: "daily 03:00", Zone: "UTC", Since: clock("2026-11-01 12:00")}

func TestWhatIsDueFollowsFromTheLastRunAndTheClock(t *testing.T) {
	ran := func(due, ended string, attempt int, status Status) *Run {
		return &Run{Due: clock(due), EndedAt: clock(ended), Attempt: attempt, Status: status}
	}
	refused := ran("2026-11-10 03:00", "2026-11-10 03:10", 1, Failed)
	refused.Failure = errs.New(errs.Denied, "demo.blocked", nil)
	for name, c := range map[string]struct {
		last    *Run
		now     string
		due, at string
		attempt int
	}{
		"before the first":                    {nil, "2026-11-01 13:00", "2026-11-02 03:00", "2026-11-02 03:00", 1},
		"at its time":                         {nil, "2026-11-02 03:00", "2026-11-02 03:00", "2026-11-02 03:00", 1},
		"after it":                            {ran("2026-11-10 03:00", "2026-11-10 03:10", 1, Succeeded), "2026-11-10 03:10", "2026-11-11 03:00", "2026-11-11 03:00", 1},
		"many were missed: one is made up":    {ran("2026-11-02 03:00", "2026-11-02 03:10", 1, Succeeded), "2026-11-20 12:00", "2026-11-20 03:00", "2026-11-20 03:00", 1},
		"it failed: a pause":                  {ran("2026-11-10 03:00", "2026-11-10 03:10", 1, Failed), "2026-11-10 03:10", "2026-11-10 03:00", "2026-11-10 03:11", 2},
		"it failed again: a longer one":       {ran("2026-11-10 03:00", "2026-11-10 03:20", 2, Failed), "2026-11-10 03:21", "2026-11-10 03:00", "2026-11-10 03:25", 3},
		"it was cut off: a pause":             {ran("2026-11-10 03:00", "2026-11-10 03:10", 1, Interrupted), "2026-11-10 09:00", "2026-11-10 03:00", "2026-11-10 03:11", 2},
		"it failed too often":                 {ran("2026-11-10 03:00", "2026-11-10 05:00", 5, Failed), "2026-11-10 05:00", "2026-11-11 03:00", "2026-11-11 03:00", 1},
		"what would fail again is not tried":  {refused, "2026-11-10 03:10", "2026-11-11 03:00", "2026-11-11 03:00", 1},
		"what a person cancelled is not":      {ran("2026-11-10 03:00", "2026-11-10 03:10", 1, Cancelled), "2026-11-10 03:10", "2026-11-11 03:00", "2026-11-11 03:00", 1},
		"the next one comes before the retry": {ran("2026-11-10 03:00", "2026-11-10 03:10", 1, Failed), "2026-11-11 03:00", "2026-11-11 03:00", "2026-11-11 03:00", 1},
		"set back a little: not twice":        {ran("2026-11-10 03:00", "2026-11-10 03:10", 1, Succeeded), "2026-11-10 02:00", "2026-11-11 03:00", "2026-11-11 03:00", 1},
		"set back far: it begins again":       {ran("2036-11-10 03:00", "2036-11-10 03:10", 1, Succeeded), "2026-11-10 02:00", "2026-11-09 03:00", "2026-11-09 03:00", 1},
		"set back after a failure: at once":   {ran("2026-11-10 03:00", "2026-11-10 03:10", 1, Failed), "2026-11-10 02:00", "2026-11-10 03:00", "2026-11-10 02:00", 2},
	} {
		t.Run(name, func(t *testing.T) {
			turn, ok := nightly.Turn(c.last, clock(c.now))
			if !ok || !turn.Due.Equal(clock(c.due)) || !turn.At.Equal(clock(c.at)) || turn.Attempt != c.attempt {
				t.Errorf("%+v, %v", turn, ok)
			}
		})
	}
}

func TestAClockThatWasSetBackFarStopsNoSchedule(t *testing.T) {
	future := &Run{Due: clock("2036-11-10 03:00"), EndedAt: clock("2036-11-10 03:10"), Attempt: 1, Status: Succeeded}
	for name, c := range map[string]struct {
		since string
		last  *Run
	}{
		"after a run":                       {"2026-11-01 12:00", future},
		"before the first":                  {"2036-11-09 12:00", nil},
		"made and run in the future":        {"2036-11-09 12:00", future},
		"made just before it was set right": {"2026-11-10 01:00", future},
	} {
		t.Run(name, func(t *testing.T) {
			s, last, runs := nightly, c.last, 0
			s.Since = clock(c.since)
			for now := clock("2026-11-10 02:00"); now.Before(clock("2026-11-13 02:00")); now = now.Add(30 * time.Minute) { // asked again and again, as the keeper does
				if turn, ok := s.Turn(last, now); ok && !turn.At.After(now) {
					last = &Run{Due: turn.Due, EndedAt: now, Attempt: turn.Attempt, Status: Succeeded}
					runs++
				}
			}
			if runs < 3 || runs > 4 { // each night, and what may have been missed
				t.Errorf("%d runs in three days", runs)
			}
		})
	}
	s := nightly
	s.Since = clock("2036-11-09 12:00")
	failed := &Run{Due: clock("2026-11-10 03:00"), EndedAt: clock("2026-11-10 03:10"), Attempt: 1, Status: Failed}
	if turn, _ := s.Turn(failed, clock("2026-11-10 03:12")); turn.Attempt != 2 {
		t.Errorf("what failed is not tried again: %+v", turn)
	}
}

func TestAPausedScheduleIsNeverDueAndMakesUpForNothing(t *testing.T) {
	s := nightly
	s.Paused = true
	if _, ok := s.Turn(nil, clock("2026-12-01 00:00")); ok || len(s.Upcoming(clock("2026-12-01 00:00"), 5)) > 0 {
		t.Error("a paused one is due")
	}
	s.Paused, s.Since = false, clock("2026-12-01 12:00")
	last := &Run{Due: clock("2026-11-10 03:00"), EndedAt: clock("2026-11-10 03:01"), Attempt: 1, Status: Failed}
	if turn, _ := s.Turn(last, clock("2026-12-01 12:00")); !turn.At.Equal(clock("2026-12-02 03:00")) || turn.Attempt != 1 {
		t.Errorf("%+v", turn)
	}
}

func TestTheNextFiveAreTold(t *testing.T) {
	next := nightly.Upcoming(clock("2026-12-29 03:00"), 5)
	if len(next) != 5 || !next[4].Equal(clock("2027-01-03 03:00")) {
		t.Error(next)
	}
}
