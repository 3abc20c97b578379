package archive

import (
	"context"
	"database/sql"
	"strings"
)

// describe fills s from the schema of an SQLite file; quick leaves out the sizes,
// for which every page is looked at.
func (f *sqliteFile) describe(ctx context.Context, s *Schema, quick bool) error {
	s.LargeObjects = 0
	if err := f.objects(ctx, s); err != nil {
		return sqliteError(err, f.path)
	}
	if err := f.sequences(ctx, s); err != nil && !ownToApplication(err) { // there are none
		return sqliteError(err, f.path)
	}
	if quick {
		return nil
	}
	if err := f.sizes(ctx, s); err != nil && !ownToApplication(err) { // a library without dbstat
		return sqliteError(err, f.path)
	}
	return nil
}

func (f *sqliteFile) objects(ctx context.Context, s *Schema) error {
	return f.each(ctx, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", func(rows *sql.Rows) error {
		var o Object
		err := rows.Scan(&o.Type, &o.Name, &o.Of, &o.DDL)
		if o.Of == o.Name {
			o.Of = ""
		}
		o.DDL = strings.TrimSpace(o.DDL)
		s.add(o)
		return err
	})
}

// sequences are the tables that never give a number twice.
func (f *sqliteFile) sequences(ctx context.Context, s *Schema) error {
	return f.each(ctx, "SELECT name, seq FROM sqlite_sequence WHERE typeof(seq) = 'integer' ORDER BY name", func(rows *sql.Rows) error {
		var name string
		var value int64
		err := rows.Scan(&name, &value)
		s.add(Object{Type: "sequence", Name: name, Of: name, Value: &value})
		return err
	})
}

func (f *sqliteFile) sizes(ctx context.Context, s *Schema) error {
	bytes := map[string]int64{}
	err := f.each(ctx, "SELECT name, pgsize FROM dbstat WHERE aggregate", func(rows *sql.Rows) error {
		var name string
		var n int64
		err := rows.Scan(&name, &n)
		bytes[name] = n
		return err
	})
	for i := range s.Objects {
		if o := &s.Objects[i]; o.Type == "table" || o.Type == "index" {
			o.Bytes = bytes[o.Name]
		}
	}
	return err
}

func (f *sqliteFile) each(ctx context.Context, query string, take func(*sql.Rows) error) error {
	rows, err := f.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
