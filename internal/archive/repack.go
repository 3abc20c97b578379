package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"os"
)

// repackLevel of klauspost/compress is about as small as gzip 6 of zlib on rows,
// at a fifth of the time; its level 1 is neither smaller nor faster.
const repackLevel = 2

// compressionAt is where an archive of version 1.10 and later says how its rows
// are compressed: a byte from 1.15 on, before that an integer.
const compressionAt = dumpFormatAt + 1

// Repack reads what "pg_dump -Fc -Z0" writes to a pipe and writes the archive
// that "pg_dump -Fc -Z1" would write to a file: the rows compressed, and the places
// of the data in its table of contents. pg_dump compresses with one processor
// while it waits for the server; here the server, the compression and the reading
// back go on at the same time.
//
// The compressed rows are read back and counted as they are written: Proof says what
// was found, and Confirm holds the file against it. To must be empty.
func Repack(ctx context.Context, from io.Reader, to *os.File) (*Proof, error) {
	head := &tap{r: stopping{ctx, from}}
	d, dr, err := readDump(head, to.Name(), FormatCustom)
	if err != nil {
		return nil, err
	}
	if d.Compression != None {
		return nil, d.damaged(nil, contradiction("the rows are compressed already"))
	}
	z, err := newZlibWriter(repackLevel)
	if err != nil {
		return nil, err
	}
	r := &repacker{dump: d, in: dr, head: head.close()[:dr.at], at: dr.at, rows: dumpCounts{}, places: map[int]int64{},
		z: z, packed: bufio.NewWriterSize(nil, partSize), back: newReadback()}
	r.out = bufio.NewWriterSize(io.MultiWriter(to, &r.sum), 256<<10)
	if _, err := to.Write(r.head); err != nil {
		return nil, FileError(err, to.Name())
	}
	if err := r.run(); err != nil {
		return nil, err
	}
	if err := r.out.Flush(); err != nil {
		return nil, FileError(err, to.Name())
	}
	if err := r.mark(); err != nil {
		return nil, err
	}
	if _, err := to.WriteAt(r.head, 0); err != nil {
		return nil, FileError(err, to.Name())
	}
	return &Proof{dataFrom: int64(len(r.head)), size: r.at, seed: r.sum.Seed(), data: r.sum.Sum64(), rows: r.rows, places: r.places}, nil
}

type repacker struct {
	dump   *Dump
	in     *dumpReader
	head   []byte // header and table of contents, to be marked at the end
	out    *bufio.Writer
	sum    maphash.Hash // of all behind the head
	at     int64        // in the new file
	z      *zlibWriter
	packed *bufio.Writer // the rows, as they come out of z
	back   *readback
	rows   dumpCounts
	places map[int]int64 // of the blocks, by dump ID
}

// run copies block after block.
func (r *repacker) run() error {
	for {
		kind, err := r.in.byte()
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return r.complete()
		}
		if err != nil {
			return r.dump.damaged(nil, err)
		}
		id, err := r.in.small()
		e := r.dump.byID[id]
		if err == nil && (e == nil || !e.HasData || (kind == blockObjects) != e.isObjects() || kind != blockRows && kind != blockObjects) {
			err = contradiction("a block of kind %d for entry %d", kind, id)
		}
		if err == nil {
			r.places[id] = r.at
			err = r.block(kind, e)
		}
		if err != nil {
			return r.dump.damaged(e, err)
		}
	}
}

func (r *repacker) block(kind byte, e *Entry) error {
	if err := r.write([]byte{kind}); err != nil {
		return err
	}
	if err := r.int(int64(e.DumpID)); err != nil {
		return err
	}
	if kind == blockRows {
		return r.content(e)
	}
	for {
		oid, err := r.in.int()
		if err == nil {
			err = r.int(oid)
		}
		if err != nil || oid == 0 {
			return err
		}
		if err := r.content(e); err != nil {
			return err
		}
	}
}

// content compresses the rows of a table, or one large object, and reads them
// back on the way.
func (r *repacker) content(e *Entry) error {
	r.back.begin()
	type count struct {
		dumpCount
		err error
	}
	counted := make(chan count, 1)
	go func() {
		var c count
		c.dumpCount, c.err = r.dump.countOne(e, r.back)
		r.back.quit(c.err)
		counted <- c
	}()
	err := r.compress()
	r.back.end(r.z.sum.sum(), err)
	c := <-counted
	if err != nil {
		return err
	}
	r.rows[e.DumpID] = r.rows[e.DumpID].plus(c.dumpCount)
	if c.err != nil {
		return c.err
	}
	return r.int(0)
}

// compress writes the rows as a zlib stream, a piece for each part.
func (r *repacker) compress() (err error) {
	packed := r.packed
	packed.Reset(io.MultiWriter(pieceWriter{r}, r.back))
	if err := r.z.begin(packed); err != nil {
		return err
	}
	for rows := (&pieces{dr: r.in}); ; {
		p := r.back.part()
		if p.n, err = rows.Read(p.room()); err != nil {
			break
		}
		if err := r.back.expect(p); err != nil {
			return err
		}
		if _, err := r.z.Write(p.bytes()); err != nil {
			return err
		}
		if err := packed.Flush(); err != nil {
			return err
		}
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	if err := r.z.end(); err != nil {
		return err
	}
	return packed.Flush()
}

// complete says that no block is missing.
func (r *repacker) complete() error {
	for i := range r.dump.Entries {
		e := &r.dump.Entries[i]
		if _, there := r.places[e.DumpID]; e.HasData && !there {
			return r.dump.damaged(e, io.ErrUnexpectedEOF)
		}
	}
	return nil
}

// mark writes the compression and the places of the blocks into the head.
func (r *repacker) mark() error {
	at := compressionAt
	if r.dump.minor < 15 {
		at++ // the sign comes first
	}
	r.head[at] = 1 // gzip; before 1.15: level 1
	for i := range r.dump.Entries {
		e := &r.dump.Entries[i]
		if !e.HasData {
			continue
		}
		r.head[e.placeAt] = byte(OffsetSet)
		little(r.head[e.placeAt+1:][:r.dump.offSize], r.places[e.DumpID])
	}
	return nil
}

func (r *repacker) write(b []byte) error {
	n, err := r.out.Write(b)
	r.at += int64(n)
	if err != nil {
		return FileError(err, r.dump.path)
	}
	return nil
}

// int writes an integer as dumpReader.int reads it.
func (r *repacker) int(n int64) error {
	b := make([]byte, 1+r.dump.intSize)
	if n < 0 {
		b[0], n = 1, -n
	}
	little(b[1:], n)
	return r.write(b)
}

// little writes n, the lowest byte first.
func little(b []byte, n int64) {
	for i := range b {
		b[i] = byte(n)
		n >>= 8
	}
}

// pieceWriter frames each write as a piece: its length, then its bytes.
type pieceWriter struct{ r *repacker }

func (w pieceWriter) Write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if err := w.r.int(int64(len(b))); err != nil {
		return 0, err
	}
	return len(b), w.r.write(b)
}

// onlyReader hides everything but Read.
type onlyReader struct{ io.Reader }

// tap keeps what is read through it until it is closed.
type tap struct {
	r      io.Reader
	kept   bytes.Buffer
	closed bool
}

func (t *tap) Read(b []byte) (int, error) {
	n, err := t.r.Read(b)
	if !t.closed {
		t.kept.Write(b[:n])
	}
	return n, err
}

func (t *tap) close() []byte {
	t.closed = true
	return t.kept.Bytes()
}

// stopping ends a reading when ctx is done.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s stopping) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(b)
}
