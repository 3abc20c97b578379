package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"os"
	"path/filepath"

	"cofre/internal/errs"
)

// partialPattern names unfinished files; a random part replaces the star. The
// name is short whatever the final name is, which may be as long as is allowed.
const partialPattern = ".cofre-partial-*"

// File is a new file that appears under its name whole or not at all. It is
// written beside its place under another name, readable by its owner only, and
// hashed on the way. Use it from one goroutine.
type File struct {
	path  string
	part  *os.File // nil after Commit or Abort
	hash  hash.Hash
	bytes int64
}

// CreateFile begins the file that will be path. The name must be free, or the
// error is errs.Invalid "archive.exists", and its folder must be there. The caller defers
// Abort, writes, and calls Commit.
func CreateFile(path string) (*File, error) {
	if exists(path) {
		return nil, errs.New(errs.Invalid, "archive.exists", errs.Args{"path": path, "file": filepath.Base(path)})
	}
	dir := filepath.Dir(path)
	part, err := os.CreateTemp(dir, partialPattern)
	if err != nil {
		return nil, FileError(err, dir)
	}
	return &File{path: path, part: part, hash: sha256.New()}, nil
}

// Write adds p. An error has a code: no space is errs.Unavailable.
func (f *File) Write(p []byte) (int, error) {
	if f.part == nil {
		return 0, FileError(os.ErrClosed, f.path)
	}
	n, err := f.part.Write(p)
	f.hash.Write(p[:n])
	f.bytes += int64(n)
	return n, FileError(err, f.path)
}

// Bytes is how much has been written.
func (f *File) Bytes() int64 { return f.bytes }

// SHA256 is the hash of what has been written, in hexadecimal.
func (f *File) SHA256() string { return hex.EncodeToString(f.hash.Sum(nil)) }

// Commit publishes the file under its name: see Publish. On an error nothing is
// left behind.
func (f *File) Commit() error {
	if f.part == nil {
		return FileError(os.ErrClosed, f.path)
	}
	part := f.part.Name()
	err := FileError(f.part.Close(), f.path)
	f.part = nil
	if err == nil {
		err = Publish(part, f.path)
	}
	if err != nil {
		os.Remove(part)
	}
	return err
}

// Abort gives the file up and removes what was written. After Commit, or a second
// time, it does nothing.
func (f *File) Abort() {
	if f.part == nil {
		return
	}
	f.part.Close()
	os.Remove(f.part.Name()) // an orphan would be harmless: it does not have the file's name
	f.part = nil
}
