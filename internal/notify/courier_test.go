package notify_test

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cofre/internal/errs"
	"cofre/internal/notify"
	"cofre/internal/state"
	"cofre/internal/text"
)

// office is a courier over a real state.db, with a clock that the test moves.
type office struct {
	*notify.Courier
	t      *testing.T
	now    *time.Time
	path   string
	secret notify.Secret
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func openOffice(t *testing.T, path string, now *time.Time, secret notify.Secret) *office {
	t.Helper()
	db, err := state.Open(t.Context(), path, func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	o := &office{t: t, now: now, path: path, secret: secret}
	o.Courier = &notify.Courier{Book: db.Notices(), Sender: &notify.Sender{Timeout: 5 * time.Second}, Now: func() time.Time { return *now }, Computer: "host",
		Words: func(l string) notify.Words { return text.For(text.Language(l)) }, Secret: func(string) (notify.Secret, error) { return secret, nil }}
	return o
}

func newOffice(t *testing.T, secret notify.Secret, channels ...notify.Channel) *office {
	now := noon
	o := openOffice(t, filepath.Join(t.TempDir(), "state.db"), &now, secret)
	for _, c := range channels {
		if err := o.Book.Put(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func hook(id string, events ...notify.Event) notify.Channel {
	return notify.Channel{ID: id, Name: id, Kind: notify.Webhook, Form: notify.Slack, Events: events, Language: "en", Shown: "127.0.0.1"}
}

// happens puts one event into the queue of whoever hears of it.
func (o *office) happens(e notify.Event, database string) {
	o.t.Helper()
	channels, err := o.Book.Channels(o.t.Context())
	if err == nil {
		err = o.Book.Add(o.t.Context(), notify.For(channels, notify.Notice{Event: e, What: "backup", At: *o.now, Subject: notify.Subject{Key: database, Name: database},
			Lines: []notify.Line{{Key: "notify.line.last_good", Args: errs.Args{"last_at": o.now.UnixMilli()}}}})...)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) pass() time.Time {
	o.t.Helper()
	next, err := o.Pass(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return next
}

func (o *office) states() map[notify.State]int {
	o.t.Helper()
	all, err := o.Book.Recent(o.t.Context(), 1000)
	if err != nil {
		o.t.Fatal(err)
	}
	count := map[notify.State]int{}
	for _, n := range all {
		count[n.State]++
	}
	return count
}

func TestOneOfAKindIsSentAnHourThenASummary(t *testing.T) {
	r := receive(t, nil)
	o := newOffice(t, notify.Secret{URL: r.URL}, hook("team", notify.Failure, notify.Anomaly))
	for i := range 30 { // every ten minutes for five hours
		o.happens(notify.Failure, "app")
		if i == 1 {
			o.happens(notify.Anomaly, "app")
			o.happens(notify.Failure, "shop")
			o.happens(notify.Success, "app") // nobody asked for it
		}
		o.pass()
		*o.now = o.now.Add(10 * time.Minute)
	}
	counts := map[string]int{}
	for _, got := range r.received() {
		what := "once"
		for _, sign := range []string{"shop", "seem to be missing", "(6 times)"} {
			if strings.Contains(got, sign) {
				what = sign
			}
		}
		counts[what]++
	}
	if want := map[string]int{"once": 1, "(6 times)": 4, "shop": 1, "seem to be missing": 1}; fmt.Sprint(counts) != fmt.Sprint(want) {
		t.Errorf("%v\n%s", counts, strings.Join(r.received(), "\n"))
	}
	next := o.pass()
	if want := noon.Add(5 * time.Hour); !next.Equal(want) && !o.now.Equal(want) {
		t.Errorf("next at %v", next)
	}
}

func TestAServerThatIsBrokenForADayGetsASummaryAfterIt(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
		if broken.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	o := newOffice(t, notify.Secret{URL: r.URL}, hook("team", notify.Failure))
	for range 24 * 12 {
		if o.now.Minute() == 0 {
			o.happens(notify.Failure, "app")
		}
		o.pass()
		*o.now = o.now.Add(5 * time.Minute)
	}
	tries := len(r.received())
	if tries < 24 || tries > 35 || o.states()[notify.Waiting] != 24 {
		t.Errorf("%d attempts in a day; %v", tries, o.states())
	}
	if stuck, err := o.Book.Unsent(t.Context()); err != nil || len(stuck) == 0 || stuck[0].Failure == nil || stuck[0].Failure.Reason != "notify.http_later" {
		t.Errorf("%v, %v", stuck, err)
	}
	// The computer is switched off and on meanwhile.
	broken.Store(false)
	o = openOffice(t, o.path, o.now, o.secret)
	*o.now = o.now.Add(time.Hour)
	o.pass()
	if got := r.received(); len(got) != tries+1 || !strings.Contains(got[tries], "(24 times)") || o.states()[notify.Sent] != 24 {
		t.Errorf("%d deliveries, %v", len(got)-tries, o.states())
	}
}

func TestWhatCanNotBeDeliveredIsGivenUpAndToldOnTheOtherChannels(t *testing.T) {
	r := receive(t, func(w http.ResponseWriter, q *http.Request) {
		if strings.HasPrefix(q.URL.Path, "/broken") {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	o := newOffice(t, notify.Secret{}, hook("broken", notify.Failure), hook("well", notify.Failure))
	o.Secret = func(id string) (notify.Secret, error) { return notify.Secret{URL: r.URL + "/" + id}, nil }
	o.happens(notify.Failure, "app")
	for range 4 * 24 {
		o.pass()
		*o.now = o.now.Add(time.Hour)
	}
	var broken, told int
	for _, got := range r.received() {
		if strings.HasPrefix(got, "POST /broken") {
			broken++
		}
		if strings.Contains(got, "do not arrive") {
			told++
		}
	}
	if o.states()[notify.GivenUp] != 1 || told != 1 || broken < 8 || broken > 30 {
		t.Errorf("%v, told %d times, tried %d times", o.states(), told, broken)
	}
}

func TestAChannelThatIsDeadIsToldOfWhileNewNoticesKeepComing(t *testing.T) {
	r := receive(t, func(w http.ResponseWriter, q *http.Request) {
		if strings.HasPrefix(q.URL.Path, "/broken") {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	o := newOffice(t, notify.Secret{}, hook("broken", notify.Failure), hook("well", notify.Failure))
	o.Secret = func(id string) (notify.Secret, error) { return notify.Secret{URL: r.URL + "/" + id}, nil }
	for hour := range 6 * 24 {
		if hour%24 == 0 {
			o.happens(notify.Failure, "app")
		}
		o.pass()
		*o.now = o.now.Add(time.Hour)
	}
	told := 0
	for _, got := range r.received() {
		if strings.Contains(got, "do not arrive") {
			told++
		}
	}
	if o.states()[notify.GivenUp] < 2 || told == 0 {
		t.Errorf("%v, told %d times", o.states(), told)
	}
}

func TestTwoProcessesSendNothingTwice(t *testing.T) {
	r := receive(t, nil)
	first := newOffice(t, notify.Secret{URL: r.URL}, hook("team", notify.Failure, notify.Anomaly, notify.Silence))
	all := []*office{first}
	for range 3 {
		all = append(all, openOffice(t, first.path, first.now, first.secret))
	}
	const databases = 8
	for i := range databases {
		first.happens(notify.Failure, fmt.Sprint("f", i))
		first.happens(notify.Anomaly, fmt.Sprint("a", i))
	}
	var working sync.WaitGroup
	for _, o := range all {
		working.Go(func() {
			if _, err := o.Pass(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	working.Wait()
	seen := map[string]bool{}
	for _, got := range r.received() {
		if seen[got] {
			t.Errorf("twice: %s", got)
		}
		seen[got] = true
	}
	if len(seen) != 2*databases || first.states()[notify.Sent] != 2*databases {
		t.Errorf("%d were sent, %v", len(seen), first.states())
	}
}

func TestWhatAProcessThatWasKilledHadClaimedIsSentByAnother(t *testing.T) {
	r := receive(t, nil)
	o := newOffice(t, notify.Secret{URL: r.URL}, hook("team", notify.Failure))
	o.happens(notify.Failure, "app")
	err := o.Book.Claim(t.Context(), "team", noon, func(waiting []notify.Notice, _ map[notify.Key]time.Time) []notify.Notice {
		waiting[0].Claimed = noon.Add(10 * time.Minute)
		return waiting
	})
	if err != nil {
		t.Fatal(err)
	}
	if next := o.pass(); !next.Equal(noon.Add(10*time.Minute)) || len(r.received()) > 0 {
		t.Errorf("while it may still be sending: next at %v, %d sent", next, len(r.received()))
	}
	*o.now = noon.Add(-time.Hour) // nobody claims for so long: the clock was set back
	o.pass()
	if len(r.received()) != 1 {
		t.Error("it waits for a clock that was set back")
	}
}

func TestPingsAreNotHeldBackAndTheNewestIsEnough(t *testing.T) {
	var away atomic.Bool
	r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
		if away.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	o := newOffice(t, notify.Secret{URL: r.URL + "/p"}, notify.Channel{ID: "p", Name: "p", Kind: notify.Ping, Events: []notify.Event{notify.Success, notify.Failure}, Language: "en"})
	for range 2 {
		o.happens(notify.Start, "app")
		o.pass()
		o.happens(notify.Success, "app")
		o.pass()
	}
	away.Store(true)
	o.happens(notify.Start, "app")
	o.pass()
	o.happens(notify.Failure, "app")
	o.happens(notify.Silence, "app") // its receiver finds that by itself
	away.Store(false)
	*o.now = o.now.Add(2 * time.Hour)
	o.pass()
	var paths []string
	for _, got := range r.received() {
		paths = append(paths, strings.TrimPrefix(strings.SplitN(got, "\n", 2)[0], "POST "))
	}
	if got := strings.Join(paths, " "); got != "/p/start /p /p/start /p /p/start /p/fail" {
		t.Error(got)
	}
	if s := o.states(); s[notify.Passed] != 1 || s[notify.Sent] != 5 {
		t.Error(s)
	}
}

func TestAChangedChannelIsTriedAtOnceAndARemovedOneTakesItsNoticesAlong(t *testing.T) {
	r := receive(t, nil)
	o := newOffice(t, notify.Secret{}, hook("team", notify.Failure))
	o.Secret = func(string) (notify.Secret, error) { return notify.Secret{}, errors.New("locked") }
	o.happens(notify.Failure, "app")
	o.pass()
	o.Secret = func(string) (notify.Secret, error) { return notify.Secret{URL: r.URL}, nil }
	o.pass()
	if len(r.received()) > 0 {
		t.Error("it had no pause")
	}
	if err := o.Book.Put(t.Context(), hook("team", notify.Failure)); err != nil {
		t.Fatal(err)
	}
	if o.pass(); len(r.received()) != 1 {
		t.Error("it was not tried at once")
	}
	if err := o.Book.Put(t.Context(), hook("TEAM", notify.Failure)); errs.Of(err) == nil {
		_ = err
	}
	if err := o.Book.Remove(t.Context(), "team"); err != nil || len(o.states()) > 0 && o.states()[notify.Sent] > 0 {
		t.Errorf("%v, %v", err, o.states())
	}
}
