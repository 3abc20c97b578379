package target

import (
	"reflect"

	"cofre/internal/engine/migrate/convert"
)

// Alike says whether two schemas are the same to whoever has read values for one of
// them: names, types, keys, defaults. In a copy of a database all identifiers of
// tables, constraints and of the person's own types are others.
func (s *Schema) Alike(o *Schema) bool {
	if s == nil || o == nil {
		return s == o
	}
	return reflect.DeepEqual(s.anonymous(), o.anonymous())
}

// firstOwn is the first identifier that the server does not know by itself.
const firstOwn = 16384

func (s *Schema) anonymous() *Schema {
	bare := *s
	bare.Tables = make([]*Table, len(s.Tables))
	for i, t := range s.Tables {
		one := *t
		one.OID = 0
		one.Columns = make([]*Column, len(t.Columns))
		for n, c := range t.Columns {
			column := *c
			column.Number, column.Type = 0, anonymous(c.Type)
			one.Columns[n] = &column
		}
		one.ForeignKeys = make([]*ForeignKey, len(t.ForeignKeys))
		for n, f := range t.ForeignKeys {
			key := *f
			key.OID, key.Parent = 0, &Table{Schema: f.Parent.Schema, Name: f.Parent.Name}
			one.ForeignKeys[n] = &key
		}
		bare.Tables[i] = &one
	}
	return &bare
}

func anonymous(t convert.Type) convert.Type {
	if t.OID >= firstOwn {
		t.OID = 0
	}
	if t.Elem != nil {
		elem := anonymous(*t.Elem)
		t.Elem = &elem
	}
	return t
}
