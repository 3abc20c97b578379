package diff

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"

	"cofre/internal/archive"
)

const (
	markBytes = 24
	inMemory  = 1 << 18 // marks: 6 MB
)

// pile takes marks in any order and gives them back sorted. What
// does not fit into memory lies sorted, run by run, in a temporary file.
type pile struct {
	dir   string
	marks []mark
	most  int // in memory; 0 is inMemory
	file  *os.File
	runs  []int64 // where each run ends in the file
}

func (p *pile) add(m mark) error {
	p.marks = append(p.marks, m)
	most := p.most
	if most == 0 {
		most = inMemory
	}
	if len(p.marks) < most {
		return nil
	}
	return p.spill()
}

// spill moves what is in memory into the file.
func (p *pile) spill() (err error) {
	if p.file == nil {
		if p.file, err = os.CreateTemp(p.dir, ".cofre-partial-"); err != nil {
			return archive.FileError(err, p.dir)
		}
	}
	inOrder(p.marks)
	w := bufio.NewWriterSize(p.file, 1<<18)
	var b [markBytes]byte
	for _, m := range p.marks {
		binary.LittleEndian.PutUint64(b[:], m.high)
		binary.LittleEndian.PutUint64(b[8:], m.row)
		binary.LittleEndian.PutUint32(b[16:], m.low)
		binary.LittleEndian.PutUint32(b[20:], m.at)
		if _, err := w.Write(b[:]); err != nil {
			return archive.FileError(err, p.dir)
		}
	}
	var end int64
	if n := len(p.runs); n > 0 {
		end = p.runs[n-1]
	}
	p.runs = append(p.runs, end+int64(len(p.marks))*markBytes)
	p.marks = p.marks[:0]
	return archive.FileError(w.Flush(), p.dir)
}

// close removes the file.
func (p *pile) close() {
	if p.file == nil {
		return
	}
	p.file.Close()
	os.Remove(p.file.Name())
}

// sorted returns the marks in order. The pile takes no more.
func (p *pile) sorted() (*order, error) {
	inOrder(p.marks)
	o := &order{}
	if len(p.marks) > 0 {
		o.runs = append(o.runs, &run{marks: p.marks})
	}
	var begin int64
	for _, end := range p.runs {
		o.runs = append(o.runs, &run{file: bufio.NewReaderSize(io.NewSectionReader(p.file, begin, end-begin), 1<<16)})
		begin = end
	}
	for _, r := range o.runs {
		if err := r.next(); err != nil {
			return nil, err
		}
	}
	return o, o.next()
}

// order gives the marks of several runs, the smallest first.
type order struct {
	runs  []*run
	first mark
	more  bool
}

func (o *order) next() error {
	var least *run
	for _, r := range o.runs {
		if r.more && (least == nil || r.first.order(least.first) < 0) {
			least = r
		}
	}
	if o.more = least != nil; !o.more {
		return nil
	}
	o.first = least.first
	return least.next()
}

// run is sorted marks, in memory or in a file.
type run struct {
	marks []mark
	file  *bufio.Reader
	first mark
	more  bool
}

func (r *run) next() error {
	if r.file == nil {
		if r.more = len(r.marks) > 0; r.more {
			r.first, r.marks = r.marks[0], r.marks[1:]
		}
		return nil
	}
	var b [markBytes]byte
	switch _, err := io.ReadFull(r.file, b[:]); {
	case errors.Is(err, io.EOF):
		r.more = false
		return nil
	case err != nil:
		return err
	}
	r.first = mark{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint32(b[16:]), binary.LittleEndian.Uint32(b[20:])}
	r.more = true
	return nil
}
