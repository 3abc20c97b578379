package archive

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// countCopy counts the rows of COPY text up to its end mark: every row is a line,
// since line breaks inside of values are escaped. The end mark is a line with
// \. and only empty lines follow it.
func countCopy(r io.Reader) (int64, error) {
	const tailSize = 16 // longer than the end mark and what pg_dump puts behind it
	var lines int64
	buf := make([]byte, tailSize+256<<10)
	copy(buf, "\n") // what was read before begins a line
	tail := 1
	for {
		n, err := r.Read(buf[tail:])
		lines += int64(bytes.Count(buf[tail:tail+n], []byte{'\n'}))
		keep := min(tail+n, tailSize)
		copy(buf, buf[tail+n-keep:tail+n])
		tail = keep
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	mark := bytes.TrimRight(buf[:tail], "\n")
	if !bytes.HasSuffix(mark, []byte("\n\\.")) || len(mark) == tail {
		return 0, contradiction("the rows do not end with their end mark")
	}
	return lines - int64(tail-len(mark)), nil
}

// countInserts counts the rows of INSERT statements.
func countInserts(r io.Reader, decode decoder, escapes bool) (int64, error) {
	l := sqlLexer{r: bufio.NewReaderSize(decode.reader(r), 64<<10), escapes: escapes}
	if decode.encoding == nil { // what is read is what was written
		l.decode = decode
	}
	var rows int64
	for {
		s, err := l.next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return 0, err
		}
		if !s.is("INSERT", "INTO") {
			return 0, contradiction("a statement among the rows is no INSERT")
		}
		rows += s.inserted()
	}
}

// inserted is how many rows an INSERT adds.
func (s statement) inserted() int64 {
	if s.has("DEFAULT") && s.tuples == 0 {
		return 1 // DEFAULT VALUES, of a table without columns
	}
	return s.tuples
}
