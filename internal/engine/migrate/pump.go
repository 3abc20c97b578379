package migrate

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync"

	"cofre/internal/engine/migrate/source"
)

// rangeRows is how many rows a reader takes at a time. Small enough that the
// readers' work in advance stays small, large enough that starting costs nothing.
const rangeRows = 4096

// ahead is how many chunks a reader may be ahead of the stream in its range.
const ahead = 6

// readers are connections to the same file that read at the same time.
type readers []*source.Conn

// openReaders opens as many as can work: one leaves a processor to the server.
func openReaders(file string) (readers, error) {
	var list readers
	for range max(2, min(4, runtime.NumCPU()-1)) {
		c, err := source.Open(file)
		if err != nil {
			list.Close()
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// Close closes the connections.
func (r readers) Close() {
	for _, c := range r {
		c.Close()
	}
}

// chunk is a piece of a stream, or the error that ends it.
type chunk struct {
	data []byte
	rows int64 // that end in it
	err  error
}

// stream is one table as binary COPY, in the order of its rowids though several
// readers read it: each takes the next range, and the stream takes the ranges'
// chunks in turn.
type stream struct {
	tally  *tally // whole once Read has returned io.EOF
	onRows func(rows int64)

	ranges  chan chan chunk
	current chan chunk
	rest    []byte
	used    []byte // the chunk that rest is the end of
	whole   bool   // all ranges were read; rest is the trailer
	err     error

	free   sync.Pool
	ended  func() error // the context's error
	cancel context.CancelFunc
	wait   sync.WaitGroup
}

// header and trailer of binary COPY.
const (
	header  = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	trailer = "\xff\xff"
)

// stream starts reading a table. Close must be called.
func (r readers) stream(ctx context.Context, t *table, verdicts map[int64]verdict, unproven bool, onRows func(int64)) (*stream, error) {
	ranges, err := r[0].Ranges(t.from, t.rows, rangeRows)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &stream{tally: newTally(len(t.columns)), onRows: onRows, ranges: make(chan chan chunk, len(r)), rest: []byte(header), ended: ctx.Err, cancel: cancel}
	s.free.New = func() any { b := make([]byte, 0, chunkSize+chunkSize/4); return &b }
	type work struct {
		part source.Range
		to   chan chunk
	}
	queue := make(chan work)
	s.wait.Go(func() {
		defer close(s.ranges)
		defer close(queue)
		for _, part := range ranges {
			w := work{part, make(chan chunk, ahead)}
			select {
			case s.ranges <- w.to:
			case <-ctx.Done():
				return
			}
			select {
			case queue <- w:
			case <-ctx.Done():
				close(w.to)
				return
			}
		}
	})
	var merging sync.Mutex
	for _, conn := range r[:min(len(r), len(ranges))] {
		s.wait.Go(func() {
			e := &encoder{t: t, verdicts: verdicts, unproven: unproven, tally: newTally(len(t.columns))}
			defer func() {
				merging.Lock()
				defer merging.Unlock()
				s.tally.merge(e.tally)
			}()
			scan, err := conn.Scan(t.from, t.sources())
			if err == nil {
				defer scan.Close()
			}
			for w := range queue {
				if err == nil {
					err = s.read(ctx, scan, e, w.part, w.to)
				}
				if err != nil {
					select {
					case w.to <- chunk{err: err}:
					case <-ctx.Done():
					}
				}
				close(w.to)
			}
		})
	}
	return s, nil
}

// read encodes one range.
func (s *stream) read(ctx context.Context, scan *source.Scanner, e *encoder, part source.Range, to chan<- chunk) (err error) {
	defer recovered(&err)
	e.buf, e.rows = s.room(), 0
	e.out = func(data []byte, rows int64) ([]byte, error) {
		select {
		case to <- chunk{data: data, rows: rows}:
			return s.room(), nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err := scan.Each(ctx, part, e.row); err != nil {
		return err
	}
	return e.flush()
}

func (s *stream) room() []byte { return (*s.free.Get().(*[]byte))[:0] }

// Read implements io.Reader.
func (s *stream) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		if s.err == nil {
			s.err = s.next()
		}
		if s.err != nil {
			return 0, s.err
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// next takes the next chunk.
func (s *stream) next() error {
	if cap(s.used) > 0 && cap(s.used) <= 2*chunkSize {
		used := s.used
		s.free.Put(&used)
	}
	s.used = nil
	if s.whole {
		return io.EOF
	}
	for {
		if s.current == nil {
			var more bool
			if s.current, more = <-s.ranges; !more {
				s.wait.Wait()
				if err := s.ended(); err != nil {
					return err // the ranges ended early
				}
				s.whole, s.rest = true, []byte(trailer)
				return nil
			}
		}
		c, more := <-s.current
		switch {
		case !more:
			s.current = nil
		case c.err != nil:
			return c.err
		default:
			s.used, s.rest = c.data, c.data
			if s.onRows != nil && c.rows > 0 {
				s.onRows(c.rows)
			}
			return nil
		}
	}
}

// Close stops the readers and waits for them.
func (s *stream) Close() {
	s.cancel()
	s.wait.Wait()
}

// sources are the positions of the carried columns in the file.
func (t *table) sources() []int {
	list := make([]int, len(t.columns))
	for i := range t.columns {
		list[i] = t.columns[i].from
	}
	return list
}

// recovered turns a panic into an error.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic while reading: %v\n%s", p, debug.Stack())
	}
}
