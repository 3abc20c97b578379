package archive

import (
	"slices"
	"strings"
)

// announce reads the comment that pg_dump writes before each object of a script:
// Name: users; Type: TABLE; Schema: public; Owner: app
func (s *script) announce(line string) {
	rest, ok := strings.CutPrefix(line+" ", "Name: ") // of no owner it ends with a space
	if !ok || s.lexer.sqlite {
		return
	}
	name, rest, ok := cutLast(rest, "; Type: ")
	if !ok {
		return
	}
	kind, rest, ok := strings.Cut(rest, "; Schema: ")
	if !ok {
		return
	}
	schema, rest, _ := strings.Cut(rest, "; Owner: ")
	owner, _, _ := strings.Cut(rest, "; Tablespace: ")
	if schema != "-" && schema != "" {
		name = schema + "." + name
	}
	if owner = strings.TrimSpace(owner); owner == "-" {
		owner = ""
	}
	s.now, s.announced = Object{Type: strings.ToLower(kind), Name: name, Owner: owner}, true
}

// cutLast cuts at the last separator: a name may hold one.
func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// lowrite is how pg_dump writes a part of a large object, but for its digits: two a byte.
const lowrite = `SELECT pg_catalog.lowrite(0, '\x');`

// describe adds the object that a statement makes.
func (s *script) describe(st statement) {
	switch {
	case s.lexer.sqlite:
		s.describeSQLite(st)
	case st.is("GRANT"), st.is("REVOKE"), st.is("ALTER", "DEFAULT", "PRIVILEGES"):
		s.schema.Roles = append(s.schema.Roles, grantees(s.text(st)+";")...)
		s.object(st)
	case st.is("ALTER") && st.has("OWNER"), st.is("SET"):
	case st.is("SELECT", "pg_catalog", ".", "setval"):
		if value, fresh, ok := sequenceValue(s.text(st)); ok && s.now.Type == "sequence set" {
			o := s.schema.sequence(s.now.Name)
			o.Value, o.Fresh = &value, fresh
		}
	case st.is("SELECT", "pg_catalog", ".", "lo_open"):
		s.schema.LargeObjects++
	case st.is("SELECT", "pg_catalog", ".", "lowrite"):
		s.schema.LargeObjectBytes += (s.lexer.at() - st.at - int64(len(lowrite))) / 2
	case st.is("INSERT", "INTO"):
		s.fill(st.name(2), s.lexer.at()-st.at)
	case st.is("COPY"), st.is("SELECT", "pg_catalog", "."), st.is("BEGIN"), st.is("COMMIT"):
	default:
		s.object(st)
	}
}

// object notes the announced object with its first statement; what follows belongs
// to it, too.
func (s *script) object(st statement) {
	if !s.announced {
		if n := len(s.schema.Objects); n > 0 && s.schema.Objects[n-1].Name == s.now.Name && s.schema.Objects[n-1].Type == s.now.Type {
			s.schema.Objects[n-1].DDL += "\n" + s.text(st)
		}
		return
	}
	s.announced = false
	s.now.DDL = s.text(st)
	s.schema.add(s.now)
}

func (s *script) describeSQLite(st statement) {
	i := 1 // of what is made
	for ; i < len(st.words) && slices.ContainsFunc([]string{"UNIQUE", "VIRTUAL", "TEMP", "TEMPORARY"}, st.words[i].is); i++ {
		continue
	}
	switch {
	case st.is("INSERT", "INTO"):
		s.fill(st.name(2), s.lexer.at()-st.at)
	case st.is("CREATE") && i < len(st.words)-1:
		o := Object{Type: strings.ToLower(st.words[i].text), Name: st.name(st.after(i + 1)), DDL: s.text(st)}
		if o.Type == "index" || o.Type == "trigger" {
			if on := slices.IndexFunc(st.words, func(w word) bool { return w.is("ON") }); on > 0 && on < len(st.words)-1 {
				o.Of = st.name(on + 1)
			}
		}
		s.schema.add(o)
	}
}

func (s *script) text(st statement) string {
	return strings.TrimSpace(s.lexer.decode.text(s.lexer.in.text(st.at, s.lexer.at())))
}

// fill adds the bytes of rows to their table.
func (s *script) fill(table string, bytes int64) {
	if s.schema != nil {
		s.bytes[table] += bytes
	}
}
