package archive

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// gzipKind is which of its two streams an archive means by gzip.
type gzipKind bool

const (
	zlibStream gzipKind = false // in a custom archive
	gzipFile   gzipKind = true  // a file of a folder archive
)

// unpack reads rows through the compression that pg_dump gave them. No bytes at
// all are no content. Reading to the end checks the checksums, and that nothing
// follows.
func unpack(packed io.Reader, c Compression, kind gzipKind) (io.ReadCloser, error) {
	if c == None {
		return io.NopCloser(packed), nil
	}
	arrived := &counted{r: packed}
	in := bufio.NewReaderSize(arrived, 64<<10)
	if _, err := in.Peek(1); errors.Is(err, io.EOF) {
		return io.NopCloser(in), nil
	}
	u := &unpacked{packed: in, arrived: arrived}
	var err error
	switch {
	case c == Gzip && kind == gzipFile:
		u.ReadCloser, err = gzip.NewReader(in)
	case c == Gzip:
		u.ReadCloser, err = newZlibReader(in)
	case c == LZ4:
		u.ReadCloser = io.NopCloser(lz4.NewReader(in))
	case c == Zstd:
		var d *zstd.Decoder
		d, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err == nil {
			u.ReadCloser = d.IOReadCloser()
		}
	}
	if err != nil {
		return nil, err
	}
	return u, nil
}

type unpacked struct {
	io.ReadCloser
	packed  *bufio.Reader
	arrived *counted
	out     int64
}

// counted counts what is read through it.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

var errBytesFollow = errDump("bytes follow the end of the compressed rows")

// errBomb are rows that unfold without end; dumpError names their file.
var errBomb = errDump("the rows unfold to more than a thousand times their size")

func (u *unpacked) Read(b []byte) (int, error) {
	n, err := u.ReadCloser.Read(b)
	if u.out += int64(n); u.out > bombBytes && u.out/bombRatio > u.arrived.n {
		return n, errBomb
	}
	if errors.Is(err, io.EOF) {
		if _, more := u.packed.Peek(1); more == nil {
			err = errBytesFollow
		} else {
			err = more
		}
	}
	return n, err
}
