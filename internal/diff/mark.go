package diff

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"slices"
	"time"
)

// mark stands for a row: which one it is (96 bits: among a thousand million rows
// two look alike once in more than a hundred thousand million comparisons), what it
// holds, and where it lies.
type mark struct {
	high, row uint64
	low, at   uint32
}

// compare orders marks by which row they are.
func (m mark) compare(o mark) int {
	return cmp.Or(cmp.Compare(m.high, o.high), cmp.Compare(m.low, o.low))
}

// order is that of compare, and of several rows with one key by what they hold: both
// sides have these in the same order then.
func (m mark) order(o mark) int { return cmp.Or(m.compare(o), cmp.Compare(m.row, o.row)) }

// anyRow says whether the mark stands for whatever lies in its place.
func (m mark) anyRow() bool { return m.high == 0 && m.low == 0 && m.row == 0 }

// hasher makes marks. Seeds are new in every comparison, so that nobody can make
// two rows look alike.
type hasher struct {
	seeds  [3]maphash.Seed
	keys   []int // none: a row is known by all that it holds
	zoned  []int
	buffer []byte
}

func (h *hasher) mark(values [][]byte) mark {
	for _, i := range h.zoned {
		values[i] = inUTC(values[i])
	}
	var m mark
	h.buffer = h.buffer[:0]
	for _, v := range values {
		h.append(v)
	}
	if len(h.keys) == 0 {
		m.high, m.low = maphash.Bytes(h.seeds[0], h.buffer), uint32(maphash.Bytes(h.seeds[1], h.buffer))
		return m
	}
	m.row = maphash.Bytes(h.seeds[2], h.buffer)
	h.buffer = h.buffer[:0]
	for _, i := range h.keys {
		h.append(values[i])
	}
	m.high, m.low = maphash.Bytes(h.seeds[0], h.buffer), uint32(maphash.Bytes(h.seeds[1], h.buffer))
	return m
}

// append adds a value so that no two rows give the same bytes.
func (h *hasher) append(v []byte) {
	if v == nil {
		h.buffer = append(h.buffer, 0)
		return
	}
	h.buffer = binary.AppendUvarint(h.buffer, uint64(len(v))+1)
	h.buffer = append(h.buffer, v...)
}

// inUTC spells every time with a zone in a value (alone, in a list, in a range) in
// UTC: two sessions of one server may write it in two zones.
func inUTC(v []byte) []byte {
	var out []byte // nil as long as nothing had to change
	rest := v
	for {
		at, n, utc := zonedTime(rest)
		if n == 0 {
			break
		}
		out = append(append(out, rest[:at]...), utc...)
		rest = rest[at+n:]
	}
	if out == nil {
		return v
	}
	return append(out, rest...)
}

// zonedTime finds the first time that is not in UTC as PostgreSQL writes it,
// 2026-11-21 10:15:30.5-03, and spells it in UTC.
func zonedTime(v []byte) (at, n int, utc []byte) {
	const shape = "0000-00-00 00:00:00"
	for at = 0; at+len(shape) < len(v); at++ {
		if !shaped(v[at:], shape) {
			continue
		}
		end := at + len(shape)
		if v[end] == '.' {
			for end++; end < len(v) && isDigit(v[end]); end++ {
			}
		}
		if end >= len(v) || v[end] != '+' && v[end] != '-' {
			continue
		}
		zone := end
		for end++; end < len(v) && (isDigit(v[end]) || v[end] == ':'); end++ {
		}
		if bytes.Equal(v[zone:end], []byte("+00")) {
			at = end - 1
			continue
		}
		layout := map[int]string{3: "-07", 6: "-07:00", 9: "-07:00:00"}[end-zone]
		moment, err := time.Parse("2006-01-02 15:04:05.999999"+layout, string(v[at:end]))
		if err != nil {
			continue // a year beyond 9999 has more digits: compared as it is spelled
		}
		return at, end - at, moment.UTC().AppendFormat(nil, "2006-01-02 15:04:05.999999+00")
	}
	return 0, 0, nil
}

func shaped(v []byte, shape string) bool {
	for i := range len(shape) {
		if shape[i] == '0' != isDigit(v[i]) || shape[i] != '0' && shape[i] != v[i] {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// inOrder sorts marks.
func inOrder(marks []mark) { slices.SortFunc(marks, mark.order) }
