package watch_test

import (
	"fmt"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/watch"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func follower() *watch.Follower {
	return &watch.Follower{Rule: backup.Watch{On: true, Deletions: true, Quiet: 30, Pause: 10}, Sign: "a"}
}

// day looks every second, with the sign of that second, and returns the seconds at which
// something was due; what is due is done at once.
func day(f *watch.Follower, seconds int, sign func(second int) string) (due []int) {
	for s := range seconds {
		now := noon.Add(time.Duration(s) * time.Second)
		f.See(now, backup.Sight{Sign: sign(s)}, nil)
		if f.Due(now) {
			due = append(due, s)
			f.Made = now
			f.Done(now, sign(s), 0)
		}
	}
	return due
}

func TestWhatNeverChangesIsNeverDue(t *testing.T) {
	if due := day(follower(), 3600, func(int) string { return "a" }); len(due) > 0 {
		t.Errorf("due at %v", due)
	}
}

func TestAChangeIsDueOnceItWasQuiet(t *testing.T) {
	due := day(follower(), 3600, func(s int) string {
		if s < 10 {
			return "a"
		}
		return fmt.Sprint(min(s, 40)) // changes from the 10th to the 40th second
	})
	if fmt.Sprint(due) != "[70]" {
		t.Errorf("due at %v", due)
	}
}

func TestBackupsAreApartHoweverOftenSomethingChanges(t *testing.T) {
	due := day(follower(), 3600, func(s int) string { return fmt.Sprint(s / 60) }) // each minute, and quiet in between
	if len(due) != 6 {
		t.Errorf("due at %v", due)
	}
	for i := 1; i < len(due); i++ {
		if due[i]-due[i-1] < 600 {
			t.Errorf("due at %v", due)
		}
	}
}

func TestChangesThatNeverStopAreNotWaitedForForEver(t *testing.T) {
	due := day(follower(), 3600, func(s int) string { return fmt.Sprint(s) })
	if fmt.Sprint(due[0]) != "600" || len(due) < 5 {
		t.Errorf("due at %v", due)
	}
}

func TestWhatCameBackToWhatItWasNeedsNothing(t *testing.T) {
	due := day(follower(), 600, func(s int) string {
		if s == 5 {
			return "b"
		}
		return "a"
	})
	if len(due) > 0 {
		t.Errorf("due at %v", due)
	}
}

func TestAFailureIsTriedAgainAfterLongerAndLongerPauses(t *testing.T) {
	f, tried := follower(), []int{}
	for s := range 4 * 3600 {
		now := noon.Add(time.Duration(s) * time.Second)
		f.See(now, backup.Sight{Sign: "b"}, nil)
		if f.Due(now) {
			tried = append(tried, s/60)
			f.Failed(now)
		}
	}
	if fmt.Sprint(tried) != "[0 1 6 21 81 141 201]" {
		t.Errorf("tried in minutes %v", tried)
	}
}

func TestADatabaseThatIsAwayIsLookedAtWhenItIsBack(t *testing.T) {
	f := follower()
	gone := errs.New(errs.NotFound, "sqlite.missing", nil)
	f.See(noon, backup.Sight{Sign: "b"}, nil)
	for s := range 600 {
		now := noon.Add(time.Duration(s) * time.Second)
		if f.See(now, backup.Sight{}, gone); f.Pending() || f.Due(now) {
			t.Fatal("something is to be done about a database that is away")
		}
	}
	back := noon.Add(time.Hour)
	f.See(back, backup.Sight{Sign: "c"}, nil)
	if !f.Pending() || f.Due(back.Add(29*time.Second)) || !f.Due(back.Add(30*time.Second)) {
		t.Error("it is not due half a minute after it came back")
	}
	f.See(back, backup.Sight{}, gone)
	if f.See(back.Add(time.Minute), backup.Sight{Sign: "a"}, nil); f.Pending() {
		t.Error("it came back as it was, and something is pending")
	}
}

func TestAClockThatIsSetBackStopsNothing(t *testing.T) {
	f := follower()
	f.See(noon, backup.Sight{Sign: "b"}, nil)
	f.Failed(noon)
	f.Made = noon
	yesterday := noon.Add(-24 * time.Hour)
	f.See(yesterday, backup.Sight{Sign: "b"}, nil)
	if !f.Due(yesterday.Add(30 * time.Second)) {
		t.Errorf("due only at %s", f.At())
	}
}

func TestALongLookIsNotTakenAgainAtOnce(t *testing.T) {
	f := follower()
	f.Done(noon, "a", time.Minute)
	f.See(noon.Add(time.Second), backup.Sight{Sign: "b"}, nil)
	if at := f.At(); at.Sub(noon) != 20*time.Minute {
		t.Errorf("a look that takes a minute is due again after %s", at.Sub(noon))
	}
}
