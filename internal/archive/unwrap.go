package archive

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"cofre/internal/errs"
)

// Unwrapping looks at the disk after every part and leaves it some space: others
// write there, too.
const (
	unwrapPart = 8 << 20
	spareSpace = 32 << 20
)

// Unwrap returns the path of the file's plain content: path itself where nothing
// lies around it, else a new file in a folder of its own under dir ("" is the system's
// folder for temporary files), both readable by their owner only, which release
// removes. Release is never nil and may be called twice. The keys of ctx open what is encrypted. Progress counts bytes of the file. A layer that unfolds without
// end (errs.Invalid "archive.bomb") and a disk that would fill up (errs.Unavailable
// "archive.no_space") are stopped.
func Unwrap(ctx context.Context, path, dir string, progress func(done, total int64)) (plain string, release func(), err error) {
	nothing := func() {}
	id, err := IdentifyInside(ctx, path)
	if err != nil {
		return "", nothing, err
	}
	if !id.wrapped() {
		return path, nothing, nil
	}
	dir = cmp.Or(dir, os.TempDir())
	folder, err := os.MkdirTemp(dir, partialPattern)
	if err != nil {
		return "", nothing, FileError(err, dir)
	}
	release = func() { os.RemoveAll(folder) }
	plain = filepath.Join(folder, plainName(path))
	if err := unfold(ctx, path, plain, dir, id, progress); err != nil {
		release()
		return "", nothing, err
	}
	return plain, release, nil
}

// plainName is the name without the endings of what is around the content, so that
// messages about it name what the person knows.
func plainName(path string) string {
	name := filepath.Base(path)
	for _, ending := range []string{".age", ".gz", ".zst"} {
		if short := strings.TrimSuffix(name, ending); short != "" {
			name = short
		}
	}
	return name
}

// unfold writes the content of from as to, somewhere below dir, which errors name.
func unfold(ctx context.Context, from, to, dir string, id Identity, progress func(done, total int64)) (err error) {
	in, err := openPlain(ctx, from, id, progress)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return FileError(err, dir)
	}
	defer func() { err = errors.Join(err, FileError(out.Close(), dir)) }()
	for {
		if _, err := io.CopyN(out, in, unwrapPart); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return FileError(err, dir)
		}
		if !Room(dir) {
			return errs.New(errs.Unavailable, "archive.no_space", errs.Args{"path": dir, "file": filepath.Base(to)})
		}
	}
}

// Room says whether the disk of dir has more than a little space left; yes where
// that is not known.
func Room(dir string) bool {
	free, err := freeSpace(dir)
	return err != nil || free >= spareSpace
}
