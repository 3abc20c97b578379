package migrate

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/errs"
)

// chunkSize is about how much is handed over at once.
const chunkSize = 256 << 10

// encoder turns rows of one table into binary COPY. Each reader has its own.
type encoder struct {
	t        *table
	verdicts map[int64]verdict // of rows that the doctor judged by their keys
	unproven bool              // no fingerprint is wanted
	tally    *tally
	out      func(chunk []byte, rows int64) ([]byte, error) // takes a chunk and gives room for the next one
	buf      []byte
	rows     int64 // in buf
	large    []largeField
}

// largeField is a value of the current row that goes out in pieces: column, and
// where in the row it belongs.
type largeField struct{ column, at int }

// verdict is what the doctor decided about a row by its keys.
type verdict struct {
	leave bool
	null  []int // columns to be stored as NULL
}

func (v verdict) nulls(column int) bool {
	for _, i := range v.null {
		if i == column {
			return true
		}
	}
	return false
}

// errLeft says that a choice leaves the row out.
var errLeft = errors.New("row left out")

// row appends one row.
func (e *encoder) row(r *source.Row) error {
	e.tally.read++
	start := len(e.buf)
	v, judged := e.verdicts[r.Rowid]
	err := errLeft
	if !judged || !v.leave {
		err = e.fields(r, v)
	}
	switch {
	case err == errLeft: //nolint:errorlint // is never wrapped
		e.tally.left++
		e.buf = e.buf[:start]
		return nil
	case err != nil:
		return err
	}
	e.rows++
	if len(e.large) > 0 || len(e.buf)-start >= source.LargeFrom {
		return e.finishLarge(r, start)
	}
	if e.unproven {
		e.tally.sum.rows++
	} else {
		e.tally.sum.add(e.buf[start:])
	}
	if len(e.buf) >= chunkSize {
		return e.flush()
	}
	return nil
}

// fields appends the row's fields. Of a value that goes out in pieces only the
// length is appended.
func (e *encoder) fields(r *source.Row, v verdict) error {
	start := len(e.buf)
	e.large = e.large[:0]
	e.buf = binary.BigEndian.AppendUint16(e.buf, uint16(len(e.t.columns)))
	for i := range e.t.columns {
		c, value := &e.t.columns[i], &r.Values[i]
		if value.Class == source.Null || v.null != nil && v.nulls(i) {
			if c.nulls == Default && value.Class == source.Null {
				e.tally.filled[i]++
			}
			if err := e.null(c); err != nil {
				return err
			}
			continue
		}
		at := len(e.buf)
		if value.Large {
			streams, err := streamable(c.codec, r, i)
			if err != nil {
				return err
			}
			if streams {
				e.buf = binary.BigEndian.AppendUint32(e.buf, uint32(value.Size))
				e.large = append(e.large, largeField{i, len(e.buf) - start})
				continue
			}
			if err := r.Load(i); err != nil {
				return err
			}
		}
		var notes convert.Notes
		e.buf, notes = c.codec.Append(append(e.buf, 0, 0, 0, 0), value)
		if notes == 0 {
			binary.BigEndian.PutUint32(e.buf[at:], uint32(len(e.buf)-at-4))
			continue
		}
		e.tally.count(i, notes)
		switch {
		case notes&c.policy.stop != 0:
			return e.undecided(c, notes&c.policy.stop, r, value)
		case notes&c.policy.leave != 0:
			return errLeft
		case notes&c.policy.null != 0:
			e.buf = e.buf[:at]
			(notes & c.policy.null).Each(func(one convert.Notes) { e.tally.nulls[i][one.Index()]++ })
			if err := e.null(c); err != nil {
				return err
			}
		default:
			binary.BigEndian.PutUint32(e.buf[at:], uint32(len(e.buf)-at-4))
		}
	}
	return nil
}

func (e *encoder) null(c *column) error {
	switch c.nulls {
	case Leave:
		return errLeft
	case Default:
		e.buf = append(binary.BigEndian.AppendUint32(e.buf, uint32(len(c.fill))), c.fill...)
		return nil
	case Stop:
		return errs.New(errs.Invalid, "migrate.null", errs.Args{"table": e.t.from.Name, "column": e.t.name(c)})
	}
	e.buf = append(e.buf, 0xff, 0xff, 0xff, 0xff)
	return nil
}

// undecided is the error of a value that nobody has decided about. It names the
// place, not the value.
func (e *encoder) undecided(c *column, notes convert.Notes, r *source.Row, v *source.Value) error {
	return errs.New(errs.Invalid, "migrate.undecided", errs.Args{
		"table": e.t.from.Name, "column": e.t.name(c), "type": c.to.Type.SQL, "finding": (notes & -notes).Name(), "row": r.Rowid})
}

// streamable says whether a large value can go to its column as it is, in pieces.
func streamable(c convert.Codec, r *source.Row, i int) (bool, error) {
	bytes, text := convert.Streams(c)
	v := &r.Values[i]
	if v.Class == source.Blob || !text {
		return bytes && v.Class == source.Blob, nil
	}
	l, err := r.Open(i)
	if err != nil {
		return false, err
	}
	defer l.Close()
	notes, err := convert.CheckText(l)
	return notes == 0, err
}

// finishLarge sends a row that holds something large, and adds it to the
// fingerprint with the hash of each large value in its place.
func (e *encoder) finishLarge(r *source.Row, start int) error {
	row := append([]byte(nil), e.buf[start:]...)
	e.buf = append(e.buf[:start], row[:2]...)
	canon := append([]byte(nil), row[:2]...)
	at, large := 2, e.large
	for i := range e.t.columns {
		size := int32(binary.BigEndian.Uint32(row[at:]))
		header := row[at : at+4]
		at += 4
		streams := len(large) > 0 && large[0].column == i
		switch {
		case size < 0:
			canon = append(canon, header...)
			e.buf = append(e.buf, header...)
			continue
		case size < source.LargeFrom || !digested(e.t.columns[i].to.Type):
			canon = append(append(canon, header...), row[at:at+int(size)]...)
			e.buf = append(append(e.buf, header...), row[at:at+int(size)]...)
			at += int(size)
			continue
		}
		e.tally.large[i] = true
		hash := sha256.New()
		e.buf = append(e.buf, header...)
		if streams {
			large = large[1:]
			if err := e.pieces(r, i, hash); err != nil {
				return err
			}
		} else {
			hash.Write(row[at : at+int(size)])
			e.buf = append(e.buf, row[at:at+int(size)]...)
			at += int(size)
		}
		canon = hash.Sum(append(canon, 0, 0, 0, sha256.Size))
	}
	e.tally.sum.add(canon)
	return e.flush()
}

// pieces sends a large value as it is read.
func (e *encoder) pieces(r *source.Row, i int, hash io.Writer) error {
	l, err := r.Open(i)
	if err != nil {
		return err
	}
	defer l.Close()
	for {
		if len(e.buf) >= chunkSize {
			rows := e.rows // the row is not whole yet
			if e.rows = 0; rows > 0 {
				e.rows = 1
				rows--
			}
			if e.buf, err = e.out(e.buf, rows); err != nil {
				return err
			}
		}
		end := len(e.buf)
		e.buf = append(e.buf, make([]byte, 32<<10)...)
		n, err := l.Read(e.buf[end:])
		e.buf = e.buf[:end+n]
		hash.Write(e.buf[end:]) //nolint:errcheck // a hash never fails
		if err == io.EOF {      //nolint:errorlint // Large returns it bare
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// flush hands over what is there.
func (e *encoder) flush() error {
	if len(e.buf) == 0 {
		return nil
	}
	var err error
	e.buf, err = e.out(e.buf, e.rows)
	e.rows = 0
	return err
}

// Types whose large values stand as their hash in a fingerprint: what is sent is
// what is stored.
const (
	oidBytea   = 17
	oidText    = 25
	oidBpchar  = 1042
	oidVarchar = 1043
)

func digested(t convert.Type) bool {
	return t.OID == oidBytea || t.OID == oidText || t.OID == oidBpchar || t.OID == oidVarchar
}
