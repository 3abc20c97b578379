package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cofre/internal/errs"
)

// maxManifest bounds what is read as a manifest: room for some 100,000 tables.
const maxManifest = 16 << 20

// ManifestPath is where the manifest of a backup file lies.
func ManifestPath(file string) string { return file + ".json" }

// ReadManifest reads the manifest beside file. A foreign file has none: nil and
// no error. One that can't be understood is errs.Corrupt.
func ReadManifest(file string) (*Manifest, error) {
	path := ManifestPath(file)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	f, _, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil {
		return nil, FileError(err, path)
	}
	m, err := decodeManifest(data)
	if err != nil {
		return nil, errs.New(errs.Corrupt, "archive.manifest", errs.Args{"file": filepath.Base(path), "path": path}).Because(err)
	}
	return m, nil
}

func decodeManifest(data []byte) (*Manifest, error) {
	if len(data) > maxManifest {
		return nil, fmt.Errorf("more than %d bytes", maxManifest)
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, err
	}
	if m.Kind != SQLite && m.Kind != PostgreSQL {
		return nil, fmt.Errorf("kind %q is not known", m.Kind)
	}
	if m.Tables == nil {
		m.Tables = []Table{}
	}
	return &m, nil
}

// WriteManifest writes the manifest beside file, whole or not at all, readable by
// its owner only. An older manifest is replaced; another file of that name is not:
// errs.Invalid "archive.exists".
func WriteManifest(file string, m *Manifest) error {
	path := ManifestPath(file)
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("encode manifest %s: %w", path, err)
	}
	if exists(path) {
		if _, err := ReadManifest(file); err != nil {
			return errs.New(errs.Invalid, "archive.exists", errs.Args{"file": filepath.Base(path), "path": path}).Because(err)
		}
	}
	return replaceFile(path, append(data, '\n'))
}
