package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 21, 12, 0, 0, 123456789, time.UTC)
)

func openAt(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(ctx, path, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func open(t *testing.T) *DB { return openAt(t, filepath.Join(t.TempDir(), "state.db")) }

func reason(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// TestMain lets the test program be another process that uses the state.
func TestMain(m *testing.M) {
	if path := os.Getenv("COFRE_TEST_STATE"); path != "" {
		if err := useElsewhere(path, os.Getenv("COFRE_TEST_NAME")); err != nil {
			panic(err)
		}
		return
	}
	if path := os.Getenv("COFRE_TEST_TRAIL"); path != "" {
		if err := appendElsewhere(path, os.Getenv("COFRE_TEST_NAME")); err != nil {
			panic(err)
		}
		return
	}
	m.Run()
}

const writes = 20

func useElsewhere(path, name string) error {
	db, err := Open(ctx, path, time.Now)
	if err != nil {
		return err
	}
	for i := range writes {
		if err := db.Journal().Begin(ctx, backup.Record{ID: fmt.Sprint(name, i), StartedAt: time.Now()}); err != nil {
			return err
		}
		if err := db.Accounts().AddFailure(ctx, "shared", time.Now()); err != nil {
			return err
		}
	}
	return db.Close()
}

func TestSeveralProcessesMakeAndUseOneState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state #1 100% ção?.db")
	const processes = 4
	var running []*exec.Cmd
	for i := range processes {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "COFRE_TEST_STATE="+path, fmt.Sprint("COFRE_TEST_NAME=", i, "-"))
		var words strings.Builder
		cmd.Stderr = &words
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, cmd)
	}
	for _, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v", err, cmd.Stderr)
		}
	}
	db := openAt(t, path)
	all, err := db.Journal().Recent(ctx, 1000, 0)
	if err != nil || len(all) != processes*writes {
		t.Errorf("%d records, %v", len(all), err)
	}
	n, _, err := db.Accounts().Failures(ctx, "shared")
	if err != nil || n != processes*writes {
		t.Errorf("%d failures, %v", n, err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		if !strings.HasPrefix(f.Name(), filepath.Base(path)) {
			t.Errorf("a file of another name: %s", f.Name())
		}
	}
}

func TestTheStateIsReadableByItsUserAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("rights are those of the folder")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "state.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	db := openAt(t, path)
	if err := db.Settings().Save(ctx, "a", 1); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v: no -wal file", files, err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the rights %v", f.Name(), info.Mode().Perm())
		}
	}
}

func TestAStateOfANewerCofreIsRefusedAndStaysAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	db := openAt(t, path)
	if _, err := db.sql.Exec("PRAGMA user_version = 99; CREATE TABLE future (x); PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(ctx, path, time.Now)
	var e *errs.Error
	if !errors.As(err, &e) || e.Code != errs.Unavailable || e.Reason != "state.newer" || e.Args["found"] != 99 || e.Args["path"] != path {
		t.Errorf("got %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(before) != string(after) {
		t.Errorf("the file changed, %v", err)
	}
}

func TestAFileThatIsNoStateIsRefusedAndStaysAsItIs(t *testing.T) {
	dir := t.TempDir()
	tests := map[string]string{"text": strings.Repeat("this is no database\n", 100), "short": "SQLite format 3"}
	for about, content := range tests {
		path := filepath.Join(dir, about)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(ctx, path, time.Now); errs.CodeOf(err) != errs.Corrupt || reason(err) != "state.damaged" {
			t.Errorf("%s: %v", about, err)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != content {
			t.Errorf("%s: the file changed, %v", about, err)
		}
	}
	for about, path := range map[string]string{"a folder": dir, "in a folder that is missing": filepath.Join(dir, "none", "state.db")} {
		if _, err := Open(ctx, path, time.Now); errs.CodeOf(err) != errs.Unavailable || reason(err) != "state.open" {
			t.Errorf("%s: %v", about, err)
		}
	}
}

func TestADamagedStateIsSaidToBeDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	db, err := Open(ctx, path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if err := db.Settings().Save(ctx, fmt.Sprint(i), strings.Repeat("x", 1000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(raw) / 2; i < len(raw); i++ {
		raw[i] = 0xee
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	db = openAt(t, path)
	var worst error
	for i := range 200 {
		var s string
		if _, err := db.Settings().Load(ctx, fmt.Sprint(i), &s); err != nil {
			worst = err
		}
	}
	if errs.CodeOf(worst) != errs.Corrupt || reason(worst) != "state.damaged" {
		t.Errorf("got %v", worst)
	}
}

func TestACancelledContextIsNotADefect(t *testing.T) {
	db := open(t)
	done, cancel := context.WithCancel(ctx)
	cancel()
	if err := db.Settings().Save(done, "a", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Save: %v", err)
	}
	if _, err := db.Catalog().List(done, backup.Filter{}); !errors.Is(err, context.Canceled) {
		t.Errorf("List: %v", err)
	}
}

func TestEachMigrationRunsOnceAndWhole(t *testing.T) {
	db := open(t)
	if err := db.migrate(ctx); err != nil {
		t.Errorf("a second time: %v", err)
	}
	scripts, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	v, err := db.version(ctx)
	if err != nil || v != len(scripts) {
		t.Errorf("version %d of %d, %v", v, len(scripts), err)
	}
	if err := db.upgrade(ctx, v+1, "migrations/0001_first.sql"); err == nil {
		t.Error("tables that are there were made again")
	}
	if v, err := db.version(ctx); err != nil || v != len(scripts) {
		t.Errorf("a migration that failed left version %d, %v", v, err)
	}
}
