package archive

import (
	"context"

	"cofre/internal/errs"
)

// tableReaders make what reads the tables of each kind of file.
type tableReaders[R any] struct {
	ofSQLite func(ctx context.Context, db SQLiteQuerier, path string) (R, error)
	ofDump   func(*Dump) (R, error)
	ofScript func(ctx context.Context, path string, kind Kind) (R, func(), error)
}

// openTables opens a backup file whose tables are to be read, one way or another:
// without its layer, and by what it is. End, never nil, closes it.
func openTables[R any](ctx context.Context, path, tempDir string, of tableReaders[R]) (tables R, end func(), err error) {
	plain, release, err := Unwrap(ctx, path, tempDir, nil)
	if err != nil {
		return tables, release, err
	}
	tables, shut, err := plainTables(ctx, plain, of)
	if err != nil {
		release()
		return tables, release, err
	}
	return tables, func() { shut(); release() }, nil
}

func plainTables[R any](ctx context.Context, path string, of tableReaders[R]) (tables R, end func(), err error) {
	id, err := Identify(path)
	if err != nil {
		return tables, nil, err
	}
	switch id.Format {
	case FormatPlain:
		return of.ofScript(ctx, path, id.Kind)
	case FormatSQLite:
		f, err := openSQLite(path)
		if err != nil {
			return tables, nil, err
		}
		if tables, err = of.ofSQLite(ctx, f.DB, path); err != nil {
			f.Close()
			return tables, nil, err
		}
		return tables, func() { f.Close() }, nil
	}
	d, err := OpenDump(path)
	if err != nil {
		return tables, nil, err
	}
	if tables, err = of.ofDump(d); err != nil {
		d.Close()
		return tables, nil, err
	}
	return tables, d.Close, nil
}

// Unread says whether an error only tells that rows are in an encoding that is not read
// here.
func Unread(err error) bool {
	e := errs.Of(err)
	return e != nil && e.Reason == "archive.encoding"
}
