package archive

import (
	"errors"
	"io"
)

// The kinds of data blocks in a custom archive.
const (
	blockRows    = 1
	blockObjects = 3
)

var errTOC = errors.New("a table of contents instead of a block")

// visit reads the packed bytes of a table's rows or of one large object, which has a
// number; what it leaves is skipped.
type visit func(e *Entry, oid uint32, packed io.Reader) error

// readBlock reads the next block of a custom archive to its end: its kind, the
// dump ID of its entry, and pieces of data (a length, so many bytes, … 0); of
// large objects, an OID and pieces for each, and at last a zero. io.EOF where
// the archive ends instead, errTOC where a table of contents begins.
func (d *Dump) readBlock(dr *dumpReader, visit visit) (*Entry, error) {
	start := dr.at
	kind, err := dr.byte()
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, io.EOF
	}
	if err == nil && kind == 0 {
		err = errTOC
	}
	if err != nil {
		return nil, err
	}
	id, err := dr.small()
	if err != nil {
		return nil, err
	}
	e := d.byID[id]
	switch {
	case e == nil || !e.HasData:
		return nil, contradiction("a block at %d belongs to entry %d, which has no data", start, id)
	case kind == blockRows && !e.isObjects():
		return e, d.readPieces(dr, e, 0, visit)
	case kind == blockObjects && e.isObjects():
		for {
			oid, err := dr.small()
			if err != nil || oid == 0 {
				return e, err
			}
			if err := d.readPieces(dr, e, uint32(oid), visit); err != nil {
				return e, err
			}
		}
	}
	return e, contradiction("a block of kind %d for a %s", kind, e.Desc)
}

func (d *Dump) readPieces(dr *dumpReader, e *Entry, oid uint32, visit visit) error {
	p := &pieces{dr: dr}
	if visit != nil {
		if err := visit(e, oid, p); err != nil {
			return err
		}
	}
	return p.skip()
}

// pieces reads the packed bytes of one item through its framing.
type pieces struct {
	dr   *dumpReader
	left int64 // of the current piece
	err  error // io.EOF after the last
}

// Read fills b, unless the item ends before.
func (p *pieces) Read(b []byte) (n int, err error) {
	for n < len(b) && p.next() == nil {
		k, err := p.dr.r.Read(b[n:min(int64(len(b)), int64(n)+p.left)])
		p.dr.at += int64(k)
		p.left -= int64(k)
		n += k
		if err != nil {
			p.err = cut(err)
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, p.err
}

// next goes on to a piece that has bytes left.
func (p *pieces) next() error {
	if p.err == nil && p.left == 0 {
		p.left, p.err = p.dr.int()
		switch {
		case p.err != nil:
		case p.left == 0:
			p.err = io.EOF
		case p.left < 0:
			p.err = contradiction("a piece of %d bytes at %d", p.left, p.dr.at)
		}
	}
	return p.err
}

// skip goes on to the end.
func (p *pieces) skip() error {
	for p.next() == nil {
		p.err = p.dr.skip(p.left)
		p.left = 0
	}
	if errors.Is(p.err, io.EOF) {
		return nil
	}
	return p.err
}
