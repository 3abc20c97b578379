package job

import "time"

// Reporter is how a job tells what it does. Its methods may be called from any
// goroutine, and return as soon as emit does.
type Reporter struct{ j *run }

// ID of the job.
func (r *Reporter) ID() string { return r.j.id }

// Step ends the running step and begins the one of that name. Listeners have
// been told when it returns (unless another goroutine is just telling them).
func (r *Reporter) Step(name string) {
	r.j.change(func(now time.Time) { r.j.enter(name, now) })
	r.j.publish()
}

// StepFailed marks the running step as failed, for a job that goes on
// nevertheless, to take its change back. The next Step follows it.
func (r *Reporter) StepFailed() {
	r.j.change(func(now time.Time) { r.j.leave(failed, now) })
	r.j.publish()
}

// Update says how far the running step is: done of total (0 where it is not
// known) units, working on item.
func (r *Reporter) Update(done, total int64, unit, item string) {
	r.j.change(func(now time.Time) { r.j.count.add(done, total, unit, item, now) })
	r.j.publishSoon()
}

// Log adds a line to the job's log: names and counts, never a secret or a row.
func (r *Reporter) Log(text string) {
	r.j.change(func(now time.Time) { r.j.note(text, now) })
	r.j.publishSoon()
}

// NoCancel says that from here on the job can't be cancelled; a Cancel that came
// before stays.
func (r *Reporter) NoCancel() {
	r.j.change(func(time.Time) { r.j.canCancel = false })
	r.j.publish()
}
