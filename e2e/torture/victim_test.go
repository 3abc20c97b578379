package torture

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// scenario is an operation to be killed.
type scenario struct {
	name   string
	open   func(t *testing.T) database
	source func(t *testing.T) database // what backups are made of; nil: the database itself
	undo   bool                        // kill the undo, not the restore
}

// database is one that is restored into.
type database interface {
	url() string
	// fill gives it the first or the second of two contents.
	fill(t *testing.T, which int)
	// content is all that it holds, as text; a database that is not sound fails the test.
	content(t *testing.T) string
	// prepare is called before each round: it may remove what is kept on purpose.
	prepare(t *testing.T, round int)
	// leftovers names what should not be around it when its content was or was not replaced.
	leftovers(t *testing.T, replaced bool) []string
}

// victim is a scenario while it is being killed.
type victim struct {
	scenario
	tally
	home    string
	options []string // of the backups
	chance  *rand.Rand
	db      database
	backups [2]string // of two contents
	holds   [2]string // what the database then holds
	now     int       // which of them it holds
	rounds  int
	told    string // the interrupted job that was last told of

	points []moment      // the start and the steps of a run in peace
	whole  time.Duration // of it
	mends  time.Duration // of a recovery
}

// prepare makes the two backups and restores each in peace.
func (v *victim) prepare(t *testing.T) {
	v.db = v.open(t)
	from := v.db
	if v.source != nil {
		from = v.source(t)
	}
	for i := range v.backups {
		from.fill(t, i)
		var made struct{ ID string }
		decode(t, peace(t, v.home, append([]string{"backup", "--db", from.url()}, v.options...)...).out, &made)
		v.backups[i] = made.ID
	}
	for i := range v.backups {
		v.db.prepare(t, i)
		v.restore(t, i)
		v.holds[i] = v.db.content(t)
	}
	if v.holds[0] == v.holds[1] {
		t.Fatal("the two contents are equal")
	}
	measured := peace(t, v.home, v.attack()...)
	v.points, v.whole = append([]moment{{}}, measured.moments...), measured.took
	v.now = 0
	if now := v.db.content(t); now != v.holds[0] {
		t.Fatalf("in peace, %s leaves\n%s\nwant\n%s", v.name, now, v.holds[0])
	}
	v.mends = peace(t, v.home, "info", "--db", v.db.url()).took
}

// restore restores a backup in peace.
func (v *victim) restore(t *testing.T, which int) {
	t.Helper()
	peace(t, v.home, "restore", v.backups[which], "--db", v.db.url(), "--yes", "--migrate")
	v.now = which
}

// attack is the command that is killed: it makes the database hold the other content.
func (v *victim) attack() []string {
	if v.undo {
		return []string{"undo", "--db", v.db.url(), "--yes"}
	}
	return []string{"restore", v.backups[1-v.now], "--db", v.db.url(), "--yes", "--migrate"}
}

// moment picks when to kill: the steps in turn, first as they begin, then anywhere
// in the time that they usually take.
func (v *victim) moment() interruption {
	at := v.rounds % len(v.points)
	point, until := v.points[at], v.whole
	if at+1 < len(v.points) {
		until = v.points[at+1].after
	}
	if v.rounds < len(v.points) {
		return interruption{step: point.step}
	}
	return interruption{step: point.step, after: time.Duration(v.chance.Int64N(int64(until-point.after) + 1))}
}

// round kills once, recovers and looks.
func (v *victim) round(t *testing.T) {
	v.ready(t)
	before, kill := v.now, v.moment()
	v.rounds++
	attacked := run(t, v.home, &kill, v.attack()...)
	if attacked.code != -1 && attacked.code != 0 {
		t.Fatalf("%v ended with %d:\n%s%s", v.attack(), attacked.code, attacked.out, attacked.err)
	}
	said, ok := v.look(t, fmt.Sprintf("killed at %q + %v", kill.step, kill.after), before)
	if attacked.code != -1 || !ok {
		return
	}
	v.kills++
	if v.now == before {
		v.oldContent++
	} else {
		v.newContent++
	}
	if said != "" {
		v.recovered++
	}
}

// ready makes the database one that the attack can change.
func (v *victim) ready(t *testing.T) {
	t.Helper()
	v.db.prepare(t, v.rounds)
	if v.undo {
		v.restore(t, 1-v.now)
		v.db.leftovers(t, true) // remembers what there should be
	}
}

// look lets the next command recover, and then looks at everything. It returns what
// that command said of an interrupted job, and false where the content is mixed.
func (v *victim) look(t *testing.T, what string, before int) (said string, ok bool) {
	t.Helper()
	said = v.recover(t)
	now := slices.Index(v.holds[:], v.db.content(t))
	if now < 0 {
		v.mixed++
		t.Errorf("%s: neither the old nor the new content:\n%s", what, v.db.content(t))
		return said, false
	}
	v.now = now
	if said != "" && said != "unknown" && said != map[bool]string{true: "old", false: "new"}[now == before] {
		t.Errorf("%s: it says %q", what, said)
	}
	if left := append(v.db.leftovers(t, now != before), v.files(t)...); len(left) > 0 {
		v.leftovers++
		t.Errorf("%s: left over: %q", what, left)
	}
	return said, true
}

// recover runs the next command, which may be killed, too, and returns which content
// it says there is, "" where nothing was cut off.
func (v *victim) recover(t *testing.T) string {
	mend := [][]string{{"info", "--db", v.db.url()}, {"restore", v.backups[0], "--db", v.db.url(), "--dry-run", "--migrate"}}[v.rounds%2]
	if v.rounds%4 == 0 {
		run(t, v.home, &interruption{after: time.Duration(v.chance.Int64N(int64(v.mends)))}, mend...)
	}
	e := run(t, v.home, nil, mend...)
	if e.code != 0 {
		t.Fatalf("the next command, %v, ends with %d:\n%s%s", mend, e.code, e.out, e.err)
	}
	// The database itself is not among what is known at the start: the command after it says which side.
	first, _, _ := strings.Cut(peace(t, v.home, "list").err, "\n")
	var notice struct{ Interrupted struct{ Job, State string } }
	json.Unmarshal([]byte(first), &notice) // nothing was cut off: there is none
	if notice.Interrupted.Job == v.told {  // of an earlier round: this time no job had begun
		return ""
	}
	v.told = notice.Interrupted.Job
	return notice.Interrupted.State
}

// files are what an unfinished job leaves in Cofre's own folders: nothing, and in
// the repository nothing that the catalogue does not know.
func (v *victim) files(t *testing.T) []string {
	var list struct {
		Backups []struct{ File, State string }
	}
	decode(t, peace(t, v.home, "list").out, &list)
	known := map[string]bool{}
	var left []string
	for _, b := range list.Backups {
		known[b.File], known[b.File+".json"] = true, true
		if b.File != "" && b.State != "good" { // without a file it could not be made
			left = append(left, b.File+" is "+b.State)
		}
	}
	for _, pattern := range []string{"*/.cofre-partial-*", "*/*/.cofre-partial-*", "*/work/*", "*/*/work/*", "backups/*"} {
		found, err := filepath.Glob(filepath.Join(v.home, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			if !known[path] {
				left = append(left, path)
			}
		}
	}
	slices.Sort(left)
	return slices.Compact(left)
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}
