package postgres

import (
	"errors"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestWhileARestoreIsHeldOthersReadAndDumpButDoNotWrite(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, `CREATE TABLE plain (n int); INSERT INTO plain VALUES (1), (2); CREATE TABLE parted (n int) PARTITION BY RANGE (n);
		CREATE TABLE "part ""1""" PARTITION OF parted FOR VALUES FROM (0) TO (10)`)
	file := filepath.Join(t.TempDir(), "backup.dump")
	pgDump(t, url, "-Fc", "--file="+file)
	testdb.Exec(t, url, "INSERT INTO plain VALUES (3)")
	other, err := open(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	defer other.close(t.Context())
	if err := other.script(t.Context(), "SET lock_timeout = '200ms'"); err != nil {
		t.Fatal(err)
	}
	refused := func(statement string) bool {
		var failure *pgconn.PgError
		err := other.script(t.Context(), statement)
		if err != nil && (!errors.As(err, &failure) || failure.Code != "55P03") {
			t.Fatal(err)
		}
		return err != nil
	}

	held, err := new(Engine).Hold(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	for _, write := range []string{"INSERT INTO plain VALUES (4)", "DELETE FROM plain", "INSERT INTO parted VALUES (1)", "TRUNCATE plain", "SELECT * FROM plain FOR UPDATE"} {
		if !refused(write) {
			t.Errorf("while the restore is held, this goes through: %s", write)
		}
	}
	if refused("SELECT * FROM plain, parted") {
		t.Error("while the restore is held, others can't read")
	}
	safety := filepath.Join(t.TempDir(), "safety.dump")
	if dumped, err := new(Engine).Dump(t.Context(), target(url), safety, backup.DumpOptions{}, unheard); err != nil || dumped.Rows() != 3 {
		t.Fatalf("while the restore is held, a dump has %d rows, %v", dumped.Rows(), err)
	}
	c1, err := held.Restore(t.Context(), file, unheard)
	if err != nil || c1.Rows() != 2 {
		t.Fatalf("the held restore returns %d rows, %v", c1.Rows(), err)
	}
	held.Release()
	if refused("INSERT INTO plain VALUES (5)") {
		t.Error("after the restore nobody can write")
	}

	again, err := new(Engine).Hold(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	again.Release()
	again.Release()
	if refused("INSERT INTO plain VALUES (6)") {
		t.Error("after a release nobody can write")
	}
}

func TestATableThatIsMadeWhileARestoreIsHeldIsNotLost(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, "CREATE TABLE parted (n int) PARTITION BY RANGE (n); CREATE TABLE first PARTITION OF parted FOR VALUES FROM (0) TO (10)")
	file := filepath.Join(t.TempDir(), "backup.dump")
	pgDump(t, url, "-Fc", "--file="+file)
	h, err := new(Engine).Hold(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Release()
	testdb.Exec(t, url, "CREATE TABLE later AS SELECT 1 AS n")
	if _, err := h.Restore(t.Context(), file, unheard); errs.Of(err).Reason != backup.ReasonWritten {
		t.Errorf("a table was made meanwhile, and the restore ended with %v", err)
	}
	h.Release()
	if got := testdb.Query(t, url, "SELECT n FROM later"); len(got) != 1 {
		t.Errorf("the table holds %v", got)
	}
}

func TestACommitWhoseAnswerIsLostIsAskedFor(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, "CREATE TABLE t (n int); INSERT INTO t VALUES (1)")
	file := filepath.Join(t.TempDir(), "backup.dump")
	pgDump(t, url, "-Fc", "--file="+file)
	for _, back := range []bool{true, false} {
		testdb.Exec(t, url, "UPDATE t SET n = 2") // as many rows as before
		way := testdb.NewCutter(t, c)
		statements := func() int {
			if _, err := new(Engine).Restore(t.Context(), target(way.URL(url)), file, unheard); err != nil {
				t.Fatal(err)
			}
			return way.Seen()
		}()
		testdb.Exec(t, url, "UPDATE t SET n = 2")
		for at := statements; ; at-- { // the commit is the last but for what ends the session
			way.Cut(at, true)
			done, healed := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(healed)
				for back && !way.Gone() {
					select {
					case <-done:
						return
					default:
						runtime.Gosched()
					}
				}
				if back {
					way.Heal()
				}
			}()
			_, err := new(Engine).Restore(t.Context(), target(way.URL(url)), file, unheard)
			close(done)
			<-healed
			now := testdb.Query(t, url, "SELECT n FROM t")[0]
			if back && (err == nil) != (now == "1") {
				t.Errorf("cut at %d: %v, and the database holds %s", at, err, now)
			}
			if !back && err != nil && errs.CodeOf(err) != errs.Damaged && now == "1" {
				t.Errorf("cut at %d with no way back: %v, and the database holds the new content", at, err)
			}
			if now == "2" {
				break
			}
			testdb.Exec(t, url, "UPDATE t SET n = 2")
		}
	}
}
