package archive

import (
	"context"
	"slices"
	"strings"
)

// Schema is what a backup makes besides rows, with the statements that make it.
type Schema struct {
	Objects []Object `json:"objects"` // in the order in which a restore makes them; never nil
	Roles   []string `json:"roles"`   // that own something or are given a right, sorted; never nil

	LargeObjects     int64 `json:"large_objects"` // -1 where the file was not read whole
	LargeObjectBytes int64 `json:"large_object_bytes"`
}

// Object is a table, an index, a function and so on.
type Object struct {
	Type  string `json:"type"`            // as pg_dump calls it, in small letters: "table", "fk constraint"
	Name  string `json:"name"`            // with its schema, as a table in Contents
	Of    string `json:"of,omitempty"`    // the table that it belongs to, where that is told
	Owner string `json:"owner,omitempty"` // "" where the file names none
	DDL   string `json:"ddl,omitempty"`   // "" for a statement of more than a megabyte

	Bytes int64  `json:"bytes,omitempty"` // of a table: its rows as the file holds them, unpacked; pages of an SQLite file
	Value *int64 `json:"value,omitempty"` // of a sequence: the last one given, or the next where Fresh
	Fresh bool   `json:"fresh,omitempty"` // of a sequence: it has given none yet
}

// Study is Inspect, and says what the backup makes besides rows.
func Study(ctx context.Context, path string, o InspectOptions) (Contents, Schema, error) {
	id, err := IdentifyInside(ctx, path)
	if err != nil {
		return Contents{}, Schema{}, err
	}
	s := Schema{Objects: []Object{}, Roles: []string{}, LargeObjects: -1}
	c, _, err := readContents(ctx, path, id, pass{quick: o.Quick, tempDir: o.TempDir, progress: o.Progress, schema: &s})
	if err != nil {
		return Contents{}, Schema{}, err
	}
	s.Roles = slices.Compact(slices.Sorted(slices.Values(s.Roles)))
	return c, s, nil
}

// Named are the objects of that name, in any schema where the name has none.
func (s Schema) Named(name string) []Object {
	var found []Object
	for _, o := range s.Objects {
		_, bare, ok := strings.Cut(o.Name, ".")
		if strings.EqualFold(o.Name, name) || ok && strings.EqualFold(bare, name) {
			found = append(found, o)
		}
	}
	return found
}

func (s *Schema) add(o Object) {
	s.Objects = append(s.Objects, o)
	if o.Owner != "" {
		s.Roles = append(s.Roles, o.Owner)
	}
}

// sequence is the object of that name, which is made where a file has only its value.
func (s *Schema) sequence(name string) *Object {
	i := slices.IndexFunc(s.Objects, func(o Object) bool { return o.Type == "sequence" && o.Name == name })
	if i < 0 {
		s.Objects = append(s.Objects, Object{Type: "sequence", Name: name})
		i = len(s.Objects) - 1
	}
	return &s.Objects[i]
}
