package migrate

import (
	"context"
	"io/fs"
	"os"

	"cofre/internal/archive"
)

// origin is the file that is migrated.
type origin struct {
	path  string      // as the person knows it
	plain string      // the same without its layer
	info  fs.FileInfo // path as it was before plain was read
	ours  bool        // plain was unfolded from just that
}

// unfold opens a file, without its layer where it has one: that is a file in dir
// ("" is the system's folder for temporary files) until release, which is never nil.
func unfold(ctx context.Context, path, dir string) (o origin, release func(), err error) {
	o = origin{path: path, plain: path}
	if err := o.look(); err != nil {
		return o, func() {}, err
	}
	o.plain, release, err = archive.Unwrap(ctx, path, dir, nil)
	o.ours = true
	return o, release, err
}

// look notes which file it is, unless that was done before.
func (o *origin) look() (err error) {
	if o.info != nil {
		return nil
	}
	o.info, err = os.Stat(o.path)
	return archive.FileError(err, o.path)
}

// unchanged says whether what was read from plain is still what path holds.
func (o origin) unchanged() bool {
	if !o.ours && o.plain != o.path {
		return false // somebody else has unfolded it: nobody here knows when
	}
	now, err := os.Stat(o.path)
	return err == nil && alikeFiles(now, o.info)
}

func alikeFiles(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
