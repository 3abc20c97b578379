package postgres

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"maps"
	"regexp"
	"strings"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// printed are the settings that pg_dump prints values with. A table is read from
// its beginning: what was filled by one COPY then comes in the order of the COPY.
const printed = "SET LOCAL datestyle = ISO; SET LOCAL intervalstyle = postgres; SET LOCAL extra_float_digits = 3; SET LOCAL synchronize_seqscans = off; "

// encodingPattern is how pg_dump says the encoding of an archive.
var encodingPattern = regexp.MustCompile(`^SET client_encoding = '([\w-]+)';\s*$`)

// printing are the settings with which a session reads and prints values as an
// archive does.
func printing(d *archive.Dump) (string, error) {
	settings := printed
	for i := range d.Entries {
		if e := &d.Entries[i]; e.Desc == "ENCODING" {
			match := encodingPattern.FindStringSubmatch(e.Defn)
			if match == nil { // what follows the name would be run here, and nowhere else
				return "", errs.New(errs.Invalid, "postgres.foreign_statement", errs.Args{"statement": "SET client_encoding"})
			}
			settings += "SET LOCAL client_encoding = '" + match[1] + "'"
		}
	}
	return settings, nil
}

// compare reads every table that was filled from an archive again, but for those
// whose rows are known, and the large objects, and compares them with the archive's.
// Both are streams: the memory does not grow with them. The first table that differs
// is errs.Corrupt.
// It adds to known how many rows each of the tables has that it has read, and
// returns that. A plain script, and what an archive holds as INSERTs, has nothing to
// compare with: these are counted by themselves.
//
// It runs in a transaction of the session that can write.
func (s *session) compare(ctx context.Context, file string, known map[string]int64) (counted map[string]int64, err error) {
	how, err := look(file)
	if err != nil || how.format == archive.FormatPlain {
		return known, err
	}
	d, err := archive.OpenDump(file)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	tables, err := s.tables(ctx)
	if err != nil {
		return nil, err
	}
	whole := map[string]bool{} // of extensions' tables only some rows are in an archive
	for _, t := range tables {
		whole[t.Name()] = t.condition == ""
	}
	settings, err := printing(d)
	if err != nil {
		return nil, err
	}
	if err := s.script(ctx, settings); err != nil {
		return nil, err
	}
	counted = map[string]int64{}
	maps.Copy(counted, known)
	for i := range d.Entries {
		rows, ok := rowsOf(&d.Entries[i])
		name := d.Name(&d.Entries[i])
		if _, done := counted[name]; !ok || done || !whole[name] {
			continue
		}
		if counted[name], err = s.compareTable(ctx, d, rows); err != nil {
			return nil, err
		}
	}
	denied, err := s.compareObjects(ctx, d)
	if err != nil {
		return nil, err
	}
	if denied {
		counted[archive.LargeObjects] = 0
	}
	return counted, s.inUTF8(ctx)
}

// filling is a table that an archive fills by COPY.
type filling struct {
	*archive.Entry
	table, columns string // as SQL names them
}

// rowsOf reads where the rows of an entry go. A partition's may have been written
// for the table that it is a part of: they can't be found again.
func rowsOf(e *archive.Entry) (f filling, ok bool) {
	if e.Desc != "TABLE DATA" || !e.HasData {
		return f, false
	}
	match := copyPattern.FindStringSubmatch(strings.TrimSuffix(strings.TrimSpace(e.CopyStmt), ";"))
	if match == nil || unquoted(match[1]) != e.Name() {
		return f, false
	}
	return filling{e, match[1], match[2]}, true
}

// list is the columns as COPY wants them: a table may have none.
func (f filling) list() string {
	if f.columns == "" {
		return ""
	}
	return " (" + f.columns + ")"
}

// compareTable returns how many rows the table has.
func (s *session) compareTable(ctx context.Context, d *archive.Dump, f filling) (int64, error) {
	want, err := d.Data(ctx, f.Entry, nil)
	if err != nil {
		return 0, err
	}
	defer want.Close()
	c := comparison{want: bufio.NewReaderSize(want, 256<<10), piece: make([]byte, 64<<10)}
	read, err := s.PgConn().CopyTo(ctx, &c, "COPY "+f.table+f.list()+" TO STDOUT")
	if err != nil {
		return 0, err
	}
	if c.end(); c.failed != nil {
		return 0, c.failed
	}
	if c.differs {
		err = s.compareMeaning(ctx, d, f)
	}
	return read.RowsAffected(), err
}

// compareMeaning compares values that may be printed in different ways: in another
// time zone, by a server of another version, in another order. The archive's rows go
// through a table of this server whose columns are like those in question.
func (s *session) compareMeaning(ctx context.Context, d *archive.Dump, f filling) error {
	const like = "pg_temp.cofre_like"
	if err := s.script(ctx, "CREATE TEMPORARY TABLE cofre_like AS SELECT "+f.columns+" FROM "+f.table+" WITH NO DATA"); err != nil {
		return err
	}
	data, err := d.Data(ctx, f.Entry, nil)
	if err != nil {
		return err
	}
	defer data.Close()
	rows := &copyRows{in: bufio.NewReaderSize(data, 256<<10), told: func(int64) {}}
	if _, err := s.send(ctx, rows, "COPY "+like+f.list()+" FROM STDIN"); err != nil {
		return errors.Join(rows.broken, err)
	}
	here, there := multiset{seed: maphash.MakeSeed()}, multiset{}
	there.seed = here.seed
	for table, sum := range map[string]*multiset{f.table: &here, like: &there} {
		if _, err := s.PgConn().CopyTo(ctx, sum, "COPY "+table+f.list()+" TO STDOUT"); err != nil {
			return err
		}
	}
	if here != there {
		return errs.New(errs.Corrupt, "postgres.differs", errs.Args{"table": f.Name()})
	}
	return s.script(ctx, "DROP TABLE "+like)
}

// comparison compares what is written to it with the rows that it reads.
type comparison struct {
	want    *bufio.Reader
	piece   []byte
	differs bool
	failed  error // of the archive
}

// Write never fails: an error would end the connection.
func (c *comparison) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0 && !c.differs && c.failed == nil; {
		n, err := io.ReadFull(c.want, c.piece[:min(len(rest), len(c.piece))])
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			c.differs = true
		case err != nil:
			c.failed = err
		default:
			c.differs = !bytes.Equal(c.piece[:n], rest[:n])
			rest = rest[n:]
		}
	}
	return len(b), nil
}

// end looks whether the archive's rows end where the table's do.
func (c *comparison) end() {
	if c.differs || c.failed != nil {
		return
	}
	rest, err := io.ReadAll(io.LimitReader(c.want, 64))
	c.failed = err
	c.differs = !bytes.Equal(bytes.TrimRight(rest, "\n"), endOfRows)
}

// multiset is a fingerprint of lines in any order; each write is one line.
type multiset struct {
	seed  maphash.Seed
	lines int64
	sum   uint64
	mixed uint64
}

func (m *multiset) Write(line []byte) (int, error) {
	m.add(maphash.Bytes(m.seed, line))
	return len(line), nil
}

func (m *multiset) add(line uint64) {
	m.lines++
	m.sum += line
	m.mixed += line * (line>>32 | 1)
}
