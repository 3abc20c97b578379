package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"cofre/internal/errs"
)

// What a layer may unfold to before it is taken for an attack: gzip can't pack a
// thousandfold, and no database of that size is that empty.
const (
	bombBytes = 1 << 30
	bombRatio = 1000
)

// maxWindow bounds the memory that a zstd layer may ask for; `zstd --long` of the
// default 27 needs this much.
const maxWindow = 128 << 20

// layerOf says which layer the first bytes of a file begin.
func layerOf(head []byte) Compression {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return Gzip
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return Zstd
	}
	return None
}

// unlayer reads what is inside the layer. Close ends it; r stays open.
func unlayer(r io.Reader, layer Compression) (io.ReadCloser, error) {
	switch layer {
	case Gzip:
		return gzip.NewReader(r)
	case Zstd:
		d, err := zstd.NewReader(r, zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return io.NopCloser(r), nil
}

// openPlain opens a file and reads its content through what id says is around it.
// Progress counts bytes of the file. A read's error has a code: what is damaged
// is errs.Corrupt, a layer that unfolds without end errs.Invalid.
func openPlain(ctx context.Context, path string, id Identity, progress func(done, total int64)) (io.ReadCloser, error) {
	f, info, err := openFile(path)
	if err != nil {
		return nil, err
	}
	return readPlain(&meter{ctx, f, &tally{total: info.Size(), report: progress}}, path, id, f)
}

// readPlain is openPlain for a file that is open. Closing it, or an error, closes the file.
func readPlain(m *meter, path string, id Identity, file io.Closer) (_ io.ReadCloser, err error) {
	var packed io.Reader = m
	if id.Encrypted {
		packed, err = decrypt(m.ctx, m, path)
	}
	var inside io.ReadCloser
	if err == nil {
		inside, err = unlayer(packed, id.Layer)
	}
	if err != nil {
		file.Close()
		return nil, layerError(err, path)
	}
	return &plain{path: path, layer: id.Layer, meter: m, inside: inside, file: file}, nil
}

type plain struct {
	path   string
	layer  Compression
	meter  *meter
	inside io.ReadCloser
	file   io.Closer
	out    int64
}

func (p *plain) Read(b []byte) (int, error) {
	n, err := p.inside.Read(b)
	p.out += int64(n)
	if p.layer != None && p.out > bombBytes && p.out/bombRatio > p.meter.tally.now() {
		return n, errs.New(errs.Invalid, "archive.bomb", errs.Args{"file": filepath.Base(p.path)})
	}
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return n, err
	case p.meter.ctx.Err() != nil:
		return n, p.meter.ctx.Err()
	}
	return n, layerError(err, p.path)
}

func (p *plain) Close() error { return errors.Join(p.inside.Close(), p.file.Close()) }

// layerError tells an error of the disk from one of the compressed content.
func layerError(err error, path string) error {
	var disk *fs.PathError
	if errors.As(err, &disk) || errs.CodeOf(err) != errs.Internal {
		return FileError(err, path)
	}
	return errs.New(errs.Corrupt, "archive.layer", errs.Args{"file": filepath.Base(path)}).Because(err)
}

// Pack writes the content of the file src to dst with a layer of gzip or zstd
// around it (or none), encrypted by lock, which may be nil. Progress counts bytes of src.
// It does not commit dst.
func Pack(ctx context.Context, src string, dst *File, layer Compression, lock *Lock, progress func(done, total int64)) error {
	in, err := openPlain(ctx, src, Identity{Layer: None}, progress)
	if err != nil {
		return err
	}
	defer in.Close()
	var sealed io.WriteCloser = nopCloser{dst}
	if lock != nil {
		if sealed, err = lock.seal(dst); err != nil {
			return err
		}
	}
	out, err := wrap(sealed, layer)
	if err != nil {
		return err
	}
	if _, err = io.CopyBuffer(struct{ io.Writer }{out}, in, make([]byte, readSize)); err != nil {
		out.Close()
		return err
	}
	return errors.Join(out.Close(), sealed.Close())
}

func wrap(w io.Writer, layer Compression) (io.WriteCloser, error) {
	switch layer {
	case None:
		return nopCloser{w}, nil
	case Gzip:
		return gzip.NewWriterLevel(w, gzip.DefaultCompression)
	case Zstd:
		return zstd.NewWriter(w, zstd.WithWindowSize(4<<20))
	}
	return nil, fmt.Errorf("no layer of %q", layer)
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
