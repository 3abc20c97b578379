package archive

import "io"

// kept is how much of what was read last a recorder has at least.
const kept = 1 << 20

// recorder remembers the last part of what is read through it, so that a statement's
// text can be had once its end was found.
type recorder struct {
	r    io.Reader
	at   int64
	last []byte // ends at at
}

func (c *recorder) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.at += int64(n)
	if len(c.last) > 3*kept {
		c.last = append(c.last[:0], c.last[len(c.last)-kept:]...)
	}
	c.last = append(c.last, b[:n]...)
	return n, err
}

// text is what lies from begin to end; "" where that is no longer remembered.
func (c *recorder) text(begin, end int64) string {
	first := c.at - int64(len(c.last))
	if begin < first || end > c.at || end < begin {
		return ""
	}
	return string(c.last[begin-first : end-first])
}
