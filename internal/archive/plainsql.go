package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"cofre/internal/errs"
)

// plainContents reads an SQL script of pg_dump or sqlite3 from beginning to end.
// The script must end as its program ends it, or it is cut.
func plainContents(ctx context.Context, path string, id Identity, p pass) (Contents, error) {
	in, err := openPlain(ctx, path, id, p.progress)
	if err != nil {
		return Contents{}, err
	}
	defer in.Close()
	s := script{rows: map[string]int64{}, foreign: map[string]bool{}, schema: p.schema, bytes: map[string]int64{}, places: p.script}
	s.lexer = sqlLexer{sqlite: id.Kind == SQLite, comment: s.comment}
	if p.schema != nil {
		p.schema.LargeObjects = 0
	}
	if p.schema != nil || p.script != nil {
		s.lexer.in = &recorder{r: in}
		s.lexer.r = bufio.NewReaderSize(s.lexer.in, 256<<10)
	} else {
		s.lexer.r = bufio.NewReaderSize(in, 256<<10)
	}
	if err := s.read(); err != nil {
		var e *errs.Error
		if errors.As(err, &e) && e.Reason == "archive.meta_command" {
			e.Args["file"] = filepath.Base(path)
		}
		return Contents{}, dumpError(path, "", err)
	}
	if s.schema != nil {
		for i := range s.schema.Objects {
			if o := &s.schema.Objects[i]; o.Type == "table" {
				o.Bytes = s.bytes[o.Name]
			}
		}
	}
	return s.contents(), nil
}

// script is what has been read of an SQL script.
type script struct {
	lexer      sqlLexer
	rows       map[string]int64 // of the tables that it makes or fills
	foreign    map[string]bool  // tables whose rows belong to another server
	extensions []string
	version    string
	dumpedBy   string
	ended      bool

	schema    *Schema          // is filled in; may be nil
	now       Object           // the object that pg_dump's last comment announced
	announced bool             // now was, and its statement has not come yet
	bytes     map[string]int64 // of the rows of each table
	places    *scriptRecords   // is told where rows are; may be nil
}

func (s *script) read() error {
	for {
		err := s.statement()
		switch {
		case errors.Is(err, io.EOF) && !s.ended:
			return io.ErrUnexpectedEOF
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

func (s *script) statement() error {
	st, err := s.lexer.next()
	if err != nil {
		return err
	}
	if s.schema != nil {
		s.describe(st)
	}
	switch {
	case st.is("CREATE", "TABLE"):
		s.table(st, 2)
	case s.places != nil && st.is("CREATE", "TYPE"):
		s.places.made.add(st.name(2), readType(s.text(st)))
	case s.places != nil && st.is("ALTER", "TABLE"):
		s.places.learnKey(st, s.text(st))
	case st.is("CREATE", "UNLOGGED", "TABLE"), st.is("CREATE", "VIRTUAL", "TABLE"):
		s.table(st, 3)
	case st.is("CREATE", "FOREIGN", "TABLE"):
		s.foreign[st.name(st.after(3))] = true
	case st.is("CREATE", "EXTENSION"):
		s.extensions = append(s.extensions, st.name(st.after(2)))
	case st.is("INSERT", "INTO"):
		s.rows[st.name(2)] += st.inserted()
		if s.places != nil {
			s.places.add(st.name(2), scriptPart{begin: st.at, end: s.lexer.at()})
		}
	case st.is("COPY") && st.has("STDIN") && s.lexer.sqlite:
		return errDump("COPY, which sqlite3 does not know")
	case st.is("COPY") && st.has("STDIN"):
		begin, stmt := s.lexer.at(), s.copyStmt(st)
		n, err := s.copied()
		if err != nil {
			return err
		}
		s.rows[st.name(1)] += n
		s.fill(st.name(1), s.lexer.at()-begin)
		if s.places != nil {
			s.places.add(st.name(1), scriptPart{begin, s.lexer.at(), append([]string{}, copyColumns(stmt)...)})
		}
	case s.places != nil && (st.is("SELECT", "pg_catalog", ".", "lo_open") || st.is("SELECT", "pg_catalog", ".", "lowrite") || st.is("SELECT", "pg_catalog", ".", "lo_close")):
		if s.places.add(LargeObjects, scriptPart{begin: st.at, end: s.lexer.at()}); st.words[3].is("lo_open") {
			s.places.opened++
		}
	case st.is("SET", "standard_conforming_strings"):
		s.lexer.escapes = st.words[len(st.words)-1].is("off")
		if s.places != nil {
			s.places.escapes = s.lexer.escapes
		}
	case st.is("SET", "client_encoding"):
		s.encoding(strings.ToUpper(string(s.lexer.text))) // the last thing before its end
	case s.lexer.sqlite && st.is("COMMIT"):
		s.ended = true
	}
	return nil
}

// encoding notes how the rest of the script is to be read.
func (s *script) encoding(name string) {
	var known bool
	s.lexer.decode, known = decoderOf(name)
	if s.places == nil {
		return
	}
	if s.places.decode = s.lexer.decode; !known {
		s.places.unread = name
	}
}

// copyStmt is the text of COPY, whose columns count only for who reads rows.
func (s *script) copyStmt(st statement) string {
	if s.places == nil {
		return ""
	}
	return s.text(st)
}

// after is the place of the name behind IF NOT EXISTS, if that is there.
func (s statement) after(i int) int {
	if len(s.words) > i+3 && s.words[i].is("IF") {
		return i + 3
	}
	return i
}

// table notes a new table, but for one that only parts its rows among others.
func (s *script) table(st statement, i int) {
	for j, w := range st.words[:len(st.words)-1] {
		if w.is("PARTITION") && st.words[j+1].is("BY") {
			return
		}
	}
	s.rows[st.name(st.after(i))] += 0
	if s.places != nil {
		s.places.made.add(st.name(st.after(i)), readTable(s.text(st), s.lexer.sqlite))
	}
}

// copied counts the rows between COPY … FROM stdin; and its end mark. The line of
// the statement itself has to end first.
func (s *script) copied() (rows int64, err error) {
	if _, err := s.lexer.line(); err != nil {
		return 0, err
	}
	for begins := true; ; {
		part, err := s.lexer.r.ReadSlice('\n')
		full := errors.Is(err, bufio.ErrBufferFull)
		if err != nil && !full {
			return 0, cut(err)
		}
		if begins && !full && string(bytes.TrimRight(part, "\r\n")) == `\.` {
			return rows, nil
		}
		if !full {
			rows++
		}
		begins = !full
	}
}

// comment reads what pg_dump tells in comments.
func (s *script) comment(line string) {
	if v, ok := strings.CutPrefix(line, "Dumped from database version "); ok {
		s.version = bareVersion(v)
	}
	if v, ok := strings.CutPrefix(line, "Dumped by pg_dump version "); ok {
		s.dumpedBy = "pg_dump " + bareVersion(v)
	}
	if s.schema != nil {
		s.announce(line)
	}
	if line == "PostgreSQL database dump complete" {
		s.ended = true
	}
}

func (s *script) contents() Contents {
	for name := range s.rows {
		if s.foreign[name] || s.lexer.sqlite && strings.HasPrefix(strings.ToLower(name), "sqlite_") {
			delete(s.rows, name)
		}
	}
	slices.Sort(s.extensions)
	return Contents{Version: s.version, DumpedBy: s.dumpedBy, Compression: None, Tables: sortedTables(s.rows), Extensions: s.extensions}
}
