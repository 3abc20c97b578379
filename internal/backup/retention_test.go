package backup

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// now of these tests is a Thursday.
var now = time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)

// aged is a good backup of so long ago.
func aged(ago time.Duration, change ...func(*Entry)) Entry {
	at := now.Add(-ago)
	e := Entry{File: "/repo/" + at.Format(time.RFC3339), State: Good, CheckedAt: at,
		Manifest: archive.Manifest{ID: at.Format(time.RFC3339Nano), CreatedAt: at, Bytes: 100, Source: archive.Source{Identity: "x"}}}
	for _, c := range change {
		c(&e)
	}
	return e
}

func failedOne(e *Entry)   { e.State = Failed }
func safetyOne(e *Entry)   { e.Manifest.Purpose = Safety }
func pinnedOne(e *Entry)   { e.Pinned = true }
func provenOne(e *Entry)   { e.State = Proven }
func missingOne(e *Entry)  { e.State = "missing" }
func importedOne(e *Entry) { e.Manifest.Purpose = Imported }
func usbStick(e *Entry)    { e.File = "/media/usb/x.sqlite3" }

const day = 24 * time.Hour

var here = Standing{Now: now, Repository: "/repo", UndoDays: 7}

// fates are "goes" or "stays" and why, newest first.
func fates(t *testing.T, r Retention, s Standing, entries ...Entry) []string {
	t.Helper()
	r.Zone = "UTC"
	p, err := r.Plan(entries, s)
	if err != nil {
		t.Fatal(err)
	}
	said := make([]string, len(p.Fates))
	for i, f := range p.Fates {
		why := make([]string, len(f.Why))
		for j, w := range f.Why {
			why[j] = string(w)
		}
		said[i] = map[bool]string{true: "goes ", false: "stays "}[f.Goes] + strings.Join(why, "+")
	}
	return said
}

func TestEachBackupGoesOrStaysForAReason(t *testing.T) {
	for name, c := range map[string]struct {
		rules   Retention
		at      Standing
		entries []Entry
		want    []string
	}{
		"the last two": {Retention{Last: 2}, here, []Entry{aged(1 * day), aged(2 * day), aged(3 * day)},
			[]string{"stays last_good+last", "stays last", "goes no_rule_keeps"}},
		"what the database holds again": {Retention{Last: 1}, here, []Entry{aged(1 * day), aged(2 * day), aged(3*day, func(e *Entry) { e.SameAt = now.Add(-time.Hour) })},
			[]string{"stays last_good+last", "goes no_rule_keeps", "stays last_good"}},
		"the newest of each day": {Retention{Daily: 2}, here, []Entry{aged(time.Hour), aged(2 * time.Hour), aged(20 * time.Hour), aged(21 * time.Hour), aged(50 * time.Hour)},
			[]string{"stays last_good+daily", "goes no_rule_keeps", "stays daily", "goes no_rule_keeps", "goes no_rule_keeps"}},
		"weeks, months and years": {Retention{Weekly: 2, Monthly: 2, Yearly: 2}, here, []Entry{aged(1 * day), aged(2 * day), aged(4 * day), aged(40 * day), aged(400 * day), aged(800 * day)},
			[]string{"stays last_good+monthly+weekly+yearly", "goes no_rule_keeps", "stays weekly", "stays monthly", "stays yearly", "goes no_rule_keeps"}},
		"one that failed takes no place": {Retention{Last: 2}, here, []Entry{aged(1 * day), aged(9*day, failedOne), aged(10 * day), aged(11 * day)},
			[]string{"stays last_good+last", "goes old_fail", "stays last", "goes no_rule_keeps"}},
		"a failure stays for a week": {Retention{Last: 1}, here, []Entry{aged(1 * day), aged(2*day, failedOne)},
			[]string{"stays last_good+last", "stays recent_fail"}},
		"nothing goes when the newest failed": {Retention{Last: 1}, here, []Entry{aged(1*day, failedOne), aged(2 * day), aged(3 * day)},
			[]string{"stays newest_bad", "stays newest_bad", "stays newest_bad"}},
		"nothing goes when the newest is away": {Retention{Last: 1}, here, []Entry{aged(1*day, missingOne), aged(2 * day), aged(3 * day)},
			[]string{"stays newest_bad", "stays newest_bad", "stays newest_bad"}},
		"nothing goes without rules": {Retention{}, here, []Entry{aged(1 * day), aged(2*day, safetyOne)},
			[]string{"stays no_rules", "stays no_rules"}},
		"what is proven, pinned or away stays": {Retention{Last: 1}, here, []Entry{aged(1 * day), aged(2*day, provenOne), aged(3*day, provenOne), aged(4*day, pinnedOne), aged(5*day, missingOne), aged(6*day, usbStick)},
			[]string{"stays last_good+last", "stays last_proven", "goes no_rule_keeps", "stays pinned", "stays missing", "stays elsewhere"}},
		"imported ones take no place, protect nothing, and stay": {Retention{Last: 1, MaxBytes: 150}, here, []Entry{aged(time.Hour, importedOne), aged(1 * day), aged(2*day, importedOne), aged(3 * day)},
			[]string{"stays imported", "stays last_good+last", "stays imported", "goes no_rule_keeps"}},
		"safety backups count for no rule, and go when their time is over": {Retention{Last: 1}, here, []Entry{aged(1*day, safetyOne), aged(2 * day), aged(6*day, safetyOne), aged(8*day, safetyOne)},
			[]string{"stays last_good+undo_time", "stays last_good+last", "stays undo_time", "goes undo_over"}},
		"safety backups for ever": {Retention{Last: 1}, Standing{Now: now, Repository: "/repo"}, []Entry{aged(1 * day), aged(900*day, safetyOne)},
			[]string{"stays last_good+last", "stays undo_time"}},
		"the way back of the last restore": {Retention{Last: 1}, Standing{Now: now, Repository: "/repo", UndoDays: 7, WaysBack: []string{aged(90 * day).Manifest.ID}}, []Entry{aged(1 * day), aged(2 * day), aged(90*day, safetyOne)},
			[]string{"stays last_good+last", "goes no_rule_keeps", "stays way_back"}},
		"age is a limit over the rules": {Retention{Yearly: 9, MaxAgeDays: 100}, here, []Entry{aged(1 * day), aged(101 * day), aged(400 * day)},
			[]string{"stays last_good+yearly", "goes no_rule_keeps", "goes too_old"}},
		"age alone": {Retention{MaxAgeDays: 10}, here, []Entry{aged(30 * day), aged(35 * day), aged(41 * day)},
			[]string{"stays last_good", "stays within_limits", "goes too_old"}},
		"one backup after a long time makes nothing old": {Retention{MaxAgeDays: 30}, here, []Entry{aged(time.Hour), aged(45 * day), aged(60 * day), aged(76 * day)},
			[]string{"stays last_good", "stays within_limits", "stays within_limits", "goes too_old"}},
		"two of them do": {Retention{MaxAgeDays: 30}, here, []Entry{aged(time.Hour), aged(1 * day), aged(45 * day), aged(60 * day)},
			[]string{"stays last_good", "stays within_limits", "goes too_old", "goes too_old"}},
		"a clock that was ahead ends the time of no safety backup": {Retention{Last: 2}, here, []Entry{aged(time.Hour), aged(400 * day), aged(401*day, safetyOne), aged(410*day, safetyOne)},
			[]string{"stays last_good+last", "stays last", "stays undo_time", "goes undo_over"}},
		"what is not there is not too much": {Retention{MaxBytes: 250}, here, []Entry{aged(1 * day), aged(2 * day), aged(3*day, missingOne), aged(4*day, missingOne)},
			[]string{"stays last_good", "stays within_limits", "stays missing", "stays missing"}},
		"the oldest go first when all is too much": {Retention{MaxBytes: 250}, here, []Entry{aged(1 * day), aged(2 * day), aged(3*day, pinnedOne), aged(4 * day)},
			[]string{"stays last_good", "goes too_much", "stays pinned", "goes too_much"}},
		"the last good one stays however large": {Retention{MaxBytes: 1}, here, []Entry{aged(1 * day)}, []string{"stays last_good"}},
		"what comes from the future waits until its time": {Retention{Last: 1}, here, []Entry{aged(-90 * day), aged(1 * day), aged(2 * day)},
			[]string{"stays future", "stays last_good+last", "goes no_rule_keeps"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fates(t, c.rules, c.at, c.entries...); !slices.Equal(got, c.want) {
				t.Errorf("\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestDaysAreThoseOfTheZone(t *testing.T) {
	// 02:30 and 01:30 in UTC: 00:30 and 23:30 in Noronha, 23:30 and 22:30 in São Paulo.
	entries := []Entry{aged(9*time.Hour + 30*time.Minute), aged(10*time.Hour + 30*time.Minute)}
	for zone, stay := range map[string]int{"America/Noronha": 2, "America/Sao_Paulo": 1, "UTC": 1} {
		p, err := Retention{Daily: 5, Zone: zone}.Plan(entries, here)
		if err != nil || len(entries)-len(p.Going()) != stay {
			t.Errorf("%s: %d go, %v", zone, len(p.Going()), err)
		}
	}
}

func TestTheHourThatComesTwiceIsTwoHours(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	first := time.Date(2026, 11, 1, 5, 30, 0, 0, time.UTC) // 01:30 EDT, and an hour later 01:30 EST
	entries := []Entry{aged(now.Sub(first)), aged(now.Sub(first.Add(time.Hour)))}
	p, err := Retention{Hourly: 2, Zone: zone.String()}.Plan(entries, here)
	if err != nil || len(p.Going()) != 0 {
		t.Errorf("%v goes, %v", p.Going(), err)
	}
}

func TestRulesThatCanNotBeMeantAreRefused(t *testing.T) {
	for _, r := range []Retention{{Last: -1}, {Yearly: most + 1}, {MaxBytes: -1}, {Last: 1, Zone: "Mars/Olympus"}} {
		if errs.CodeOf(r.Check()) != errs.Invalid {
			t.Errorf("%+v passes", r)
		}
	}
}

// TestNoRulesAndNoHistoryLoseWhatIsNeeded tries random histories and random rules.
func TestNoRulesAndNoHistoryLoseWhatIsNeeded(t *testing.T) {
	for seed := range uint64(3000) {
		chance := rand.New(rand.NewPCG(seed, 7))
		history := randomHistory(chance)
		rules := randomRules(chance)
		s := Standing{Now: now, Repository: "/repo", UndoDays: chance.IntN(10)}
		for range chance.IntN(3) {
			if len(history) > 0 {
				s.WaysBack = append(s.WaysBack, history[chance.IntN(len(history))].Manifest.ID)
			}
		}
		p, err := rules.Plan(history, s)
		if err != nil || len(p.Fates) != len(history) {
			t.Fatalf("seed %d: %d fates of %d, %v", seed, len(p.Fates), len(history), err)
		}
		if wrong := lost(p, s); wrong != "" {
			t.Fatalf("seed %d: %s\nrules %+v", seed, wrong, rules)
		}
		// What stays is what would stay: pruning again removes nothing more.
		left := []Entry{}
		for _, f := range p.Fates {
			if !f.Goes {
				left = append(left, f.Entry)
			}
		}
		if again, err := rules.Plan(left, s); err != nil || len(again.Going()) > 0 {
			t.Fatalf("seed %d: %d go the second time, %v\nrules %+v", seed, len(again.Going()), err, rules)
		}
	}
}

// lost says what a pruning takes away that it must not.
func lost(p Pruning, s Standing) string {
	newest, lastGood, lastProven := true, true, true
	bad := false
	for _, f := range p.Fates {
		e := f.Entry
		if len(f.Why) == 0 {
			return fmt.Sprintf("%s has no reason", e.Manifest.ID)
		}
		set := e.Manifest.CreatedAt.After(s.Now) || e.File != "" && !inside(e.File, s.Repository)
		if newest && !set {
			newest, bad = false, !e.State.Sound()
		}
		needed := bad || set || e.Pinned || slices.Contains(s.WaysBack, e.Manifest.ID) || e.State == "missing" ||
			e.Manifest.Purpose == Safety && (s.UndoDays == 0 || s.Now.Sub(e.Manifest.CreatedAt) < days(s.UndoDays))
		if e.State.Sound() && !set {
			needed = needed || lastGood || lastProven && e.State == Proven
			lastGood, lastProven = false, lastProven && e.State != Proven
		}
		if needed && f.Goes {
			return fmt.Sprintf("%s goes for %v", e.Manifest.ID, f.Why)
		}
	}
	return ""
}

func randomHistory(chance *rand.Rand) (history []Entry) {
	changes := []func(*Entry){failedOne, safetyOne, pinnedOne, provenOne, missingOne, usbStick, func(e *Entry) { e.State, e.File = Failed, "" }}
	for i := range chance.IntN(60) {
		e := aged(time.Duration(chance.Int64N(int64(1000*day)))-time.Duration(chance.IntN(20)/19)*500*day, func(e *Entry) { e.Manifest.Bytes = chance.Int64N(1000) })
		e.Manifest.ID += fmt.Sprint("-", i)
		for range chance.IntN(3) {
			if chance.IntN(2) == 0 {
				changes[chance.IntN(len(changes))](&e)
			}
		}
		history = append(history, e)
	}
	return history
}

func randomRules(chance *rand.Rand) Retention {
	r := Retention{Zone: []string{"UTC", "America/Sao_Paulo", "Asia/Kathmandu", ""}[chance.IntN(4)]}
	for _, n := range []*int{&r.Last, &r.Hourly, &r.Daily, &r.Weekly, &r.Monthly, &r.Yearly, &r.MaxAgeDays} {
		if chance.IntN(3) == 0 {
			*n = chance.IntN(20)
		}
	}
	if chance.IntN(3) == 0 {
		r.MaxBytes = chance.Int64N(10000)
	}
	return r
}
