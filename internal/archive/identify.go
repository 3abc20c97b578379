package archive

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"cofre/internal/errs"
)

// headSize is how much of a file is looked at to tell what it is.
const headSize = 8 << 10

// Identity is what a file is, told from its first bytes.
type Identity struct {
	Kind      Kind        // "" where Encrypted hides it
	Format    Format      // "" where Encrypted hides it
	Layer     Compression // around the file: None, Gzip or Zstd
	Encrypted bool        // with age
	Bytes     int64       // on the disk; of a folder, all its files
}

// Identify says what path is by its content, whatever its name. It reads a few
// kilobytes and creates nothing. What is no backup is named for what it is:
// errs.Invalid, each with its own reason; what begins like a backup and is cut is
// errs.Corrupt. That the rest of the file is whole is Verify's to say.
func Identify(path string) (Identity, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return identifyFolder(path)
	}
	f, info, err := openFile(path)
	if err != nil {
		return Identity{}, err
	}
	defer f.Close()
	args := errs.Args{"file": filepath.Base(path)}
	head, err := readHead(f)
	if err != nil {
		return Identity{}, FileError(err, path)
	}
	id := Identity{Layer: layerOf(head), Bytes: info.Size()}
	if id.Layer != None {
		if head, err = headInside(f, id.Layer); err != nil {
			return Identity{}, errs.New(errs.Corrupt, "archive.layer", args).Because(err)
		}
	}
	finding := look(head)
	if finding.reason == "archive.unknown" && id.Layer != None {
		finding.reason, finding.what = "archive.packed", string(id.Layer)
	}
	if finding.reason != "" {
		if finding.what != "" {
			args["what"] = finding.what
		}
		return Identity{}, errs.New(finding.code, finding.reason, args)
	}
	id.Kind, id.Format, id.Encrypted = finding.kind, finding.format, finding.encrypted
	return id, nil
}

// identifyFolder accepts what pg_dump -Fd writes: a folder with a toc.dat.
func identifyFolder(path string) (Identity, error) {
	args := errs.Args{"file": filepath.Base(path), "path": path}
	f, _, err := openFile(filepath.Join(path, "toc.dat"))
	if errs.CodeOf(err) == errs.NotFound {
		if exists(filepath.Join(path, "PG_VERSION")) {
			return Identity{}, errs.New(errs.Invalid, "archive.server_folder", args)
		}
		return Identity{}, errs.New(errs.Invalid, "archive.is_folder", args)
	}
	if err != nil {
		return Identity{}, err
	}
	defer f.Close()
	head, err := readHead(f)
	if err != nil {
		return Identity{}, FileError(err, path)
	}
	if _, ok := dumpFormat(head); !begins(head, dumpMagic) || !ok {
		return Identity{}, errs.New(errs.Corrupt, "archive.header", args)
	}
	size, err := folderSize(path)
	return Identity{Kind: PostgreSQL, Format: FormatDirectory, Layer: None, Bytes: size}, FileError(err, path)
}

func folderSize(path string) (int64, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return 0, err
	}
	var size int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return 0, err
		}
		if info.Mode().IsRegular() {
			size += info.Size()
		}
	}
	return size, nil
}

// readHead reads the first headSize bytes, or all where there are fewer.
func readHead(r io.Reader) ([]byte, error) {
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	if err == io.EOF || n > 0 && errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

// headInside reads the first bytes of what is inside the layer of f. A layer
// that is cut after some content shows that content: it is still recognised.
func headInside(f io.ReadSeeker, layer Compression) ([]byte, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r, err := unlayer(f, layer)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	head, err := readHead(r)
	if len(head) > 0 {
		err = nil
	}
	return head, err
}
