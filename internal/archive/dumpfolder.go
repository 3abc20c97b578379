package archive

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"cofre/internal/errs"
)

// openFolderDump opens what pg_dump -Fd wrote: toc.dat, and a file for each table
// and large object.
func openFolderDump(path string) (*Dump, error) {
	if info, err := os.Lstat(filepath.Join(path, "toc.dat")); err == nil && !info.Mode().IsRegular() {
		return nil, dumpError(path, "", contradiction("toc.dat is no file"))
	}
	toc, _, err := openFile(filepath.Join(path, "toc.dat"))
	if err != nil {
		return nil, err
	}
	defer toc.Close()
	d, dr, err := readDump(toc, path, FormatDirectory)
	if err != nil {
		return nil, err
	}
	if _, err := dr.r.Peek(1); !errors.Is(err, io.EOF) {
		return nil, d.damaged(nil, contradiction("toc.dat goes on behind its last entry"))
	}
	d.source = &filesSource{dump: d, find: func(name string) (dataFile, error) { return findInFolder(path, name) }, end: func() {}}
	return d, nil
}

// findInFolder finds a data file, which may have a compression's ending. A symbolic
// link is none: it could lead to a file of whoever restores.
func findInFolder(folder, name string) (dataFile, error) {
	if name == "" {
		return dataFile{}, contradiction("an entry with data names no file")
	}
	for _, c := range []struct {
		ending      string
		compression Compression
	}{{"", None}, {".gz", Gzip}, {".lz4", LZ4}, {".zst", Zstd}} {
		path := filepath.Join(folder, name+c.ending)
		info, err := os.Lstat(path)
		if err == nil && !info.Mode().IsRegular() {
			return dataFile{}, contradiction("%s is no file", name+c.ending)
		}
		if err == nil {
			return dataFile{info.Size(), c.compression, func() (io.ReadCloser, error) {
				f, _, err := openFile(path)
				return f, err
			}}, nil
		}
		if err := FileError(err, path); errs.CodeOf(err) != errs.NotFound {
			return dataFile{}, err
		}
	}
	return dataFile{}, contradiction("the file %s is missing", name)
}
