package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"cofre/internal/sample"
	"cofre/internal/testdb"
)

// TestAMigrationTakesLittleMemoryWhateverItsSize runs the whole program on a value of
// 500 MB and on five million rows. It takes minutes and gigabytes: COFRE_LARGE=1.
func TestAMigrationTakesLittleMemoryWhateverItsSize(t *testing.T) {
	if os.Getenv("COFRE_LARGE") == "" {
		t.Skip("COFRE_LARGE is not set")
	}
	const most = 200 << 20
	for name, file := range map[string]func(t *testing.T) string{
		"a value of 500 MB": func(t *testing.T) string {
			// Zeros are written piece by piece: a child counts the memory that its parent had.
			return testdb.SQLite(t, `CREATE TABLE paper(id INTEGER PRIMARY KEY, body BLOB); INSERT INTO paper VALUES (1, zeroblob(500000000))`)
		},
		"five million rows": func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "rows.sqlite3")
			if _, err := sample.Write(context.Background(), path, sample.Options{App: sample.Finance, Rows: 5_000_000, Seed: 1}); err != nil {
				t.Fatal(err)
			}
			return path
		},
	} {
		t.Run(name, func(t *testing.T) {
			home, path, url := t.TempDir(), file(t), testdb.Postgres(t).Database(t)
			for _, how := range [][]string{{"--dry-run"}, {"--yes", "--migrate"}} {
				cmd := exec.Command(os.Args[0], append([]string{"as-cofre", "--home", home, "--json", "restore", path, "--db", url}, how...)...)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out[max(0, len(out)-2000):])
				}
				peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
				t.Logf("%v: %d MB at most", how, peak>>20)
				if peak > most {
					t.Errorf("%v took %d MB of memory", how, peak>>20)
				}
			}
		})
	}
}
