package archive

import (
	"context"
	"io"
)

// InspectOptions are the choices of Inspect.
type InspectOptions struct {
	// Quick does without the rows where counting them would mean to read the whole
	// file: they are -1 then.
	Quick    bool
	TempDir  string                  // for the content of a compressed or encrypted SQLite or tar file; "" is the system's
	Progress func(done, total int64) // in bytes of the file; may be nil
}

// Inspect says what a backup file holds, with the exact rows of every table. It
// needs no server and changes nothing. What is no backup, can't be opened with the keys
// of ctx, or is newer than this program is refused with its own reason; damage that it meets is
// errs.Corrupt, but only Verify looks for all of it.
func Inspect(ctx context.Context, path string, o InspectOptions) (Contents, error) {
	id, err := IdentifyInside(ctx, path)
	if err != nil {
		return Contents{}, err
	}
	c, _, err := readContents(ctx, path, id, pass{quick: o.Quick, tempDir: o.TempDir, progress: o.Progress})
	return c, err
}

// pass is one reading of a backup's content.
type pass struct {
	quick    bool
	depth    Depth
	tempDir  string
	progress func(done, total int64) // in bytes of the file; may be nil

	schema *Schema        // is filled in; may be nil
	script *scriptRecords // is told where a script's rows are, besides; may be nil
}

// described are the contents of a dump; its schema goes where it was asked for.
func (p pass) described(d *Dump, counts dumpCounts) Contents {
	if p.schema != nil {
		d.describe(p.schema, counts)
	}
	return d.contents(counts)
}

// part is the progress of a part of the pass: from and to are shares of the whole,
// size is the file's.
func (p pass) part(size int64, from, to float64) func(done, total int64) {
	return func(done, total int64) {
		if p.progress != nil && total > 0 {
			p.progress(int64(float64(size)*(from+(to-from)*float64(done)/float64(total))), size)
		}
	}
}

// unwrap is Unwrap as the first part of a pass, and the progress of the rest.
func (p pass) unwrap(ctx context.Context, path string, id Identity) (plain string, release func(), rest func(done, total int64), err error) {
	const share = 0.3 // of the unpacking
	plain, release, err = Unwrap(ctx, path, p.tempDir, p.part(id.Bytes, 0, share))
	if !id.wrapped() {
		return plain, release, p.part(id.Bytes, 0, 1), err
	}
	return plain, release, p.part(id.Bytes, share, 1), err
}

// readContents reads what an identified file holds.
func readContents(ctx context.Context, path string, id Identity, p pass) (c Contents, found sqliteFindings, err error) {
	switch {
	case id.Format == FormatSQLite:
		c, found, err = sqliteContents(ctx, path, id, p)
	case id.Format == FormatPlain:
		c, err = plainContents(ctx, path, id, p)
	case id.Format == FormatCustom && id.wrapped():
		c, err = streamContents(ctx, path, id, p)
	default:
		c, err = dumpContents(ctx, path, id, p)
	}
	if err != nil {
		return Contents{}, found, err
	}
	c.Kind, c.Format, c.Bytes, c.Encrypted = id.Kind, id.Format, id.Bytes, id.Encrypted
	if id.Layer != None {
		c.Compression = id.Layer
	}
	if c.Tables == nil {
		c.Tables = []Table{}
	}
	return c, found, nil
}

// sqliteContents reads an SQLite file, unpacked to a temporary one where it has a layer.
func sqliteContents(ctx context.Context, path string, id Identity, p pass) (c Contents, found sqliteFindings, err error) {
	plain, release, rest, err := p.unwrap(ctx, path, id)
	if err != nil {
		return c, found, err
	}
	defer release()
	f, err := openSQLite(plain)
	if err != nil {
		return c, found, err
	}
	defer f.Close()
	c.Version, c.Compression = f.version, None
	if c.Tables, err = f.count(ctx, p.quick); err != nil {
		return c, found, err
	}
	if p.schema != nil {
		if err := f.describe(ctx, p.schema, p.quick); err != nil {
			return c, found, err
		}
	}
	if p.depth > Reread {
		found, err = f.check(ctx, p.depth, c.Tables, rest)
	}
	if err == nil {
		rest(1, 1)
	}
	return c, found, err
}

// dumpContents reads an archive of pg_dump; a tar that has a layer is unpacked first.
func dumpContents(ctx context.Context, path string, id Identity, p pass) (Contents, error) {
	plain, release, rest, err := p.unwrap(ctx, path, id)
	if err != nil {
		return Contents{}, err
	}
	defer release()
	d, err := OpenDump(plain)
	if err != nil {
		return Contents{}, err
	}
	defer d.Close()
	if p.quick {
		return p.described(d, nil), nil
	}
	rows, err := d.count(ctx, rest)
	if err != nil {
		return Contents{}, err
	}
	rest(1, 1)
	return p.described(d, rows), nil
}

// streamContents reads a custom archive through its layer, from its beginning to
// its end.
func streamContents(ctx context.Context, path string, id Identity, p pass) (Contents, error) {
	in, err := openPlain(ctx, path, id, p.progress)
	if err != nil {
		return Contents{}, err
	}
	defer in.Close()
	d, dr, err := readDump(in, path, FormatCustom)
	if err != nil {
		return Contents{}, err
	}
	if p.quick {
		return p.described(d, nil), nil
	}
	counts := dumpCounts{}
	_, err = d.blocks(dr, func(e *Entry, _ uint32, packed io.Reader) error {
		return d.takeUnpacked(packed, zlibStream, func(r io.Reader) error {
			one, err := d.countOne(e, r)
			counts[e.DumpID] = counts[e.DumpID].plus(one)
			return err
		})
	})
	if err != nil {
		return Contents{}, err
	}
	return p.described(d, counts), nil
}
