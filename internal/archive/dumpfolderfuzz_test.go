package archive

import (
	"os"
	"path/filepath"
	"testing"

	"cofre/internal/errs"
)

// FuzzFolder reads folder archives with any table of contents and any file of rows.
func FuzzFolder(f *testing.F) {
	const of, rows = "testdata/18-folder-lz4", "3301.dat.lz4"
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(of, name))
		if err != nil {
			f.Fatal(err)
		}
		return b
	}
	f.Add(read("toc.dat"), read(rows))
	folder := filepath.Join(f.TempDir(), "x")
	if err := os.CopyFS(folder, os.DirFS(of)); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, toc, data []byte) {
		for name, content := range map[string][]byte{"toc.dat": toc, rows: data} {
			if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Verify(t.Context(), folder, VerifyOptions{}, nil)
		if err != nil && errs.CodeOf(err) == errs.Internal {
			t.Errorf("an error without a code: %v", err)
		}
	})
}
