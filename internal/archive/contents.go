// Package archive knows backup files: what kind a file is, by its content and
// never by its name, what it holds, its manifest, its hash, its compression and
// encryption, which the keys of a context open (WithKeys). It needs no server and no
// database tools, and knows no live database.
package archive

import (
	"time"

	"cofre/internal/profile"
)

// Kind is a kind of database.
type Kind string

// The kinds.
const (
	SQLite     Kind = "sqlite"
	PostgreSQL Kind = "postgresql"
)

// Format is how a backup file (or a live database) is laid out.
type Format string

// The formats of the contract.
const (
	FormatSQLite    Format = "sqlite3"
	FormatCustom    Format = "custom"    // pg_dump -Fc
	FormatDirectory Format = "directory" // pg_dump -Fd
	FormatTar       Format = "tar"       // pg_dump -Ft
	FormatPlain     Format = "plain"     // SQL text
	FormatDatabase  Format = "database"  // a live database
)

// Compression of the rows inside an archive, or of the layer around a file.
type Compression string

// The compressions of the contract.
const (
	None Compression = "none"
	Gzip Compression = "gzip"
	Zstd Compression = "zstd"
	LZ4  Compression = "lz4"
)

// Table is a table and its rows. Name is the database's own spelling: with its
// schema for PostgreSQL ("public.users"), without for SQLite. Rows is exact, or
// -1 where it is not known.
type Table struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
}

// Contents is what a database or a backup file holds: shown before a restore,
// compared after it.
type Contents struct {
	Kind        Kind           `json:"kind"`
	Format      Format         `json:"format"`
	Version     string         `json:"version"`            // SQLite library or PostgreSQL server that wrote it; of a live server, its own
	DumpedBy    string         `json:"dumped_by"`          // program that wrote the file, "" where unknown
	Database    string         `json:"database,omitempty"` // name of the database that was dumped, where the file tells
	CreatedAt   *time.Time     `json:"created_at,omitempty"`
	Bytes       int64          `json:"bytes"` // of the file, or of the live database
	Compression Compression    `json:"compression"`
	Encrypted   bool           `json:"encrypted"`
	Tables      []Table        `json:"tables"` // sorted by name, never nil
	Extensions  []string       `json:"extensions,omitempty"`
	Profile     *profile.Facts `json:"profile,omitempty"`

	// ObjectsDenied says of what a restore has made that its large objects were not
	// compared with the backup's: the role may not read all of them.
	ObjectsDenied bool `json:"-"`
}

// Rows is the sum of all rows; -1 where one table's is not known.
func (c Contents) Rows() int64 {
	var n int64
	for _, t := range c.Tables {
		if t.Rows < 0 {
			return -1
		}
		n += t.Rows
	}
	return n
}

// Table returns the table of that name.
func (c Contents) Table(name string) (Table, bool) {
	for _, t := range c.Tables {
		if t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}
