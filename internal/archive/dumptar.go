package archive

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
)

// openTarDump opens what pg_dump -Ft wrote: the same files as in a folder,
// uncompressed, one behind the other.
func openTarDump(path string) (*Dump, error) {
	f, _, err := openFile(path)
	if err != nil {
		return nil, err
	}
	d, err := readTarDump(f, path)
	if err != nil {
		f.Close()
		return nil, err
	}
	return d, nil
}

func readTarDump(f *os.File, path string) (*Dump, error) {
	members, err := tarMembers(f)
	if err != nil {
		return nil, dumpError(path, "", err)
	}
	toc, ok := members["toc.dat"]
	if !ok {
		return nil, dumpError(path, "", contradiction("it has no toc.dat"))
	}
	d, _, err := readDump(toc, path, FormatTar)
	if err != nil {
		return nil, err
	}
	d.source = &filesSource{dump: d, end: func() { f.Close() }, find: func(name string) (dataFile, error) {
		m, ok := members[name]
		if !ok {
			return dataFile{}, contradiction("the file %s is missing", name)
		}
		return dataFile{m.Size(), None, func() (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(m, 0, m.Size())), nil
		}}, nil
	}}
	return d, nil
}

// tarMembers finds the files of a tar without reading them.
func tarMembers(f *os.File) (map[string]*io.SectionReader, error) {
	members := map[string]*io.SectionReader{}
	r := tar.NewReader(f)
	for {
		h, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return members, hasTarEnd(f)
		case errors.Is(err, tar.ErrHeader):
			return nil, contradiction("a member of the tar is damaged: %v", err)
		case err != nil:
			return nil, err
		case h.Typeflag != tar.TypeReg:
			return nil, contradiction("the member %.60q of the tar is no file", h.Name)
		}
		at, err := f.Seek(0, io.SeekCurrent) // the reader does not read ahead
		if err != nil {
			return nil, err
		}
		members[h.Name] = io.NewSectionReader(f, at, h.Size)
	}
}

// hasTarEnd checks for the two empty blocks that end a tar, whose lack its reader
// forgives.
func hasTarEnd(f *os.File) error {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	last := make([]byte, 1024)
	if _, err := f.ReadAt(last, max(0, end-1024)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if end < 1024 || len(bytes.Trim(last, "\x00")) > 0 {
		return io.ErrUnexpectedEOF
	}
	return nil
}
