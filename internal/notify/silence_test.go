package notify_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/notify"
	"cofre/internal/schedule"
)

// daily is the rule of a backup at three in the night, late after three hours.
func daily(begun time.Time) notify.Rule {
	c, err := schedule.Parse("daily 03:00", "UTC")
	if err != nil {
		panic(err)
	}
	return notify.Rule{Begun: begun, Deadline: func(from time.Time) time.Time { return c.Next(from).Add(3 * time.Hour) }}
}

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

// watched looks every five minutes from one moment to another and returns what was told, and when.
func watched(e *notify.Episode, rules []notify.Rule, good []notify.Backup, from, to string) string {
	var told []string
	for now := at(from); !now.After(at(to)); now = now.Add(5 * time.Minute) {
		var events []notify.Event
		*e, events = e.Look(rules, good, now)
		for _, event := range events {
			told = append(told, string(event)+" "+now.Format("02 15:04"))
			e.Told = e.Told || event == notify.Silence
		}
	}
	return strings.Join(told, ", ")
}

func TestASilenceIsToldOnceAndSoIsItsEnd(t *testing.T) {
	rules := []notify.Rule{daily(at("2026-11-01 12:00"))}
	var e notify.Episode
	good := []notify.Backup{{ID: "1", At: at("2026-11-02 03:01")}}
	if got := watched(&e, rules, nil, "2026-11-01 12:00", "2026-11-02 06:00"); got != "" {
		t.Error(got)
	}
	if got := watched(&e, rules, good, "2026-11-02 06:05", "2026-11-10 12:00"); got != "silence 03 06:35" {
		t.Error(got)
	}
	if !e.Since.Equal(at("2026-11-03 06:00")) || !e.Silent() {
		t.Errorf("%+v", e)
	}
	good = append(good, notify.Backup{ID: "2", At: at("2026-11-10 12:03")})
	if got := watched(&e, rules, good, "2026-11-10 12:05", "2026-11-11 06:00"); got != "recovered 10 12:05" || e.Silent() {
		t.Error(got)
	}
	if got := watched(&e, rules, good, "2026-11-11 06:05", "2026-11-20 06:00"); got != "silence 11 06:35" {
		t.Error(got)
	}
	if got := watched(&e, nil, good, "2026-11-20 06:05", "2026-11-20 07:00"); got != "" || e.Silent() {
		t.Errorf("nothing is expected any more: %s", got)
	}
}

func TestWhoSleepsThroughTheTimeMakesUpForItBeforeASilenceIsTold(t *testing.T) {
	rules := []notify.Rule{notify.Every(24, at("2026-11-01 12:00"))}
	var e notify.Episode
	good := []notify.Backup{{ID: "1", At: at("2026-11-02 12:00")}}
	watched(&e, rules, good, "2026-11-02 12:00", "2026-11-02 20:00")
	if got := watched(&e, rules, good, "2026-11-09 08:00", "2026-11-09 08:20"); got != "" {
		t.Errorf("it has just woken up: %s", got)
	}
	good = append(good, notify.Backup{ID: "2", At: at("2026-11-09 08:22")})
	if got := watched(&e, rules, good, "2026-11-09 08:25", "2026-11-10 08:20"); got != "" {
		t.Error(got)
	}
}

func TestAGoodBackupThatIsLostIsNoneAndOneOfTheFutureSilencesNobody(t *testing.T) {
	rules := []notify.Rule{notify.Every(24, at("2026-11-01 12:00"))}
	both := []notify.Backup{{ID: "2", At: at("2026-11-05 12:00")}, {ID: "1", At: at("2026-11-02 12:00")}}
	var e notify.Episode
	watched(&e, rules, both, "2026-11-05 12:00", "2026-11-05 13:00")
	if got := watched(&e, rules, both[1:], "2026-11-05 13:05", "2026-11-05 20:00"); got != "silence 05 13:35" {
		t.Errorf("the newest was found damaged: %s", got)
	}
	e = notify.Episode{}
	future := []notify.Backup{{ID: "9", At: at("2036-01-01 00:00")}, both[1]}
	if got := watched(&e, rules, future, "2026-11-02 12:00", "2026-11-05 12:00"); got != "silence 03 12:35" {
		t.Error(got)
	}
}

// TestInYearsOfRandomFaultsEverySilenceIsToldOnce lets a computer sleep, backups fail, be
// lost and not be needed, and the clock be set, for a year each, and compares what was told with what
// really was: the time since the last good backup, by a clock that is always right.
func TestInYearsOfRandomFaultsEverySilenceIsToldOnce(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { silentYear(t, rand.New(rand.NewPCG(seed, 7))) })
	}
}

func silentYear(t *testing.T, chance *rand.Rand) {
	const step = 5 * time.Minute
	begin := at("2026-01-01 12:00")
	every := 1 + chance.IntN(48)
	rules := []notify.Rule{notify.Every(every, begin)}
	var e notify.Episode
	var good []notify.Backup
	var told []string
	var shift, fail time.Duration // what the clock is wrong by; for how long backups still fail
	lastGood, lastTry, open := begin, begin, false
	set := begin.Add(-1000 * time.Hour) // when the clock was last set
	awake := begin                      // since when the computer is
	silences := 0
	for truly := begin; truly.Before(begin.AddDate(1, 0, 0)); truly = truly.Add(step) {
		switch chance.IntN(4000) {
		case 0, 1: // off for some days
			truly = truly.Add(time.Duration(chance.IntN(10*24)) * time.Hour).Truncate(step)
			awake = truly
		case 2:
			shift = time.Duration(chance.IntN(30*24*60)-15*24*60) * time.Minute
			set = truly
		case 3:
			shift, set = 0, truly
		case 4, 5, 6:
			fail = time.Duration(chance.IntN(7*24)) * time.Hour
		case 7: // one is found damaged
			if len(good) > 1 && shift == 0 && truly.Sub(set) > 2000*time.Hour {
				good = slices.Delete(good, 0, 1)
				lastGood = good[0].At
			}
		}
		fail -= step
		now := truly.Add(shift)
		if tried := time.Duration(every) * time.Hour * 2 / 3; truly.Sub(lastTry) >= tried && truly.Sub(awake) >= 10*time.Minute {
			lastTry = truly
			if fail <= 0 && len(good) > 0 && chance.IntN(3) == 0 { // nothing has changed: no backup, but a mark
				base, _, _ := strings.Cut(good[0].ID, " same ")
				good = slices.DeleteFunc(good, func(b notify.Backup) bool { return strings.HasPrefix(b.ID, base+" same ") })
				good = slices.Insert(good, 0, notify.Backup{ID: fmt.Sprint(base, " same ", truly), At: now})
				lastGood = truly
				slices.SortStableFunc(good, func(a, b notify.Backup) int { return b.At.Compare(a.At) })
			} else if fail <= 0 {
				good = slices.Insert(good, 0, notify.Backup{ID: fmt.Sprint(len(told), truly), At: now})
				lastGood = truly
				slices.SortStableFunc(good, func(a, b notify.Backup) int { return b.At.Compare(a.At) })
				ahead := 0
				for ahead < len(good) && good[ahead].At.After(now) {
					ahead++
				}
				good = good[:min(len(good), ahead+30)] // those of before go
			} else {
				lastTry = truly.Add(-tried + time.Hour) // again in an hour
			}
		}
		var events []notify.Event
		e, events = e.Look(rules, good, now)
		for _, event := range events {
			told = append(told, fmt.Sprintf("%s at %v (clock %v, last good %v)", event, truly, now, lastGood))
			waited := truly.Sub(lastGood)
			expected := time.Duration(every) * time.Hour
			switch event {
			case notify.Silence:
				if open {
					t.Fatalf("a silence was told twice:\n%s", strings.Join(told, "\n"))
				}
				// A clock that is set forward is one, half an hour later; else it has to be true.
				if waited <= expected && truly.Sub(set) > expected+time.Hour {
					t.Fatalf("there is none after %v of %v:\n%s", waited, expected, strings.Join(told, "\n"))
				}
				open, e.Told = true, true
				silences++
			case notify.Recovered:
				if !open || waited > expected && truly.Sub(set) > 16*24*time.Hour {
					t.Fatalf("it is not over after %v of %v:\n%s", waited, expected, strings.Join(told, "\n"))
				}
				open = false
			}
		}
		// No silence stays untold: half an hour after the time expected, from when the
		// computer is on and the clock is right.
		limit := time.Duration(every)*time.Hour + time.Hour
		if quiet := min(truly.Sub(lastGood), truly.Sub(set)); quiet > limit && truly.Sub(awake) > time.Hour && !open {
			t.Fatalf("nobody was told of %v without a good backup since %v, expected every %d hours (clock %v, set %v): %+v\n%s", truly.Sub(lastGood), lastGood, every, now, set, e, strings.Join(told, "\n"))
		}
		if open && e.Told && truly.Sub(lastGood) < step && shift == 0 && truly.Sub(set) > 40*24*time.Hour {
			t.Fatalf("its end was not told:\n%s", strings.Join(told, "\n"))
		}
	}
	if silences == 0 && every < 24 {
		t.Errorf("a year without a silence tests nothing")
	}
}
