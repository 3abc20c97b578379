package sample

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"cofre/internal/errs"
)

func TestWriteNeverReplacesWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	file, folder, link := filepath.Join(dir, "file"), filepath.Join(dir, "folder"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	paths := []string{file, folder}
	if runtime.GOOS != "windows" {
		if err := os.Symlink("nowhere", link); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, link)
	}
	for _, path := range paths {
		_, err := Write(context.Background(), path, Options{Rows: 10})
		wantError(t, err, errs.Invalid, "sample.exists")
	}
	if kept, _ := os.ReadFile(file); string(kept) != "mine" {
		t.Errorf("the file that was there now holds %q", kept)
	}
}

func TestAFileThatAppearsMeanwhileIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sample.sqlite3")
	_, err := Write(context.Background(), path, Options{Rows: 10, Progress: func(done, total int64) {
		if done == total {
			if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}})
	wantError(t, err, errs.Invalid, "sample.exists")
	if kept, _ := os.ReadFile(path); string(kept) != "mine" {
		t.Errorf("the file that was there now holds %q", kept)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left in the folder: %v", left)
	}
}

func TestClaimKeepsAFileToo(t *testing.T) {
	dir := t.TempDir()
	part, path := filepath.Join(dir, "part"), filepath.Join(dir, "whole")
	if err := os.WriteFile(part, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := claim(part, path); err != nil {
		t.Fatalf("a free name: %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "new" {
		t.Errorf("the file holds %q", got)
	}
	if err := os.WriteFile(part, []byte("newer"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := claim(part, path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a name that is taken: %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "new" {
		t.Errorf("the file now holds %q", got)
	}
}

func TestOddNamesAreNamesLikeOthers(t *testing.T) {
	names := []string{"com espaço.sqlite3", "a#b%20c.sqlite3", "d'água & cia.sqlite3", "família 🎂.db"}
	if runtime.GOOS != "windows" {
		names = append(names, "what?mode=memory", "two\nlines", `quo"te`)
	}
	for _, name := range names {
		path := filepath.Join(t.TempDir(), name)
		if _, err := Write(context.Background(), path, Options{Rows: 10}); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if _, err := Damage(context.Background(), path); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 || left[0].Name() != name {
			t.Errorf("%q: the folder holds %v", name, left)
		}
	}
}

func TestTheFolderMustBeThere(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Write(context.Background(), filepath.Join(dir, "none", "sample.sqlite3"), Options{Rows: 10})
	wantError(t, err, errs.NotFound, "sample.folder")
	_, err = Write(context.Background(), filepath.Join(file, "sample.sqlite3"), Options{Rows: 10})
	wantError(t, err, errs.NotFound, "sample.folder")
}
