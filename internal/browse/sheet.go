package browse

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"cofre/internal/archive"
)

// sheet is a table whose rows are read once, in the background, into a file from
// which every row can be had at once: rows one behind the other, each cell its kind,
// the length of its bytes and these; and a list of where each row begins, eight bytes
// a row. Memory does not grow with the table.
type sheet struct {
	*growth
	rows, begins *os.File

	using sync.RWMutex // written by close alone
	shut  bool
	stop  context.CancelFunc
}

// When what was read can be seen by others: at once a page of it, then in large
// pieces, but soon enough for somebody who waits.
const (
	firstFlush = 128
	flushBytes = 256 << 10
	flushTime  = 100 * time.Millisecond
)

func newSheet(dir string) (*sheet, error) {
	s := &sheet{growth: newGrowth(), stop: func() {}}
	var err error
	if s.rows, err = scratch(dir); err != nil {
		return nil, err
	}
	if s.begins, err = scratch(dir); err != nil {
		s.rows.Close()
		return nil, err
	}
	return s, nil
}

// scratch makes a file for this process alone. Where a system allows it, it has no
// name any more, so that nothing is left of it whatever happens.
func scratch(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "rows-*")
	if err != nil {
		return nil, archive.FileError(err, dir)
	}
	os.Remove(f.Name())
	return f, nil
}

// fill reads the table. Take is asked for room before each piece is written.
func (s *sheet) fill(ctx context.Context, cells *archive.Cells, table string, take func(bytes int64) bool) error {
	var rows, begins []byte
	var written, known int64
	flushed := time.Now()
	flush := func() error {
		if !take(int64(len(rows) + len(begins))) {
			s.change(func() { s.cut = true })
			return ErrEnough
		}
		if _, err := s.rows.Write(rows); err != nil {
			return archive.FileError(err, s.rows.Name())
		}
		if _, err := s.begins.Write(begins); err != nil {
			return archive.FileError(err, s.begins.Name())
		}
		written += int64(len(rows))
		rows, begins, flushed = rows[:0], begins[:0], time.Now()
		s.grow(known)
		return nil
	}
	err := cells.Read(ctx, table, func(row []archive.Cell) error {
		begins = binary.LittleEndian.AppendUint64(begins, uint64(written+int64(len(rows))))
		for _, c := range row {
			rows = append(rows, byte(c.Kind))
			rows = append(binary.AppendUvarint(rows, uint64(len(c.Bytes))), c.Bytes...)
		}
		known++
		if known == firstFlush || len(rows) >= flushBytes || known%64 == 0 && time.Since(flushed) > flushTime {
			if err := ctx.Err(); err != nil {
				return err
			}
			return flush()
		}
		return nil
	})
	if ctx.Err() == nil && !errors.Is(err, ErrEnough) { // what was read before a damage is shown, too
		if e := flush(); err == nil {
			err = e
		}
	}
	if errors.Is(err, ErrEnough) {
		err = nil
	}
	return err
}

func (s *sheet) close() {
	s.stop()
	s.using.Lock()
	defer s.using.Unlock()
	s.shut = true
	for _, f := range []*os.File{s.rows, s.begins} {
		f.Close()
		os.Remove(f.Name())
	}
}

// read reads rows one after the other from a place on. Cells longer than most, where
// it is not 0, are cut; their whole lengths are told.
func (s *sheet) read(from, count int64, columns int, most int64, yield func(place int64, row []archive.Cell, whole []int64) error) error {
	s.using.RLock()
	defer s.using.RUnlock()
	if s.shut {
		return errGone
	}
	if count == 0 {
		return nil
	}
	var begin [8]byte
	if _, err := s.begins.ReadAt(begin[:], from*8); err != nil {
		return archive.FileError(err, s.begins.Name())
	}
	r := &rowReader{file: s.rows}
	r.seek(int64(binary.LittleEndian.Uint64(begin[:])))
	row, whole := make([]archive.Cell, columns), make([]int64, columns)
	for place := from; place < from+count; place++ {
		for i := range row {
			var err error
			if row[i], whole[i], err = r.cell(row[i].Bytes, most); err != nil {
				return archive.FileError(err, s.rows.Name())
			}
		}
		if err := yield(place, row, whole); err != nil {
			return err
		}
	}
	return nil
}

// rowReader reads cells from a sheet's file.
type rowReader struct {
	file *os.File
	in   *bufio.Reader
	at   int64 // of what in reads next
}

func (r *rowReader) seek(at int64) {
	part := io.NewSectionReader(r.file, at, 1<<62-at)
	if r.at = at; r.in == nil {
		r.in = bufio.NewReaderSize(part, 32<<10)
		return
	}
	r.in.Reset(part)
}

// ReadByte counts what it reads.
func (r *rowReader) ReadByte() (byte, error) {
	b, err := r.in.ReadByte()
	if err == nil {
		r.at++
	}
	return b, err
}

func (r *rowReader) cell(buffer []byte, most int64) (c archive.Cell, whole int64, err error) {
	kind, err := r.ReadByte()
	if err != nil {
		return c, 0, err
	}
	length, err := binary.ReadUvarint(r)
	if err != nil {
		return c, 0, err
	}
	whole = int64(length)
	keep := whole
	if most > 0 {
		keep = min(keep, most)
	}
	if int64(cap(buffer)) < keep {
		buffer = make([]byte, keep)
	}
	buffer = buffer[:keep]
	n, err := io.ReadFull(r.in, buffer)
	if r.at += int64(n); err == nil && keep < whole {
		r.seek(r.at + whole - keep)
	}
	return archive.Cell{Kind: archive.CellKind(kind), Bytes: buffer}, whole, err
}
