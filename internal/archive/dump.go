package archive

import (
	"context"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"time"
)

// The versions of pg_dump's archive format that are read here: 1.10 came with
// PostgreSQL 8.0, 1.16 with 17 and is 18's, too. Its definition is the
// WriteHead and WriteToc of pg_backup_archiver.c.
const (
	oldestMinor = 10
	newestMinor = 16
)

// Dump is an archive of pg_dump whose table of contents has been read. Its
// methods may be called from several goroutines.
type Dump struct {
	Version       string // of the format, such as "1.14"
	Format        Format
	Compression   Compression // of the rows
	CreatedAt     time.Time   // the archive keeps the wall clock of its machine; read as this machine's
	Database      string
	ServerVersion string // without the distributor's suffix, such as "15.18"
	DumpVersion   string // of pg_dump, likewise
	Entries       []Entry

	path             string
	minor            int
	intSize, offSize int
	tocBytes         int64
	byID             map[int]*Entry
	source           dumpSource
	decode           decoder
	unread           string // the encoding, where it is not read here
}

// Entry is one entry of a table of contents. Texts are as pg_dump wrote them, in
// the archive's encoding; a missing one is "".
type Entry struct {
	DumpID       int
	TableOID     string // OID of the system catalogue that the object is in, and its own there
	OID          string
	Tag          string // name, such as "users" or "users users_pkey"
	Desc         string // kind, such as "TABLE", "TABLE DATA", "INDEX"
	Section      Section
	Defn         string // statement that makes it
	DropStmt     string
	CopyStmt     string // of TABLE DATA that is COPY text; "" where it is INSERTs
	Namespace    string // schema
	Tablespace   string
	TableAM      string
	Relkind      byte // of a table, as pg_class has it; 0 before format 1.16
	Owner        string
	Dependencies []int // dump IDs
	HasData      bool  // rows or large objects follow

	DataState DataState // custom archives
	Offset    int64     // of the data block where DataState is OffsetSet
	File      string    // folder and tar archives: of the data, without the compression's ending

	placeAt int64 // where the table of contents keeps DataState and Offset
}

// Section is the part of a restore that an entry belongs to.
type Section int

// The sections.
const (
	SectionNone Section = iota + 1
	SectionPreData
	SectionData
	SectionPostData
)

// DataState says what a custom archive knows of the place of an entry's data.
type DataState byte

// The states. An archive that was written to a pipe has no offsets.
const (
	OffsetNotSet DataState = 1
	OffsetSet    DataState = 2
	NoData       DataState = 3
)

// Name is the entry's name with its schema, such as "public.users".
func (e *Entry) Name() string {
	if e.Namespace == "" {
		return e.Tag
	}
	return e.Namespace + "." + e.Tag
}

// Name is the entry's name with its schema in UTF-8, as Contents and Schema have it.
func (d *Dump) Name(e *Entry) string { return d.decode.text(e.Name()) }

// Text is a text of an entry as a session in UTF-8 has it, where Decodes the archive's
// encoding; else as it is.
func (d *Dump) Text(s string) string { return d.decode.decoded(s) }

// isRows says whether the entry's data are the rows of a table.
func (e *Entry) isRows() bool { return e.HasData && e.Desc == "TABLE DATA" }

// isObjects says whether the entry's data are large objects.
func (e *Entry) isObjects() bool { return e.HasData && strings.HasPrefix(e.Desc, "BLOB") }

// dumpSource is where a dump's data are: blocks of a file, files of a folder,
// members of a tar.
type dumpSource interface {
	// open returns the unpacked rows of a TABLE DATA entry.
	open(ctx context.Context, e *Entry, t *tally) (io.ReadCloser, error)

	// objects hands each large object of an entry to take, unpacked.
	objects(ctx context.Context, e *Entry, t *tally, take func(oid uint32, r io.Reader) error) error

	// items lists all data, after having checked that they are all there. Reading them
	// adds to t what it takes from the disk.
	items(ctx context.Context, t *tally) ([]dumpItem, error)

	close()
}

// dumpItem is the data of one entry.
type dumpItem struct {
	entry *Entry
	bytes int64 // packed

	// read hands each unpacked content to take: the rows once, large objects one by
	// one. It returns take's error, or that of what is damaged.
	read func(ctx context.Context, take func(io.Reader) error) error
}

// OpenDump opens an archive of pg_dump: a custom or tar file, or a folder. A file
// with a layer around it has to be unwrapped first. An archive of a later format
// is errs.Unavailable "archive.newer_version".
func OpenDump(path string) (*Dump, error) {
	id, err := Identify(path)
	if err != nil {
		return nil, err
	}
	switch id.Format {
	case FormatDirectory:
		return openFolderDump(path)
	case FormatTar:
		return openTarDump(path)
	}
	return OpenCustom(path)
}

// OpenCustom opens an archive in pg_dump's custom format.
func OpenCustom(path string) (*Dump, error) {
	f, info, err := openFile(path)
	if err != nil {
		return nil, err
	}
	d, dr, err := readDump(f, path, FormatCustom)
	if err != nil {
		f.Close()
		return nil, err
	}
	d.source = &customSource{dump: d, file: f, size: info.Size(), first: dr.at}
	return d, nil
}

// Data returns the rows of a TABLE DATA entry as the archive holds them,
// unpacked: COPY text to its end mark, or INSERT statements. Read, which may be
// nil, is told how many packed bytes have been read. What is damaged is
// errs.Corrupt; at io.EOF the checksum was right.
func (d *Dump) Data(ctx context.Context, e *Entry, read func(bytes int64)) (io.ReadCloser, error) {
	if !e.isRows() {
		return nil, d.damaged(e, os.ErrInvalid)
	}
	t := &tally{total: math.MaxInt64}
	if read != nil {
		t.report = func(done, _ int64) { read(done) }
	}
	r, err := d.source.open(ctx, e, t)
	if err != nil {
		return nil, d.damaged(e, err)
	}
	return &entryData{r, d, e}, nil
}

// entryData words what is wrong with an entry's data.
type entryData struct {
	io.ReadCloser
	dump  *Dump
	entry *Entry
}

func (r *entryData) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	return n, r.dump.damaged(r.entry, err)
}

// Close ends the reading.
func (d *Dump) Close() { d.source.close() }
