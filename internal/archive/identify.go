package archive

import (
	"bytes"
	"context"
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
	Layer     Compression // around the content: None, Gzip or Zstd
	Encrypted bool        // with age, outside of the layer
	Bytes     int64       // on the disk; of a folder, all its files
}

// Identify says what path is by its content, whatever its name. It reads a few
// kilobytes and creates nothing. What is no backup is named for what it is:
// errs.Invalid, each with its own reason; what begins like a backup and is cut is
// errs.Corrupt. That the rest of the file is whole is Verify's to say. What is in an
// encrypted file is IdentifyInside's.
func Identify(path string) (Identity, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return identifyFolder(path)
	}
	f, info, err := openFile(path)
	if err != nil {
		return Identity{}, err
	}
	defer f.Close()
	id, err := identify(f, path)
	id.Bytes = info.Size()
	return id, err
}

// IdentifyInside is Identify, and says what is in an encrypted file. The keys of ctx
// have to open it: none of them that fits is errs.Denied.
func IdentifyInside(ctx context.Context, path string) (Identity, error) {
	outside, err := Identify(path)
	if err != nil || !outside.Encrypted {
		return outside, err
	}
	f, _, err := openFile(path)
	if err != nil {
		return Identity{}, err
	}
	defer f.Close()
	plain, err := decrypt(ctx, f, path)
	if err != nil {
		return Identity{}, err
	}
	id, err := identify(plain, path)
	if err == nil && id.Encrypted {
		return Identity{}, errs.New(errs.Invalid, "archive.packed", errs.Args{"file": filepath.Base(path), "what": "age"})
	}
	id.Bytes, id.Encrypted = outside.Bytes, true
	return id, err
}

// wrapped says whether something lies around the content.
func (id Identity) wrapped() bool { return id.Layer != None || id.Encrypted }

// identify says what r is, and leaves its size open.
func identify(r io.Reader, path string) (Identity, error) {
	args := errs.Args{"file": filepath.Base(path)}
	head, err := readHead(r)
	if err != nil {
		return Identity{}, FileError(err, path)
	}
	id := Identity{Layer: layerOf(head)}
	if id.Layer != None {
		if head, err = headInside(io.MultiReader(bytes.NewReader(head), r), id.Layer); err != nil {
			return Identity{}, layerError(err, path)
		}
	}
	finding := look(head)
	if id.Layer != None && (finding.reason == "archive.unknown" || finding.encrypted) {
		finding = no("archive.packed", string(id.Layer))
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

// headInside reads the first bytes of what is inside the layer of packed. A layer
// that is cut after some content shows that content: it is still recognised.
func headInside(packed io.Reader, layer Compression) ([]byte, error) {
	r, err := unlayer(packed, layer)
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
