package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"cofre/internal/errs"
)

func TestFileAppearsOnlyWhenItIsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one two#%?ção.dump")
	f, err := CreateFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	fmt.Fprint(f, "first ")
	fmt.Fprint(f, "second")
	if exists(path) {
		t.Fatal("the name is there before Commit")
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "first second" {
		t.Fatalf("content %q, %v", got, err)
	}
	sum := sha256.Sum256(got)
	if f.SHA256() != hex.EncodeToString(sum[:]) || f.Bytes() != int64(len(got)) {
		t.Errorf("hash %s of %d bytes does not describe the file", f.SHA256(), f.Bytes())
	}
	if info, _ := os.Stat(path); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
	if err := f.Commit(); err == nil {
		t.Error("a second Commit succeeds")
	}
	f.Abort()
	if !exists(path) {
		t.Error("Abort after Commit removed the file")
	}
	onlyFiles(t, filepath.Dir(path), filepath.Base(path))
}

func TestAbortLeavesNothingAndMayBeRepeated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	f, err := CreateFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "half")
	f.Abort()
	f.Abort()
	if _, err := f.Write([]byte("more")); err == nil {
		t.Error("Write after Abort succeeds")
	}
	onlyFiles(t, filepath.Dir(path))
}

func TestNameThatExistsIsNeverOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	f, err := CreateFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "new")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	err = f.Commit()
	wantError(t, err, errs.Invalid, "archive.exists")
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("the file is now %q", got)
	}
	onlyFiles(t, filepath.Dir(path), filepath.Base(path))
	_, err = CreateFile(path)
	wantError(t, err, errs.Invalid, "archive.exists")
}

func TestOneOfManyPublishersWins(t *testing.T) {
	for name, move := range map[string]func(from, to string) error{"exclusive": moveTo, "reserved": reserveAndMove} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			to := filepath.Join(dir, "to")
			var wg sync.WaitGroup
			won := make(chan string, 8)
			for i := range 8 {
				wg.Go(func() {
					from := filepath.Join(dir, fmt.Sprint("from", i))
					if err := os.WriteFile(from, []byte(from), 0o600); err != nil {
						t.Error(err)
					}
					if err := move(from, to); err == nil {
						won <- from
					} else if !errors.Is(err, fs.ErrExist) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			close(won)
			if len(won) != 1 {
				t.Fatalf("%d publishers won", len(won))
			}
			if got, _ := os.ReadFile(to); string(got) != <-won {
				t.Errorf("the file holds %q", got)
			}
		})
	}
}

func TestMissingFolderIsSaid(t *testing.T) {
	_, err := CreateFile(filepath.Join(t.TempDir(), "no", "x"))
	wantError(t, err, errs.NotFound, "archive.not_found")
}

func TestHashFileIsTheHashOfAllBytes(t *testing.T) {
	data := strings.Repeat("cofre", 700_000)
	path := write(t, "x", data)
	var last, of int64
	sum, n, err := HashFile(context.Background(), path, func(done, total int64) { last, of = done, total })
	want := sha256.Sum256([]byte(data))
	if err != nil || sum != hex.EncodeToString(want[:]) || n != int64(len(data)) {
		t.Errorf("%s, %d, %v", sum, n, err)
	}
	if last != n || of != n {
		t.Errorf("progress ended at %d of %d, want %d", last, of, n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := HashFile(ctx, path, nil); errs.CodeOf(err) != errs.Cancelled {
		t.Errorf("cancelled: %v", err)
	}
}

// write makes a file in a folder of the test.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantError(t testing.TB, err error, code errs.Code, reason string) {
	t.Helper()
	var e *errs.Error
	if !errors.As(err, &e) || e.Code != code || e.Reason != reason {
		t.Errorf("error %v; want %s %s", err, code, reason)
	}
}

// onlyFiles says that the folder holds these names and no others.
func onlyFiles(t testing.TB, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, names) {
		t.Errorf("the folder holds %q, want %q", got, names)
	}
}
