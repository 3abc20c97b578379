package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

// TestACrashAtAnyStatementIsSettled dies before and after statements of ours: each
// of a swap, and some of those that build (with COFRE_TORTURE, each).
func TestACrashAtAnyStatementIsSettled(t *testing.T) {
	c := testdb.Postgres(t)
	e := &Engine{}
	build := func(t *testing.T, through, _ backup.Target, file string, names backup.Names) error {
		_, err := e.BuildAside(t.Context(), through, file, names, unheard)
		return err
	}
	swap := func(t *testing.T, through, direct backup.Target, file string, names backup.Names) error {
		if err := build(t, direct, direct, file, names); err != nil {
			t.Fatal(err)
		}
		return e.Swap(t.Context(), through, names)
	}
	step := 9
	if os.Getenv("COFRE_TORTURE") != "" {
		step = 1
	}
	for name, try := range map[string]struct {
		do   func(t *testing.T, through, direct backup.Target, file string, names backup.Names) error
		step int
	}{"while it builds": {build, step}, "while it swaps": {swap, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := c.Database(t)
			of := target(url)
			forgetSides(t, c, of)
			testdb.Exec(t, url, "CREATE SCHEMA s; CREATE TABLE s.a (n int PRIMARY KEY); INSERT INTO s.a VALUES (1), (2)")
			testdb.Exec(t, url, "COMMENT ON DATABASE "+quote(of.Name)+" IS 'the shop'")
			file, _ := dump(t, url)
			way := testdb.NewCutter(t, c)
			died := map[backup.Side]int{}
			for _, after := range []bool{false, true} {
				for at := 1; ; at += try.step {
					testdb.Exec(t, url, "INSERT INTO s.a VALUES (3) ON CONFLICT DO NOTHING")
					names := e.NamesFor(of, sideTime.Add(time.Duration(at)*time.Second))
					way.Cut(at, after)
					err := try.do(t, target(way.URL(url)), of, file, names)
					over := way.Seen() < at
					way.Heal()
					died[settled(t, c, of, names, err)]++
					if t.Failed() {
						t.Fatalf("at statement %d (after its answer: %v)", at, after)
					}
					if over {
						break
					}
				}
			}
			t.Logf("died %v", died)
		})
	}
}

// settled settles what a crash has left, twice, and looks at all that is there.
func settled(t *testing.T, c *testdb.Cluster, of backup.Target, names backup.Names, err error) backup.Side {
	t.Helper()
	e := &Engine{}
	var first backup.Side
	for range 2 {
		side, err := e.Settle(t.Context(), of, names)
		if err != nil {
			t.Fatal(err)
		}
		if first != "" && side != first {
			t.Errorf("settled as %s, then as %s", first, side)
		}
		first = side
	}
	holds := fmt.Sprint(testdb.Query(t, of.URL, "SELECT n FROM s.a ORDER BY 1"))
	if want := map[backup.Side]string{backup.OldSide: "[1 2 3]", backup.NewSide: "[1 2]"}[first]; holds != want {
		t.Errorf("settled as %s, but the database holds %s", first, holds)
	}
	if remark := testdb.Query(t, of.URL, "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"); remark[0] != "the shop" {
		t.Errorf("its comment is %q", remark)
	}
	if first == backup.NewSide {
		if err := e.DropAside(t.Context(), of, names.Before); err != nil {
			t.Error(err)
		}
	}
	if left := sideDatabases(t, c, of); len(left) > 0 {
		t.Errorf("left over: %v (error was %v)", left, err)
	}
	return first
}

// TestCancellingABuildLeavesNothing cancels at reports and at times. One that comes
// when all is done finds the whole database, which the caller then drops.
func TestCancellingABuildLeavesNothing(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	of := target(url)
	forgetSides(t, c, of)
	testdb.Exec(t, url, bigTwins)
	file, held := dump(t, url)
	e := &Engine{}
	names := e.NamesFor(of, sideTime)
	build := func(ctx context.Context, p backup.Progress) time.Duration {
		began := time.Now()
		built, err := e.BuildAside(ctx, of, file, names, p)
		took := time.Since(began)
		if err != nil && (ctx.Err() == nil || !errors.Is(err, context.Canceled)) {
			t.Errorf("error = %v", err)
		}
		if err == nil {
			if !slices.Equal(built.Tables, held.Tables) {
				t.Errorf("built %v, want %v", built.Tables, held.Tables)
			}
			err = e.DropAside(t.Context(), of, names.Aside)
			if err != nil {
				t.Error(err)
			}
		}
		if left := sideDatabases(t, c, of); len(left) > 0 {
			t.Fatalf("left over: %v", left)
		}
		return took
	}
	whole := build(t.Context(), unheard)
	const parts = 12
	for i := range parts {
		ctx, cancel := context.WithCancel(t.Context())
		timer := time.AfterFunc(whole*time.Duration(i)/parts, cancel)
		build(ctx, unheard)
		timer.Stop()
		cancel()
	}
	for at := range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		reports := 0
		build(ctx, func(backup.Update) {
			if reports++; reports > at {
				cancel()
			}
		})
		cancel()
	}
}

// bigTwins are enough rows for several connections.
const bigTwins = `
CREATE TABLE left_twin (n serial PRIMARY KEY, filler text);
CREATE TABLE right_twin (n serial PRIMARY KEY, filler text);
INSERT INTO left_twin (filler) SELECT repeat(md5(n::text), 4) FROM generate_series(1, 60000) n;
INSERT INTO right_twin (filler) SELECT filler FROM left_twin;
`
