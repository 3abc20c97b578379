package archive

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// layered packs a file as gzip or zstd does.
func layered(t testing.TB, path string, c Compression) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), filepath.Base(path)+map[Compression]string{Gzip: ".gz", Zstd: ".zst"}[c])
	f, err := CreateFile(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	if err := errors.Join(Pack(t.Context(), path, f, c, nil, nil), f.Commit()); err != nil {
		t.Fatal(err)
	}
	return to
}

// bomb is a small file that unfolds to more than any backup may.
func bomb(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("unfolds a gigabyte")
	}
	path := filepath.Join(t.TempDir(), "x.zst")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := zstd.NewWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, sqliteMagic)
	zeros := make([]byte, 1<<20)
	for range bombBytes>>20 + 70 {
		w.Write(zeros)
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLayerThatUnfoldsWithoutEndIsStopped(t *testing.T) {
	dir := t.TempDir()
	_, release, err := Unwrap(t.Context(), bomb(t), dir, nil)
	release()
	wantError(t, err, errs.Invalid, "archive.bomb")
	onlyFiles(t, dir)
}

func TestLayersComeOffAsTheyWent(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE t(x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 5000) INSERT INTO t SELECT hex(randomblob(30)) FROM n`)
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Compression{Gzip, Zstd} {
		packed := layered(t, path, c)
		dir := t.TempDir()
		var last int64
		plain, release, err := Unwrap(t.Context(), packed, dir, func(done, total int64) { last = done })
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(plain)
		if err != nil || !bytes.Equal(got, want) || filepath.Base(plain) != filepath.Base(path) {
			t.Errorf("%s: %d bytes in %s, %v", c, len(got), plain, err)
		}
		if info, _ := os.Stat(packed); last != info.Size() {
			t.Errorf("progress ended at %d of %d", last, info.Size())
		}
		release()
		release()
		onlyFiles(t, dir)
		var of int64
		last = 0
		r, err := Verify(t.Context(), packed, VerifyOptions{Depth: Full, TempDir: dir}, func(done, total int64) {
			if done < last || done > total {
				t.Errorf("progress %d of %d after %d", done, total, last)
			}
			last, of = done, total
		})
		if last != of || of == 0 {
			t.Errorf("progress ended at %d of %d", last, of)
		}
		if err != nil || r.Contents.Rows() != 5000 || r.Contents.Compression != c || r.SHA256 == r.PayloadSHA256 {
			t.Errorf("%+v, %v", r, err)
		}
		if sum, _, err := HashFile(t.Context(), path, nil); err != nil || sum != r.PayloadSHA256 {
			t.Errorf("payload %s, want %s, %v", r.PayloadSHA256, sum, err)
		}
		onlyFiles(t, dir)
		data, err := os.ReadFile(packed)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Verify(t.Context(), write(t, "cut", string(data[:len(data)-9])), VerifyOptions{TempDir: dir}, nil)
		wantError(t, err, errs.Corrupt, "archive.layer")
		onlyFiles(t, dir)
	}
	plain, release, err := Unwrap(t.Context(), path, t.TempDir(), nil)
	release()
	if err != nil || plain != path || !exists(path) {
		t.Errorf("a plain file: %s, %v", plain, err)
	}
}
