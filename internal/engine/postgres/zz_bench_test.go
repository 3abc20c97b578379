package postgres

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

func TestZZBench(t *testing.T) {
	if os.Getenv("ZZBENCH") == "" {
		t.Skip()
	}
	c := testdb.Postgres(t)
	url := c.Database(t)
	sql, _ := os.ReadFile(os.Getenv("ZZBENCH"))
	testdb.Exec(t, url, string(sql))
	e := &Engine{}
	dir := t.TempDir()
	run := func(name string, f func()) time.Duration {
		began := time.Now()
		f()
		took := time.Since(began)
		fmt.Printf("%-24s %v\n", name, took.Round(time.Millisecond))
		return took
	}
	sh := func(args ...string) func() {
		return func() {
			out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
			if err != nil {
				t.Fatal(err, string(out))
			}
		}
	}
	other := c.Database(t)
	file := ""
	for i := range 3 {
		file = filepath.Join(dir, fmt.Sprint("cofre", i))
		run("probe", func() { _, err := e.Probe(t.Context(), target(url)); if err != nil { t.Fatal(err) } })
		run("pg_dump -Fc", sh("pg_dump", "-Fc", "-f", filepath.Join(dir, fmt.Sprint("fc", i)), url))
		run("pg_dump -Fc -Z1", sh("pg_dump", "-Fc", "-Z1", "-f", filepath.Join(dir, fmt.Sprint("z1", i)), url))
		run("cofre dump", func() {
			_, err := e.Dump(t.Context(), target(url), file, backup.DumpOptions{}, unheard)
			if err != nil {
				t.Fatal(err)
			}
		})
		run("pg_restore -1", sh("pg_restore", "-1", "--clean", "--if-exists", "-d", other, filepath.Join(dir, fmt.Sprint("z1", i))))
		run("cofre restore", func() {
			_, err := e.Restore(t.Context(), target(other), file, unheard)
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	for _, f := range []string{"fc0", "z10", "cofre0"} {
		info, _ := os.Stat(filepath.Join(dir, f))
		fmt.Println(f, info.Size())
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println("sys MB", m.Sys>>20)
}
