// Package torture kills the finished program at every step of a restore and at
// random moments, lets the next command recover, kills that one now and then, and
// looks at the database and around it: all of the old content or all of the new,
// and nothing left over.
//
// COFRE_TORTURE is how often per scenario (20), COFRE_SEED which moments.
package torture

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cofre/internal/testdb"
)

func TestMain(m *testing.M) {
	testdb.Main(m)
	os.RemoveAll(built.folder)
}

// tally is what came of the kills of one scenario.
type tally struct {
	of                                                         string
	kills, oldContent, newContent, recovered, mixed, leftovers int
}

func TestAKillAtAnyMomentLeavesAllOfTheOldOrAllOfTheNew(t *testing.T) {
	kills := setting(t, "COFRE_TORTURE", 20)
	seed := setting(t, "COFRE_SEED", int(time.Now().UnixNano()%1e6))
	var mu sync.Mutex
	var table []tally
	t.Run("scenarios", func(t *testing.T) {
		for i, s := range scenarios {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				v := &victim{scenario: s, home: t.TempDir(), chance: rand.New(rand.NewPCG(uint64(seed), uint64(i))), tally: tally{of: s.name}}
				defer func() {
					mu.Lock()
					defer mu.Unlock()
					table = append(table, v.tally)
				}()
				v.prepare(t)
				for v.kills < kills && !t.Failed() {
					v.round(t)
				}
			})
		}
	})
	slices.SortFunc(table, func(a, b tally) int { return strings.Compare(a.of, b.of) })
	var b strings.Builder
	fmt.Fprintf(&b, "SEED=%d\n%-44s %6s %6s %6s %10s %6s %10s\n", seed, "scenario", "kills", "old", "new", "recovered", "mixed", "leftovers")
	for _, l := range table {
		fmt.Fprintf(&b, "%-44s %6d %6d %6d %10d %6d %10d\n", l.of, l.kills, l.oldContent, l.newContent, l.recovered, l.mixed, l.leftovers)
	}
	t.Logf("\n%s", &b)
}

// setting reads a number from the environment.
func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%s is no number above 0", name, text)
	}
	return n
}
