package torture

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"cofre/internal/testdb"
)

// patience is how long a run may take that has lost its server.
const patience = 2 * time.Minute

// methods are the ways in which content goes into a PostgreSQL database, each with
// the rights that lead to it.
var methods = []struct {
	name, attributes string
	source           func(t *testing.T) database
}{
	{"in one transaction", "", nil},
	{"aside and swapped", "CREATEDB", nil},
	{"from SQLite in one transaction", "", openSQLite},
	{"from SQLite aside and swapped", "CREATEDB", openSQLite},
}

// TestACutConnectionLeavesAllOfTheOldOrAllOfTheNew cuts every connection to the
// server at a statement, before it arrives and after its answer: at some of them,
// with COFRE_TORTURE at each.
func TestACutConnectionLeavesAllOfTheOldOrAllOfTheNew(t *testing.T) {
	for i, m := range methods {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			var way *testdb.Cutter
			open := func(t *testing.T) database {
				d := newPostgres(t, m.attributes)
				way = testdb.NewCutter(t, testdb.Postgres(t))
				d.address = way.URL(d.address)
				return d
			}
			v := &victim{scenario: scenario{open: open, source: m.source}, home: t.TempDir(), chance: rand.New(rand.NewPCG(1, uint64(i)))}
			v.prepare(t)
			for _, after := range []bool{false, true} {
				way.Heal()
				v.ready(t)
				peace(t, v.home, v.attack()...)
				v.now = 1 - v.now
				last := way.Seen() + 10 // a run may say a little more than another
				step := max(1, last/(1+setting(t, "COFRE_TORTURE", 5)))
				for at := 1 + v.chance.IntN(step); at <= last && !t.Failed(); at += step {
					v.cut(t, way, at, after)
				}
			}
			t.Logf("%d cuts: %d old, %d new", v.kills, v.oldContent, v.newContent)
		})
	}
}

// cut cuts once, and looks.
func (v *victim) cut(t *testing.T, way *testdb.Cutter, at int, after bool) {
	way.Heal()
	v.ready(t)
	v.rounds++
	before := v.now
	way.Cut(at, after)
	e := run(t, v.home, &interruption{after: patience}, v.attack()...)
	reached := way.Seen() >= at
	way.Heal()
	v.ending(t, fmt.Sprintf("cut at statement %d (after its answer: %v)", at, after), e, before, reached)
}

// ending looks at the database after a run that lost its server, and whether what
// the run said is so.
func (v *victim) ending(t *testing.T, what string, e ended, before int, disturbed bool) {
	var r struct{ Status string }
	if e.out != "" {
		decode(t, e.out, &r)
	}
	if e.code == -1 {
		t.Errorf("%s: it does not end", what)
	}
	if _, ok := v.look(t, what, before); !ok {
		return
	}
	v.kills++
	if v.now == before {
		v.oldContent++
	} else {
		v.newContent++
	}
	var wrong bool
	switch r.Status {
	case "succeeded":
		wrong = e.code != 0 || v.now == before
	case "untouched", "rolled_back":
		wrong = e.code == 0 || v.now != before
	case "damaged": // it could not look any more: that is said, with the safety backup
		wrong = e.code != 21
	default:
		wrong = true
	}
	if wrong || !disturbed && e.code != 0 || e.code == 1 || !worded(e) {
		t.Errorf("%s: exit %d, the database holds the new content: %v\n%s%s", what, e.code, v.now != before, e.out, e.err)
	}
}

// worded says whether a failure ends with one error in words.
func worded(e ended) bool {
	if e.code == 0 {
		return true
	}
	var p struct {
		Error struct{ Code, Message string }
	}
	json.Unmarshal([]byte(lastLine(e.err)), &p)
	return p.Error.Code != "" && p.Error.Message != ""
}

// TestAServerThatStopsLeavesAllOfTheOldOrAllOfTheNew stops the server at once, and
// starts it again, as each step begins.
func TestAServerThatStopsLeavesAllOfTheOldOrAllOfTheNew(t *testing.T) {
	for i, m := range methods {
		t.Run(m.name, func(t *testing.T) {
			c := testdb.Postgres(t)
			v := &victim{scenario: scenario{open: openPostgres(m.attributes), source: m.source}, home: t.TempDir(), chance: rand.New(rand.NewPCG(2, uint64(i)))}
			v.prepare(t)
			for v.rounds < len(v.points) && !t.Failed() {
				v.ready(t)
				before, kill := v.now, v.moment()
				v.rounds++
				kill.do = func() { c.Crash(t) }
				e := run(t, v.home, &kill, v.attack()...)
				v.ending(t, fmt.Sprintf("stopped at %q", kill.step), e, before, true)
			}
			t.Logf("%d stops: %d old, %d new", v.kills, v.oldContent, v.newContent)
		})
	}
}
