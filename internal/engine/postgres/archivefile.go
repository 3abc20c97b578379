package postgres

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// archiveVersion is the version of pg_dump's archive format, such as 1.14. It
// says which pg_restore reads a file.
type archiveVersion struct{ major, minor byte }

func (v archiveVersion) String() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

// since is the first major of the client tools that reads this version; for one
// that is not known yet, the next major.
func (v archiveVersion) since() int {
	switch {
	case v.major > 1 || v.minor > 16:
		return 19
	case v.minor == 16:
		return 17
	case v.minor == 15:
		return 16
	}
	return oldest
}

func (v archiveVersion) readBy(t version) bool { return t.major >= v.since() }

// dumped is an archive as pg_restore takes it.
type dumped struct {
	format  archive.Format
	version archiveVersion
}

// look reads what the first bytes of a PostgreSQL backup tell. Other content is
// errs.Invalid or errs.Corrupt.
func look(file string) (dumped, error) {
	id, err := archive.Identify(file)
	if err != nil {
		return dumped{}, err
	}
	if id.Kind != archive.PostgreSQL || id.Layer != archive.None || id.Encrypted {
		return dumped{}, errs.New(errs.Invalid, "postgres.not_an_archive", errs.Args{"file": filepath.Base(file)})
	}
	d := dumped{format: id.Format}
	header, at := file, int64(0)
	switch d.format {
	case archive.FormatPlain:
		return d, nil
	case archive.FormatDirectory:
		header = filepath.Join(file, "toc.dat")
	case archive.FormatTar:
		at = 512 // the first member is toc.dat, after one block of tar's
	}
	f, err := os.Open(header)
	if err != nil {
		return dumped{}, archive.FileError(err, header)
	}
	defer f.Close()
	var magic [7]byte // PGDMP, major, minor
	if _, err := f.ReadAt(magic[:], at); err != nil && err != io.EOF {
		return dumped{}, archive.FileError(err, header)
	}
	d.version = archiveVersion{magic[5], magic[6]}
	return d, nil
}
