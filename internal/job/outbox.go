package job

import (
	"sync"
	"time"
)

// pace is the shortest time between two snapshots that only count.
const pace = 100 * time.Millisecond

// outbox delivers snapshots one at a time and in order, without a goroutine of
// its own: whoever finds it idle delivers, and goes on as long as others have
// asked meanwhile. So emit may call the Runner. Its fields are guarded by run.mu.
type outbox struct {
	revision   int64
	wanted     bool
	delivering bool
	sent       time.Time
	later      *time.Timer // the delivery that pace has put off, or nil
	idle       sync.Cond
}

// publish delivers now.
func (j *run) publish() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.deliver()
}

// publishSoon delivers now, or as soon as pace allows.
func (j *run) publishSoon() {
	j.mu.Lock()
	defer j.mu.Unlock()
	wait := pace - j.clock().Sub(j.box.sent)
	if wait <= 0 {
		j.deliver()
	} else if j.box.later == nil {
		j.box.later = time.AfterFunc(min(wait, pace), j.flush)
	}
}

// flush is the delivery that was put off, unless another one went out since.
func (j *run) flush() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.box.later != nil {
		j.deliver()
	}
}

// deliver is called with j.mu held and lets go of it while emit runs.
func (j *run) deliver() {
	box := &j.box
	box.wanted = true
	if box.delivering {
		return
	}
	box.delivering = true
	defer func() {
		box.delivering = false
		box.idle.Broadcast()
	}()
	for box.wanted {
		box.wanted = false
		if box.later != nil {
			box.later.Stop()
			box.later = nil
		}
		box.revision++
		box.sent = j.clock()
		j.tell(j.snapshot(box.sent))
	}
}

func (j *run) tell(s Snapshot) {
	j.mu.Unlock()
	defer j.mu.Lock()
	j.emit(s)
}

// drain returns when nothing is being delivered.
func (j *run) drain() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.box.delivering {
		j.box.idle.Wait()
	}
}
