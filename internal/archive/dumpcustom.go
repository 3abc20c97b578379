package archive

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
)

// customSource is the file of a custom archive: its data lie in blocks behind the
// table of contents.
type customSource struct {
	dump  *Dump
	file  *os.File
	size  int64
	first int64 // where the blocks begin

	mu     sync.Mutex
	places map[*Entry]int64 // of the blocks, once they were looked for
}

// block is where an entry's data are in the file.
type block struct {
	entry      *Entry
	start, end int64
}

func (s *customSource) close() { s.file.Close() }

func (s *customSource) items(ctx context.Context, t *tally) ([]dumpItem, error) {
	all, err := s.dump.blocks(s.reader(ctx, block{start: s.first, end: s.size}, &tally{}), nil)
	if err != nil {
		return nil, err
	}
	items := make([]dumpItem, len(all))
	for i, b := range all {
		items[i] = dumpItem{b.entry, b.end - b.start, func(ctx context.Context, take func(io.Reader) error) error {
			_, err := s.dump.readBlock(s.reader(ctx, b, t), func(_ *Entry, _ uint32, packed io.Reader) error { return s.dump.takeUnpacked(packed, zlibStream, take) })
			return err
		}}
	}
	return items, nil
}

// open finds the entry's block: by its offset, else by going through the file
// once.
func (s *customSource) open(ctx context.Context, e *Entry, t *tally) (io.ReadCloser, error) {
	start, err := s.place(ctx, e)
	if err != nil {
		return nil, err
	}
	dr := s.reader(ctx, block{start: start, end: s.size}, t)
	kind, err := dr.byte()
	if err != nil {
		return nil, err
	}
	id, err := dr.small()
	if err != nil {
		return nil, err
	}
	if kind != blockRows || id != e.DumpID {
		return nil, contradiction("at %d there is a block of kind %d for entry %d", start, kind, id)
	}
	return unpack(&pieces{dr: dr}, s.dump.Compression, zlibStream)
}

func (s *customSource) objects(ctx context.Context, e *Entry, t *tally, take func(oid uint32, r io.Reader) error) error {
	start, err := s.place(ctx, e)
	if err != nil {
		return err
	}
	found, err := s.dump.readBlock(s.reader(ctx, block{start: start, end: s.size}, t), func(_ *Entry, oid uint32, packed io.Reader) error {
		return s.dump.takeUnpacked(packed, zlibStream, func(r io.Reader) error { return take(oid, r) })
	})
	switch {
	case errors.Is(err, errTOC), errors.Is(err, io.EOF), err == nil && found != e:
		return contradiction("at %d there are not the large objects of entry %d", start, e.DumpID)
	}
	return err
}

func (s *customSource) place(ctx context.Context, e *Entry) (int64, error) {
	if e.DataState == OffsetSet {
		return e.Offset, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places == nil {
		all, err := s.dump.blocks(s.reader(ctx, block{start: s.first, end: s.size}, &tally{}), nil)
		if err != nil {
			return 0, err
		}
		s.places = map[*Entry]int64{}
		for _, b := range all {
			s.places[b.entry] = b.start
		}
	}
	return s.places[e], nil
}

// reader reads a part of the file.
func (s *customSource) reader(ctx context.Context, b block, t *tally) *dumpReader {
	dr := newDumpReader(&meter{ctx, io.NewSectionReader(s.file, b.start, max(0, b.end-b.start)), t}, s.dump)
	dr.at = b.start
	return dr
}

// blocks walks through all blocks of a custom archive, from where dr stands to
// the very end, and checks that every entry that has data has one block, in the
// place that the table of contents gives. With a visit it reads them on the way.
func (d *Dump) blocks(dr *dumpReader, visit visit) ([]block, error) {
	var all []block
	seen := map[*Entry]bool{}
	for {
		start := dr.at
		e, err := d.readBlock(dr, visit)
		if errors.Is(err, errTOC) {
			err = d.readSecondTOC(dr)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && seen[e] {
			err = contradiction("entry %d has a second block at %d", e.DumpID, start)
		}
		if err == nil && e.DataState == OffsetSet && e.Offset != start {
			err = contradiction("the block of entry %d is at %d, not at %d", e.DumpID, start, e.Offset)
		}
		if err != nil {
			return nil, d.damaged(e, err)
		}
		seen[e] = true
		all = append(all, block{e, start, dr.at})
	}
	for i := range d.Entries {
		if e := &d.Entries[i]; e.HasData && !seen[e] {
			return nil, d.damaged(e, io.ErrUnexpectedEOF)
		}
	}
	return all, nil
}

// readSecondTOC reads what pg_dump 17 and later leave behind the blocks when the
// shell opened the file (pg_dump -Fc > FILE): the table of contents again, with
// offsets, which they can then only append and not write over the first one. It
// lacks statistics, so only its beginning is compared. io.EOF is its end.
func (d *Dump) readSecondTOC(dr *dumpReader) error {
	count, err := dr.little(d.intSize) // its sign has been read
	if err != nil {
		return err
	}
	id, err := dr.small()
	if err != nil {
		return err
	}
	if len(d.Entries) == 0 || int(count) != len(d.Entries) || id != d.Entries[0].DumpID {
		return contradiction("there is neither a block nor the table of contents at %d", dr.at)
	}
	end := dr.at + d.tocBytes
	for {
		n, err := dr.r.Discard(1 << 20)
		if dr.at += int64(n); dr.at > end {
			return contradiction("something follows the second table of contents")
		}
		if err != nil {
			return err
		}
	}
}

// takeUnpacked unpacks one content and hands it to take.
func (d *Dump) takeUnpacked(packed io.Reader, kind gzipKind, take func(io.Reader) error) error {
	r, err := unpack(packed, d.Compression, kind)
	if err != nil {
		return err
	}
	defer r.Close()
	return take(r)
}
