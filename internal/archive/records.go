package archive

import "context"

// Records are all rows of a content, whole, for a comparison. Two of the same kind
// of database give the same bytes for the same value. Tables are named as in
// Contents; none of it changes anything. One table is read at a time.
type Records interface {
	// Columns names the columns whose values Read gives, in the table's order; none for
	// a table that is not there, or has none that are stored.
	Columns(table string) []string
	// Key names the columns of a table's primary key; nil where it has none, or where
	// the content does not tell.
	Key(table string) []string
	// Type of a column as its database declares it; "" where it declares none, or where
	// the content does not tell.
	Type(table, column string) string
	// Stored is the type in whose form the values of a column are: of a domain the one
	// below it, of an enumeration text. Else it is Type.
	Stored(table, column string) string
	// Zoned names columns whose text depends on the time zone of whoever wrote it.
	Zoned(table string) []string
	// Read yields the values of columns of every row, or of the first ones where limit is
	// not 0: in any order, but in the same one each time. NULL is nil. Slices are used
	// again. An error of yield ends the reading and is returned.
	Read(ctx context.Context, table string, columns []string, limit int64, yield func(values [][]byte) error) error
	// Show writes a value that Read gave, and is not NULL, for a person. It is cut after
	// 4,096 bytes.
	Show(value []byte) string
}

// OpenRecords opens a backup file to read all of its rows: an SQLite file, an
// archive of pg_dump, or an SQL script of pg_dump or sqlite3. Of a layer around it,
// the content is unpacked into a folder under tempDir. An archive in an encoding
// that is not read here is errs.Unavailable "archive.encoding". End, never nil,
// closes it.
func OpenRecords(ctx context.Context, path, tempDir string) (records Records, end func(), err error) {
	return openTables(ctx, path, tempDir, tableReaders[Records]{
		ofSQLite: RecordsOfSQLite,
		ofDump: func(d *Dump) (Records, error) {
			return WithLargeObjects(dumpRecords{newDumpTables(d)}, d.aboutObjects(), d.Objects), unreadable(d.path, d.unread)
		},
		ofScript: func(ctx context.Context, path string, kind Kind) (Records, func(), error) {
			r, end, err := openScript(ctx, path, kind)
			if err != nil {
				return nil, nil, err
			}
			if err := unreadable(path, r.unread); err != nil {
				end()
				return nil, nil, err
			}
			if r.sqlite {
				return r, end, nil
			}
			return WithLargeObjects(r, r.opened, r.objects), end, nil
		},
	})
}
