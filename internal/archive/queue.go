package archive

import (
	"io"
	"sync"
)

// queueRoom is how many writes a queue holds before the writer waits.
const queueRoom = 8

// queue is an io.Pipe with room: the writer goes on while the reader is busy with
// what was written before. One goroutine writes, one reads.
type queue struct {
	full, free chan []byte
	now        []byte // what the reader has begun
	whole      []byte // all of it, to be used again
	gone       chan struct{}
	leave      sync.Once
	err        error // why the writer ended; set before full is closed
	left       error // why the reader left; set before gone is closed
}

func newQueue() *queue {
	return &queue{full: make(chan []byte, queueRoom), free: make(chan []byte, queueRoom+2), gone: make(chan struct{})}
}

// Write takes a copy of b. It fails once the reader has left.
func (q *queue) Write(b []byte) (int, error) {
	var room []byte
	select {
	case room = <-q.free:
	default:
	}
	select {
	case q.full <- append(room[:0], b...):
		return len(b), nil
	case <-q.gone:
		return 0, q.left
	}
}

// end tells the reader that nothing follows: io.EOF, or the writer's error.
func (q *queue) end(err error) {
	if q.err = err; err == nil {
		q.err = io.EOF
	}
	close(q.full)
}

func (q *queue) Read(b []byte) (int, error) {
	for len(q.now) == 0 {
		if q.whole != nil {
			q.free <- q.whole
			q.whole = nil
		}
		next, ok := <-q.full
		if !ok {
			return 0, q.err
		}
		q.now, q.whole = next, next
	}
	n := copy(b, q.now)
	q.now = q.now[n:]
	return n, nil
}

// quit lets the writer fail with err, or with io.ErrClosedPipe, from now on.
func (q *queue) quit(err error) {
	q.leave.Do(func() {
		if q.left = err; err == nil {
			q.left = io.ErrClosedPipe
		}
		close(q.gone)
	})
}
