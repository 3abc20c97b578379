package archive

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
)

// A zlib stream (RFC 1950) is two bytes of header, deflated data, and the Adler-32
// of what was deflated. The header says: deflate with a window of 32 KB, no
// dictionary, fast.
const zlibHeader = "\x78\x01"

// zlibWriter writes one stream after the other.
type zlibWriter struct {
	to    io.Writer
	flate *flate.Writer
	sum   adler32
}

func newZlibWriter(level int) (*zlibWriter, error) {
	f, err := flate.NewWriter(nil, level)
	return &zlibWriter{flate: f}, err
}

// begin begins a stream.
func (z *zlibWriter) begin(to io.Writer) error {
	z.to, z.sum = to, newAdler32()
	z.flate.Reset(to)
	_, err := io.WriteString(to, zlibHeader)
	return err
}

func (z *zlibWriter) Write(b []byte) (int, error) {
	n, err := z.flate.Write(b)
	_, _ = z.sum.Write(b[:n])
	return n, err
}

// end completes the stream.
func (z *zlibWriter) end() error {
	if err := z.flate.Close(); err != nil {
		return err
	}
	_, err := z.to.Write(binary.BigEndian.AppendUint32(nil, z.sum.sum()))
	return err
}

var (
	errZlibHeader   = errDump("the rows do not begin as compressed rows do")
	errZlibChecksum = errDump("the checksum of the rows is another")
)

// zlibReader reads a stream; at its end the checksum was right, and nothing follows.
type zlibReader struct {
	*inflater
	sum adler32
	err error
}

func newZlibReader(in io.Reader) (*zlibReader, error) {
	var head [2]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, cut(err)
	}
	const deflate, window, dictionary = 8, 7, 0x20
	if head[0]&0x0f != deflate || head[0]>>4 > window || binary.BigEndian.Uint16(head[:])%31 != 0 || head[1]&dictionary != 0 {
		return nil, errZlibHeader
	}
	return &zlibReader{inflater: newInflater(in), sum: newAdler32()}, nil
}

func (z *zlibReader) Read(b []byte) (int, error) {
	if z.err != nil {
		return 0, z.err
	}
	n, err := z.inflater.Read(b)
	_, _ = z.sum.Write(b[:n])
	if errors.Is(err, io.EOF) {
		err = z.check()
	}
	z.err = err
	return n, err
}

// check reads the checksum. It returns io.EOF when it is right.
func (z *zlibReader) check() error {
	sum, err := z.rest(4)
	switch {
	case len(sum) < 4:
		return cut(err)
	case binary.BigEndian.Uint32(sum) != z.sum.sum():
		return errZlibChecksum
	}
	if more, err := z.rest(1); len(more) == 0 {
		return err
	}
	return errBytesFollow
}

func (z *zlibReader) Close() error { return nil }
