package job

import (
	"context"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"cofre/internal/errs"
)

// The states of a step.
const (
	todo   = "todo"
	active = "running"
	done   = "done"
	failed = "failed"
)

// logLines is how many lines of a job's log are kept.
const logLines = 1000

// run is one job, running or ended.
type run struct {
	id, kind, target string
	started          time.Time
	clock            func() time.Time
	emit             func(Snapshot)
	cancel           context.CancelFunc
	done             chan struct{}

	mu         sync.Mutex
	state      State
	ended      time.Time
	steps      []step
	at         int // index of the running step, or of the last one; -1 before the first
	count      counter
	percent    float64 // the highest so far
	cancelling bool
	canCancel  bool
	failure    *Failure
	log        []LogLine
	box        outbox
}

type step struct {
	name     string
	state    string
	began    time.Time
	took     time.Duration
	expected time.Duration // 0 unknown
}

func newRun(id, kind, target string, steps []StepView, now time.Time) *run {
	j := &run{id: id, kind: kind, target: target, started: now, done: make(chan struct{}),
		state: Running, at: -1, percent: -1, canCancel: true}
	j.box.idle.L = &j.mu
	for _, s := range steps {
		j.steps = append(j.steps, step{name: s.Name, state: todo, expected: time.Duration(s.ExpectedMS) * time.Millisecond})
	}
	return j
}

// change runs f under the lock, unless the job has ended: what a forgotten
// goroutine of it still reports then is dropped.
func (j *run) change(f func(now time.Time)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state == Running {
		f(j.clock())
	}
}

// enter ends the running step and begins the one of that name; a step that was
// not foreseen is put after the running one.
func (j *run) enter(name string, now time.Time) {
	j.leave(done, now)
	next := slices.IndexFunc(j.steps, func(s step) bool { return s.name == name && s.state == todo })
	if next < 0 {
		next = j.at + 1
		j.steps = slices.Insert(j.steps, next, step{name: name})
	}
	j.at = next
	j.steps[next].state, j.steps[next].began = active, now
	j.count = counter{}
}

// leave ends the running step, if there is one.
func (j *run) leave(state string, now time.Time) {
	if j.at >= 0 && j.steps[j.at].state == active {
		j.steps[j.at].state, j.steps[j.at].took = state, now.Sub(j.steps[j.at].began)
	}
}

// note adds a line to the log and forgets the oldest beyond logLines.
func (j *run) note(text string, now time.Time) {
	line := LogLine{N: j.logged() + 1, At: now.UnixMilli(), Text: text}
	if j.at >= 0 {
		line.Step = j.steps[j.at].name
	}
	if len(j.log) == logLines {
		j.log = slices.Delete(j.log, 0, 1)
	}
	j.log = append(j.log, line)
}

// logged is the number of the newest line.
func (j *run) logged() int64 {
	if len(j.log) == 0 {
		return 0
	}
	return j.log[len(j.log)-1].N
}

// lines returns those after the one of that number.
func (j *run) lines(after int64) []LogLine {
	j.mu.Lock()
	defer j.mu.Unlock()
	first := len(j.log) - int(min(int64(len(j.log)), max(0, j.logged()-after)))
	return append([]LogLine{}, j.log[first:]...)
}

// finish writes down how the job ended.
func (j *run) finish(err error) {
	j.change(func(now time.Time) {
		j.ended, j.canCancel, j.failure = now, false, FailureOf(err)
		switch {
		case err == nil:
			j.state = Succeeded
			j.leave(done, now)
		case errs.CodeOf(err) == errs.Cancelled:
			j.state = Cancelled
			j.leave(failed, now)
		default:
			j.state = Failed
			j.leave(failed, now)
		}
	})
}

// stop asks the job to end early.
func (j *run) stop() error {
	var err error
	j.change(func(time.Time) {
		if !j.canCancel && !j.cancelling {
			err = errs.New(errs.Busy, "job.no_cancel", nil)
			return
		}
		j.cancelling = true
		j.cancel()
	})
	if err == nil {
		j.publish()
	}
	return err
}

// busy is the same refusal as that of another process's lock.
func (j *run) busy() error {
	return errs.New(errs.Busy, "job.running", errs.Args{
		"kind": j.kind, "target": j.target, "since_at": j.started.UnixMilli(), "pid": strconv.Itoa(os.Getpid())})
}
