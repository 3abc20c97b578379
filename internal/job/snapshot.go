package job

import "time"

// look returns a snapshot; false where there is no job.
func (j *run) look() (Snapshot, bool) {
	if j == nil {
		return Snapshot{}, false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.snapshot(j.clock()), true
}

// snapshot is called with j.mu held. It shares nothing with j that can change.
func (j *run) snapshot(now time.Time) Snapshot {
	s := Snapshot{
		ID: j.id, Revision: j.box.revision, Kind: j.kind, Target: j.target, State: j.state,
		StartedAt: j.started.UnixMilli(), Steps: make([]StepView, len(j.steps)),
		Percent: j.progress(), LeftMS: -1,
		Done: j.count.done, Total: j.count.total, Unit: j.count.unit, Item: j.count.item,
		Cancelling: j.cancelling, CanCancel: j.canCancel, Error: j.failure,
		Logged: j.logged(),
	}
	for i, t := range j.steps {
		took := t.took
		if t.state == active {
			took = now.Sub(t.began)
		}
		s.Steps[i] = StepView{Name: t.name, State: t.state, TookMS: took.Milliseconds(), ExpectedMS: t.expected.Milliseconds()}
	}
	if j.at >= 0 {
		s.Step = j.steps[j.at].name
	}
	if j.state != Running {
		s.EndedAt, s.LeftMS = j.ended.UnixMilli(), 0
		return s
	}
	s.Rate = j.count.rate
	if d, ok := left(j.steps, j.at, &j.count, now); ok {
		s.LeftMS = d.Milliseconds()
	}
	return s
}

// progress never goes back: a step that turns out to be longer, or one that was
// not foreseen, holds the bar where it is.
func (j *run) progress() float64 {
	if j.state == Succeeded {
		return 100
	}
	j.percent = max(j.percent, whole(j.steps, j.at, j.count.part()))
	return j.percent
}
