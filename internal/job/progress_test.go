package job

import (
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"
)

func near(got, want, by float64) bool { return math.Abs(got-want) <= by }

func TestPercentWeighsStepsByTheTimeThatTheyAreExpectedToTake(t *testing.T) {
	second := func(n int) time.Duration { return time.Duration(n) * time.Second }
	tests := []struct {
		about string
		steps []step
		at    int
		part  float64
		want  float64
	}{
		{"nothing begun", []step{{}, {}}, -1, -1, -1},
		{"no total and nothing done", []step{{state: active}, {}}, 0, -1, -1},
		{"equal weights", []step{{state: done}, {state: active}}, 1, 0.5, 75},
		{"expected times", []step{{state: done, expected: second(1)}, {state: active, expected: second(9)}}, 1, 0.5, 55},
		{"one that is not known weighs as the mean", []step{{state: done, expected: second(2)}, {state: active}, {expected: second(4)}}, 1, 1, 100 * 5.0 / 9},
		{"no total: what is done before counts", []step{{state: done}, {state: active}}, 1, -1, 50},
		{"all done", []step{{state: done}, {state: done}}, 1, -1, 100},
	}
	for _, x := range tests {
		if got := whole(x.steps, x.at, x.part); !near(got, x.want, 1e-9) {
			t.Errorf("%s: %v, want %v", x.about, got, x.want)
		}
	}
}

func TestPercentNeverGoesBack(t *testing.T) {
	s := newStage()
	s.run(t, named("apply"), func(ctx context.Context, r *Reporter) error {
		r.Step("apply")
		r.Update(80, 100, "pages", "")
		if x, _ := s.Current(); x.Percent != 80 {
			t.Errorf("%v %%", x.Percent)
		}
		r.Update(80, 200, "pages", "") // the database grew
		if x, _ := s.Current(); x.Percent != 80 {
			t.Errorf("%v %% after the total grew", x.Percent)
		}
		r.Step("undo") // nobody had foreseen it
		if x, _ := s.Current(); x.Percent != 80 {
			t.Errorf("%v %% after a further step", x.Percent)
		}
		return nil
	})
}

func TestRateIsSmoothedAndTimeLeftFollowsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		steps := []StepView{{Name: "dump", ExpectedMS: 10_000}, {Name: "reread", ExpectedMS: 5_000}}
		s.run(t, steps, func(ctx context.Context, r *Reporter) error {
			r.Step("dump")
			if x, _ := s.Current(); x.LeftMS != 15_000 || x.Rate != 0 {
				t.Errorf("before the first count: %d ms left, rate %v", x.LeftMS, x.Rate)
			}
			for i := range int64(51) { // 1,000 rows a second, of 10,000
				r.Update(i*100, 10_000, "rows", "users")
				pass(100 * time.Millisecond)
			}
			x, _ := s.Current()
			if !near(x.Rate, 1000, 1) || !near(float64(x.LeftMS), 10_000, 200) {
				t.Errorf("half way: rate %v, %d ms left", x.Rate, x.LeftMS)
			}
			pass(2 * time.Second)
			r.Update(5100, 10_000, "rows", "users") // a slow table
			if x, _ := s.Current(); x.Rate < 500 || x.Rate > 900 {
				t.Errorf("one slow report moves the rate to %v at once", x.Rate)
			}
			r.Step("reread")
			pass(2 * time.Second)
			if x, _ := s.Current(); x.LeftMS != 3_000 || x.Rate != 0 || x.Done != 0 {
				t.Errorf("in a step without counts: %+v", x)
			}
			pass(10 * time.Second)
			if x, _ := s.Current(); x.LeftMS != 0 {
				t.Errorf("a step that takes longer than expected: %d ms left", x.LeftMS)
			}
			return nil
		})
	})
}

func TestTimeLeftIsUnknownWhereAStepsTimeIs(t *testing.T) {
	s := newStage()
	s.run(t, []StepView{{Name: "dump"}, {Name: "reread", ExpectedMS: 5}}, func(ctx context.Context, r *Reporter) error {
		r.Step("dump")
		if x, _ := s.Current(); x.LeftMS != -1 || x.Percent != -1 {
			t.Errorf("%d ms left, %v %%", x.LeftMS, x.Percent)
		}
		return nil
	})
}

func TestABurstOfReportsDoesNotMakeARate(t *testing.T) {
	var c counter
	at := time.Unix(0, 0)
	for i := range int64(100) {
		c.add(i*1000, 0, "rows", "x", at.Add(time.Duration(i)*time.Microsecond))
	}
	if c.rate != 0 {
		t.Errorf("rate %v after 100 µs", c.rate)
	}
	c.add(100_000, 0, "rows", "x", at.Add(time.Second))
	if !near(c.rate, 100_000, 1) {
		t.Errorf("rate %v after a second", c.rate)
	}
	c.add(5, 0, "bytes", "x", at.Add(2*time.Second))
	if c.rate != 0 {
		t.Errorf("rate %v after the unit changed", c.rate)
	}
}
