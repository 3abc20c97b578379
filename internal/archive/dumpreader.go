package archive

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxTOC bounds the memory that a table of contents may take.
const maxTOC = 256 << 20

// errDump is a contradiction in an archive; the words are for the log.
type errDump string

func (e errDump) Error() string { return string(e) }

func contradiction(format string, args ...any) error { return errDump(fmt.Sprintf(format, args...)) }

// dumpReader reads the integers and strings of an archive. An end where
// more has to follow is io.ErrUnexpectedEOF.
type dumpReader struct {
	r                *bufio.Reader
	at               int64 // bytes read
	intSize, offSize int
	room             int64 // bytes that strings may still take
}

func newDumpReader(r io.Reader, d *Dump) *dumpReader {
	return &dumpReader{r: bufio.NewReaderSize(r, 256<<10), intSize: d.intSize, offSize: d.offSize, room: maxTOC}
}

func (d *dumpReader) byte() (byte, error) {
	b, err := d.r.ReadByte()
	if err != nil {
		return 0, cut(err)
	}
	d.at++
	return b, nil
}

// int reads an integer: a sign byte, then intSize bytes, the lowest first.
func (d *dumpReader) int() (int64, error) {
	if b, err := d.r.Peek(5); err == nil && d.intSize == 4 { // as nearly always: one before each row
		_, _ = d.r.Discard(5)
		d.at += 5
		n := int64(binary.LittleEndian.Uint32(b[1:]))
		if b[0] != 0 {
			n = -n
		}
		return n, nil
	}
	sign, err := d.byte()
	if err != nil {
		return 0, err
	}
	n, err := d.little(d.intSize)
	if sign != 0 {
		n = -n
	}
	return n, err
}

// offset reads a place in the file: offSize bytes, the lowest first.
func (d *dumpReader) offset() (int64, error) { return d.little(d.offSize) }

func (d *dumpReader) little(size int) (int64, error) {
	var n int64
	for i := range size {
		b, err := d.byte()
		if err != nil {
			return 0, err
		}
		if b != 0 && (i > 7 || i == 7 && b > 0x7f) {
			return 0, contradiction("a number of more than 63 bits at %d", d.at)
		}
		n |= int64(b) << (8 * min(i, 7))
	}
	return n, nil
}

// small reads an integer that fits the 32 bits of the program that wrote it.
func (d *dumpReader) small() (int, error) {
	n, err := d.int()
	if err == nil && (n < -1<<31 || n > 1<<31) {
		err = contradiction("the number %d at %d is out of range", n, d.at)
	}
	return int(n), err
}

// string reads a length and so many bytes; ok is false for a missing string.
func (d *dumpReader) string() (s string, ok bool, err error) {
	n, err := d.int()
	if err != nil || n < 0 {
		return "", false, err
	}
	if d.room -= n; d.room < 0 {
		return "", false, contradiction("the table of contents is larger than %d bytes", maxTOC)
	}
	// A hostile length allocates no more than what is really there.
	b := make([]byte, 0, min(n, 64<<10))
	for int64(len(b)) < n {
		part := int(min(n-int64(len(b)), int64(max(len(b), 64<<10))))
		start := len(b)
		b = append(b, make([]byte, part)...)
		read, err := io.ReadFull(d.r, b[start:])
		d.at += int64(read)
		if err != nil {
			return "", false, cut(err)
		}
	}
	return string(b), true, nil
}

// fields reads one value after the other; after an error, which it keeps, all are
// empty.
type fields struct {
	*dumpReader
	err error
}

func (f *fields) text() (s string) {
	if f.err == nil {
		s, _, f.err = f.string()
	}
	return s
}

func (f *fields) number() (n int) {
	if f.err == nil {
		n, f.err = f.small()
	}
	return n
}

// skip passes over n bytes.
func (d *dumpReader) skip(n int64) error {
	for n > 0 {
		k, err := d.r.Discard(int(min(n, 1<<20)))
		d.at += int64(k)
		n -= int64(k)
		if err != nil {
			return cut(err)
		}
	}
	return nil
}

// cut names an end where more has to follow.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
