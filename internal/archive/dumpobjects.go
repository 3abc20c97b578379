package archive

import (
	"bufio"
	"strings"
)

// describe fills s from a table of contents; counts are nil where the data were not
// read.
func (d *Dump) describe(s *Schema, counts dumpCounts) {
	bytes := map[string]int64{}
	if counts != nil {
		s.LargeObjects = 0
	}
	for i := range d.Entries {
		e := &d.Entries[i]
		c := counts[e.DumpID]
		switch {
		case e.isRows():
			bytes[d.Name(e)] += c.bytes
		case e.isObjects() && counts != nil:
			s.LargeObjects, s.LargeObjectBytes = s.LargeObjects+c.rows, s.LargeObjectBytes+c.bytes
		}
		if e.Owner != "" {
			s.Roles = append(s.Roles, d.decode.text(e.Owner))
		}
	}
	for i := range d.Entries {
		e := &d.Entries[i]
		switch e.Desc {
		case "TABLE DATA", "BLOBS", "BLOB DATA", "BLOB METADATA", "BLOB", "ENCODING", "STDSTRINGS", "SEARCHPATH", "STATISTICS DATA", "DATABASE PROPERTIES":
			continue // rows, and how to read them
		case "SEQUENCE SET":
			if value, fresh, ok := sequenceValue(e.Defn); ok {
				o := s.sequence(d.Name(e))
				o.Value, o.Fresh = &value, fresh
			}
			continue
		case "ACL", "DEFAULT ACL":
			s.Roles = append(s.Roles, grantees(d.decode.text(e.Defn))...)
		}
		o := Object{Type: strings.ToLower(e.Desc), Name: d.Name(e), Owner: d.decode.text(e.Owner), DDL: strings.TrimSpace(d.decode.text(e.Defn))}
		if e.Desc == "TABLE" {
			o.Bytes = bytes[o.Name]
		}
		o.Of = d.tableOf(e)
		s.add(o)
	}
}

// belonging are the kinds whose tag begins with the name of a table.
var belonging = map[string]bool{"CONSTRAINT": true, "CHECK CONSTRAINT": true, "FK CONSTRAINT": true, "DEFAULT": true, "TRIGGER": true, "RULE": true, "POLICY": true, "ROW SECURITY": true}

// tableOf is the table that an entry belongs to: the one that it depends on, where
// its tag says so, or its kind.
func (d *Dump) tableOf(e *Entry) string {
	if !belonging[e.Desc] && e.Desc != "INDEX" {
		return ""
	}
	for _, id := range e.Dependencies {
		t := d.byID[id]
		if t == nil || t.Desc != "TABLE" && t.Desc != "MATERIALIZED VIEW" && t.Desc != "VIEW" {
			continue
		}
		if e.Desc == "INDEX" || e.Tag == t.Tag || strings.HasPrefix(e.Tag, t.Tag+" ") {
			return d.Name(t)
		}
	}
	return ""
}

// grantees are the roles that statements of GRANT and REVOKE name, and those whose
// default privileges they change.
func grantees(statements string) (roles []string) {
	l := sqlLexer{r: bufio.NewReader(strings.NewReader(statements))}
	for {
		s, err := l.next()
		if err != nil {
			return roles
		}
		for i, w := range s.words[:max(0, len(s.words)-1)] {
			if w.is("TO") || w.is("FROM") || w.is("ROLE") {
				if role := s.words[i+1]; !role.is("PUBLIC") {
					roles = append(roles, role.text)
				}
			}
		}
	}
}
