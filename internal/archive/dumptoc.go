package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cofre/internal/errs"
)

// readDump reads the header and the table of contents of an archive. The reader
// that it returns stands behind them.
func readDump(r io.Reader, path string, format Format) (*Dump, *dumpReader, error) {
	d := &Dump{path: path, Format: format, byID: map[int]*Entry{}}
	dr := newDumpReader(r, d)
	if err := d.readHeader(dr); err != nil {
		return nil, nil, d.damaged(nil, err)
	}
	start := dr.at
	if err := d.readEntries(dr); err != nil {
		return nil, nil, d.damaged(nil, err)
	}
	d.tocBytes = dr.at - start
	var known bool
	if d.decode, known = decoderOf(d.Encoding()); !known {
		d.unread = d.Encoding()
	}
	return d, dr, nil
}

func (d *Dump) readHeader(dr *dumpReader) error {
	var head [dumpFormatAt + 1]byte
	for i := range head {
		var err error
		if head[i], err = dr.byte(); err != nil {
			return err
		}
	}
	d.Version = fmt.Sprintf("%d.%d", head[5], head[6])
	args := errs.Args{"file": filepath.Base(d.path), "version": d.Version}
	switch {
	case string(head[:5]) != dumpMagic:
		return contradiction("it does not begin with %s", dumpMagic)
	case head[5] > 1 || head[5] == 1 && head[6] > newestMinor:
		return errs.New(errs.Unavailable, "archive.newer_version", args)
	case head[5] < 1 || head[6] < oldestMinor:
		return errs.New(errs.Unavailable, "archive.older_version", args)
	case head[dumpFormatAt] != map[Format]byte{FormatCustom: dumpCustom, FormatTar: dumpTar, FormatDirectory: dumpTar}[d.Format]:
		return contradiction("its format is %d", head[dumpFormatAt])
	}
	d.minor, d.intSize, d.offSize = int(head[6]), int(head[8]), int(head[9])
	if d.intSize < 1 || d.intSize > 32 || d.offSize < 1 || d.offSize > 32 {
		return contradiction("integers of %d and offsets of %d bytes", d.intSize, d.offSize)
	}
	dr.intSize, dr.offSize = d.intSize, d.offSize
	if err := d.readCompression(dr); err != nil {
		return err
	}
	f := fields{dumpReader: dr}
	d.CreatedAt = readTime(&f)
	d.Database, d.ServerVersion, d.DumpVersion = f.text(), bareVersion(f.text()), bareVersion(f.text())
	return f.err
}

// bareVersion takes away what a distributor adds: "15.18 (Debian …)".
func bareVersion(s string) string {
	version, _, _ := strings.Cut(s, " ")
	return version
}

func (d *Dump) readCompression(dr *dumpReader) error {
	if d.minor < 15 { // a level of gzip
		level, err := dr.int()
		d.Compression = Gzip
		if level == 0 {
			d.Compression = None
		}
		return err
	}
	b, err := dr.byte()
	if err != nil {
		return err
	}
	known := []Compression{None, Gzip, LZ4, Zstd}
	if int(b) >= len(known) {
		return contradiction("compression %d", b)
	}
	d.Compression = known[b]
	return nil
}

// readTime reads a struct tm: seconds, minutes, hours, day, month from 0, years
// since 1900, and whether it is summer time, which the zone tells better.
func readTime(f *fields) time.Time {
	sec, minute, hour, day, month, year := f.number(), f.number(), f.number(), f.number(), f.number(), f.number()
	f.number()
	return time.Date(year+1900, time.Month(month+1), day, hour, minute, sec, 0, time.Local)
}

func (d *Dump) readEntries(dr *dumpReader) error {
	count, err := dr.small()
	if err != nil {
		return err
	}
	if count < 0 {
		return contradiction("%d entries", count)
	}
	for range count {
		var e Entry
		if err := d.readEntry(dr, &e); err != nil {
			return err
		}
		dr.room -= 256 // what an entry takes besides its strings
		d.Entries = append(d.Entries, e)
	}
	for i := range d.Entries {
		e := &d.Entries[i]
		if d.byID[e.DumpID] != nil {
			return contradiction("entry %d is there twice", e.DumpID)
		}
		d.byID[e.DumpID] = e
	}
	return nil
}

func (d *Dump) readEntry(dr *dumpReader, e *Entry) error {
	f := fields{dumpReader: dr}
	e.DumpID = f.number()
	e.HasData = f.number() != 0
	e.TableOID, e.OID, e.Tag, e.Desc = f.text(), f.text(), f.text(), f.text()
	if d.minor >= 11 {
		e.Section = Section(f.number())
	}
	e.Defn, e.DropStmt, e.CopyStmt, e.Namespace, e.Tablespace = f.text(), f.text(), f.text(), f.text(), f.text()
	if d.minor >= 14 {
		e.TableAM = f.text()
	}
	if d.minor >= 16 {
		e.Relkind = byte(f.number())
	}
	e.Owner = f.text()
	f.text() // WITH OIDS, gone since PostgreSQL 12
	if f.err != nil {
		return f.err
	}
	if e.DumpID <= 0 {
		return contradiction("an entry has the number %d", e.DumpID)
	}
	var err error
	if e.Dependencies, err = readDependencies(dr); err != nil {
		return err
	}
	return d.readPlace(dr, e)
}

// readDependencies reads dump IDs, each a string, up to a missing one.
func readDependencies(dr *dumpReader) (ids []int, err error) {
	for {
		s, ok, err := dr.string()
		if err != nil || !ok {
			return ids, err
		}
		id, err := strconv.Atoi(s)
		if err != nil {
			return nil, contradiction("%.20q is no dependency", s)
		}
		if dr.room -= 8; dr.room < 0 {
			return nil, contradiction("the table of contents is larger than %d bytes", maxTOC)
		}
		ids = append(ids, id)
	}
}

// readPlace reads where the entry's data are, in the way of the format.
func (d *Dump) readPlace(dr *dumpReader, e *Entry) error {
	if d.Format != FormatCustom {
		name, _, err := dr.string()
		if err == nil && name != "" && !isBareName(name) {
			err = contradiction("%.40q is no name of a data file", name)
		}
		e.File = name
		return err
	}
	e.placeAt = dr.at
	state, err := dr.byte()
	if err != nil {
		return err
	}
	e.DataState = DataState(state)
	if e.Offset, err = dr.offset(); err != nil {
		return err
	}
	if e.DataState < OffsetNotSet || e.DataState > NoData || e.HasData == (e.DataState == NoData) {
		return contradiction("entry %d has the data state %d", e.DumpID, state)
	}
	return nil
}

// isBareName keeps a hostile archive from naming files outside its folder.
func isBareName(name string) bool {
	return name != "." && name != ".." && !strings.ContainsAny(name, "/\\:\x00")
}

// damaged gives an error that was met while reading an entry (nil: the structure)
// its code.
func (d *Dump) damaged(e *Entry, err error) error {
	if e == nil {
		return dumpError(d.path, "", err)
	}
	return dumpError(d.path, d.Name(e), err)
}

// dumpError is damaged for an archive that could not be opened. Errors of the disk,
// of the context and such with a code stay.
func dumpError(path, table string, err error) error {
	var disk *fs.PathError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &disk), errs.CodeOf(err) != errs.Internal, errors.Is(err, context.DeadlineExceeded):
		return FileError(err, path)
	}
	args := errs.Args{"file": filepath.Base(path)}
	if errors.Is(err, errBomb) {
		return errs.New(errs.Invalid, "archive.bomb", args).Because(err)
	}
	if table != "" {
		args["table"] = table
		return errs.New(errs.Corrupt, "archive.dump_table", args).Because(err)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errs.New(errs.Corrupt, "archive.dump_cut", args).Because(err)
	}
	return errs.New(errs.Corrupt, "archive.dump_damaged", args).Because(err)
}
