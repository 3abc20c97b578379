package archive

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"cofre/internal/errs"
)

// scriptRecords are the rows of an SQL script: of pg_dump as COPY text spells them,
// of sqlite3 each with its own type. The script has been read once, to know where
// the rows of each table are.
type scriptRecords struct {
	path    string
	file    *os.File
	sqlite  bool
	escapes bool
	decode  decoder
	unread  string // the encoding, where it is not read here
	tables  []string
	made    madeTables
	parts   map[string][]scriptPart
	opened  int64 // large objects
}

// scriptPart is a part of a script that holds rows of one table, and nothing else.
type scriptPart struct {
	begin, end int64
	columns    []string // of COPY; nil for INSERT statements
}

// openScript reads the whole script once; what is wrong with it is said as by Inspect.
func openScript(ctx context.Context, path string, kind Kind) (*scriptRecords, func(), error) {
	r := &scriptRecords{path: path, sqlite: kind == SQLite, made: madeTables{}, parts: map[string][]scriptPart{}}
	contents, err := plainContents(ctx, path, Identity{Kind: kind, Layer: None}, pass{script: r})
	if err != nil {
		return nil, nil, err
	}
	for _, t := range contents.Tables {
		r.tables = append(r.tables, t.Name)
	}
	if r.file, err = os.Open(path); err != nil {
		return nil, nil, FileError(err, path)
	}
	return r, func() { r.file.Close() }, nil
}

// learnKey notes the key of ALTER TABLE ONLY name ADD CONSTRAINT name PRIMARY KEY (…).
func (r *scriptRecords) learnKey(st statement, text string) {
	i := 2
	if st.is("ALTER", "TABLE", "ONLY") {
		i++
	}
	if _, columns, ok := strings.Cut(text, " PRIMARY KEY ("); ok {
		m := r.made[st.name(i)]
		m.key = copyColumns("(" + columns)
		r.made[st.name(i)] = m
	}
}

// add notes rows; statements that follow each other are one part.
func (r *scriptRecords) add(table string, p scriptPart) {
	parts := r.parts[table]
	if n := len(parts); n > 0 && p.columns == nil && parts[n-1].columns == nil && p.begin-parts[n-1].end < 3 { // but for line breaks
		parts[n-1].end = p.end
		return
	}
	r.parts[table] = append(parts, p)
}

func (r *scriptRecords) Tables() []string { return r.tables }

func (r *scriptRecords) Columns(table string) []string {
	if parts := r.parts[table]; len(parts) > 0 && parts[0].columns != nil {
		return parts[0].columns
	}
	var names []string
	for _, c := range r.made[table].stored() {
		names = append(names, c.Name)
	}
	return names
}

func (r *scriptRecords) Key(table string) []string { return r.made[table].key }

func (r *scriptRecords) Type(table, column string) string   { return r.made[table].typeOf(column) }
func (r *scriptRecords) Stored(table, column string) string { return r.Type(table, column) }

func (r *scriptRecords) Zoned(table string) (zoned []string) {
	for _, c := range r.made[table].columns {
		if isZoned(c.Type) {
			zoned = append(zoned, c.Name)
		}
	}
	return zoned
}

func (r *scriptRecords) Show(value []byte) string {
	if r.sqlite {
		return showSQLite(value)
	}
	return ShowCopy(value)
}

func (r *scriptRecords) Read(ctx context.Context, table string, columns []string, limit int64, yield func([][]byte) error) error {
	read, all := int64(0), yield
	yield = func(values [][]byte) error { read++; return all(values) }
	for _, p := range r.parts[table] {
		in := r.decode.reader(r.section(ctx, p))
		var err error
		if p.columns == nil {
			err = newInsertRows(in, r.made[table].columns, r.sqlite, r.escapes).read(columns, max(0, limit-read), yield)
		} else {
			lines := bufio.NewReaderSize(in, 64<<10)
			if _, err = (&sqlLexer{r: lines}).line(); err == nil { // of the statement
				err = copyRows(lines, p.columns, columns, max(0, limit-read), yield)
			}
		}
		if err := cmp.Or(r.damaged(table, err), ctx.Err()); err != nil || limit > 0 && read == limit {
			return err
		}
	}
	return nil
}

func (r *scriptRecords) section(ctx context.Context, p scriptPart) io.Reader {
	return &meter{ctx, io.NewSectionReader(r.file, p.begin, p.end-p.begin), &tally{}}
}

func (r *scriptRecords) damaged(table string, err error) error {
	if c := (errDump("")); errors.As(err, &c) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errs.New(errs.Corrupt, "archive.dump_table", errs.Args{"file": plainName(r.path), "table": table}).Because(err)
	}
	return err
}
