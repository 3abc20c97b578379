package archive

import (
	"context"
	"fmt"
)

// InspectOptions are the choices of Inspect.
type InspectOptions struct {
	// Quick does without the rows where counting them would mean to read the whole
	// file: they are -1 then.
	Quick    bool
	TempDir  string                  // for the content of a compressed SQLite file; "" is the system's
	Progress func(done, total int64) // in bytes of the file; may be nil
}

// Inspect says what a backup file holds, with the exact rows of every table. It
// needs no server and changes nothing. What is no backup, is encrypted, or is
// newer than this program is refused with its own reason; damage that it meets is
// errs.Corrupt, but only Verify looks for all of it.
func Inspect(ctx context.Context, path string, o InspectOptions) (Contents, error) {
	id, err := Identify(path)
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
}

// readContents reads what an identified file holds.
func readContents(ctx context.Context, path string, id Identity, p pass) (c Contents, found sqliteFindings, err error) {
	switch {
	case id.Encrypted:
		return c, found, encrypted(path)
	case id.Format == FormatSQLite:
		c, found, err = sqliteContents(ctx, path, p)
	default:
		err = fmt.Errorf("no reader for %s", id.Format)
	}
	if err != nil {
		return Contents{}, found, err
	}
	c.Kind, c.Format, c.Bytes = id.Kind, id.Format, id.Bytes
	if id.Layer != None {
		c.Compression = id.Layer
	}
	if c.Tables == nil {
		c.Tables = []Table{}
	}
	return c, found, nil
}

// sqliteContents reads an SQLite file, unpacked to a temporary one where it has a layer.
func sqliteContents(ctx context.Context, path string, p pass) (c Contents, found sqliteFindings, err error) {
	plain, release, err := Unwrap(ctx, path, p.tempDir, nil)
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
	if p.depth > Reread {
		found, err = f.check(ctx, p.depth, c.Tables, func(done, total int64) {
			if p.progress != nil {
				p.progress(int64(float64(f.bytes)*float64(done)/float64(total)), f.bytes)
			}
		})
	}
	if err == nil && p.progress != nil {
		p.progress(f.bytes, f.bytes)
	}
	return c, found, err
}
