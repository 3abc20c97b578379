package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// filesSource is a dump whose data are files: of a folder, or members of a tar.
type filesSource struct {
	dump *Dump
	find func(name string) (dataFile, error)
	end  func() // closes what find reads
}

// dataFile is one of them, with the compression that its name's ending tells.
type dataFile struct {
	bytes       int64
	compression Compression
	open        func() (io.ReadCloser, error)
}

func (s *filesSource) close() { s.end() }

func (s *filesSource) open(ctx context.Context, e *Entry, t *tally) (io.ReadCloser, error) {
	f, err := s.find(e.File)
	if err != nil {
		return nil, err
	}
	return f.unpacked(ctx, t)
}

func (s *filesSource) items(ctx context.Context, t *tally) ([]dumpItem, error) {
	var items []dumpItem
	for i := range s.dump.Entries {
		e := &s.dump.Entries[i]
		if !e.HasData {
			continue
		}
		f, err := s.of(e)
		if err != nil {
			return nil, s.dump.damaged(e, err)
		}
		items = append(items, dumpItem{e, f.bytes, func(ctx context.Context, take func(io.Reader) error) error {
			if e.isObjects() {
				return s.listed(ctx, f, t, func(_ uint32, r io.Reader) error { return take(r) })
			}
			return f.read(ctx, t, take)
		}})
	}
	return items, nil
}

// of finds the entry's file; of large objects, the list of them, which a tar does
// not name: there is one of each entry since PostgreSQL 17, before that one of all.
func (s *filesSource) of(e *Entry) (dataFile, error) {
	if !e.isObjects() {
		return s.find(e.File)
	}
	if f, err := s.find(fmt.Sprintf("blobs_%d.toc", e.DumpID)); err == nil {
		return f, nil
	}
	return s.find("blobs.toc")
}

func (s *filesSource) objects(ctx context.Context, e *Entry, t *tally, take func(oid uint32, r io.Reader) error) error {
	list, err := s.of(e)
	if err != nil {
		return err
	}
	return s.listed(ctx, list, t, take)
}

// listed reads the large objects that a list names, a line each: OID and file.
func (s *filesSource) listed(ctx context.Context, list dataFile, t *tally, take func(oid uint32, r io.Reader) error) error {
	return list.read(ctx, t, func(r io.Reader) error {
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			number, name, ok := strings.Cut(lines.Text(), " ")
			oid, wrong := strconv.ParseUint(number, 10, 32)
			if !ok || wrong != nil || !isBareName(name) {
				return contradiction("%.60q is no large object", lines.Text())
			}
			f, err := s.find(name)
			if err != nil {
				return err
			}
			if err := f.read(ctx, t, func(r io.Reader) error { return take(uint32(oid), r) }); err != nil {
				return err
			}
		}
		return lines.Err()
	})
}

func (f dataFile) read(ctx context.Context, t *tally, take func(io.Reader) error) error {
	r, err := f.unpacked(ctx, t)
	if err != nil {
		return err
	}
	return errors.Join(take(r), r.Close())
}

func (f dataFile) unpacked(ctx context.Context, t *tally) (io.ReadCloser, error) {
	file, err := f.open()
	if err != nil {
		return nil, err
	}
	r, err := unpack(&meter{ctx, file, t}, f.compression, gzipFile)
	if err != nil {
		file.Close()
		return nil, err
	}
	return &bothClosers{r, file}, nil
}

// bothClosers closes what unpacks, and then the file under it.
type bothClosers struct {
	io.ReadCloser
	file io.Closer
}

func (b *bothClosers) Close() error { return errors.Join(b.ReadCloser.Close(), b.file.Close()) }
