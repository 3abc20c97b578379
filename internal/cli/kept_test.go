package cli

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/service"
	"cofre/internal/testdb"
	"cofre/internal/text"
)

// keeping is a live database that was restored, and the old one beside it.
type keeping struct {
	home, url    string
	made, before string // the backup that went in; the old database
	safety       string // file of the safety backup
}

// kept restores once. The answer is still open.
func kept(t *testing.T) *keeping {
	t.Helper()
	target := livePostgres(t)
	k := &keeping{home: t.TempDir(), url: target.url}
	k.made = read[struct{ ID string }](t, cofre(t, k.home, "backup", "--db", k.url, "--json").want(t, 0)).ID
	target.damage(t)
	k.restore(t)
	return k
}

func (k *keeping) restore(t *testing.T) {
	t.Helper()
	r := read[struct {
		Kept   string
		Safety struct{ File string }
	}](t, cofre(t, k.home, "restore", k.made, "--db", k.url, "--yes", "--json").want(t, 0))
	k.before, k.safety = r.Kept, r.Safety.File
}

func (k *keeping) days(t *testing.T, n int) {
	t.Helper()
	cofre(t, k.home, "kept", "--db", k.url, "--days", strconv.Itoa(n)).want(t, 0)
}

// answer says that all is well.
func (k *keeping) answer(t *testing.T) {
	t.Helper()
	cofre(t, k.home, "keep", "--db", k.url).want(t, 0)
}

// backupAt makes a backup when so much time has gone by since now, and returns what
// is then shown of the old databases.
func (k *keeping) backupAt(t *testing.T, since time.Duration) []service.KeptDatabase {
	t.Helper()
	sys, err := boot.Open(t.Context(), boot.Options{Home: k.home})
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close()
	sys.Service.Now = func() time.Time { return time.Now().Add(since) }
	db, err := backup.ParseTarget(k.url)
	if err != nil {
		t.Fatal(err)
	}
	op, err := sys.Service.Backup(t.Context(), db, backup.BackupOptions{Purpose: backup.Manual})
	if err == nil {
		_, err = op.Wait()
	}
	if err != nil {
		t.Fatal(err)
	}
	shown, err := sys.Service.Kept(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return shown.Databases
}

// there asks the server whether it has a database of that name.
func (k *keeping) there(t *testing.T, name string) bool {
	t.Helper()
	return slices.Equal(testdb.Query(t, k.url, "SELECT 1 FROM pg_database WHERE datname = '"+name+"'"), []string{"1"})
}

const day = 24 * time.Hour

func TestAnOldDatabaseIsDroppedWhenItsDaysAreOverAndNotBefore(t *testing.T) {
	k := kept(t)
	k.days(t, 3)
	if shown := k.backupAt(t, 300*day); !k.there(t, k.before) || len(shown) != 1 || !shown[0].Unanswered || shown[0].Until != 0 {
		t.Fatalf("nobody has answered: there %v, shown %+v", k.there(t, k.before), shown)
	}
	k.answer(t)
	if shown := k.backupAt(t, 3*day-time.Hour); !k.there(t, k.before) || len(shown) != 1 || shown[0].Unanswered || shown[0].Until-shown[0].At != (3*day).Milliseconds() {
		t.Fatalf("an hour before its time: there %v, shown %+v", k.there(t, k.before), shown)
	}
	size := testdb.Query(t, k.url, "SELECT pg_database_size('"+k.before+"')")[0]
	if said := cofre(t, k.home, "kept", "--db", k.url).want(t, 0).out; !strings.Contains(said, k.before) || !strings.Contains(said, sized(t, size)) {
		t.Errorf("%s bytes are shown as %s", size, said)
	}
	k.days(t, 0)
	if shown := k.backupAt(t, 4000*day); !k.there(t, k.before) || len(shown) != 1 || shown[0].Until != 0 {
		t.Fatalf("with 0 days: there %v, shown %+v", k.there(t, k.before), shown)
	}
	k.days(t, 3)
	if shown := k.backupAt(t, 3*day+time.Hour); k.there(t, k.before) || len(shown) != 0 {
		t.Errorf("an hour after its time: there %v, shown %+v", k.there(t, k.before), shown)
	}
	if left := testdb.Query(t, k.url, `SELECT datname FROM pg_database WHERE datname LIKE '`+testdb.DatabaseName(k.url)+`\_\_%'`); len(left) > 0 {
		t.Errorf("the server still has %q", left)
	}
	// The safety backup is still a way back.
	cofre(t, k.home, "undo", "--db", k.url, "--yes").want(t, 0)
	if held := postgresText(t, k.url); !strings.Contains(held, "later") {
		t.Errorf("undone without the old database: %s", held)
	}
}

// Rows that were written after the safety backup was read are in the old database alone.
func TestAnOldDatabaseStaysUntilSomebodySaysThatAllIsWell(t *testing.T) {
	k := kept(t)
	k.days(t, 1)
	first := k.before
	k.restore(t)
	if shown := k.backupAt(t, 2*day); len(shown) != 2 || shown[0].Name != k.before || shown[1].Name != first {
		t.Fatalf("nobody has answered, and what is left is %+v", shown)
	}
	k.answer(t) // for both
	if shown := k.backupAt(t, 2*day); len(shown) != 0 || k.there(t, first) || k.there(t, k.before) {
		t.Errorf("all is well, and what is left is %+v", shown)
	}
}

func TestAnOldDatabaseStaysWhileItIsTheOnlyWayBack(t *testing.T) {
	k := kept(t)
	k.days(t, 1)
	k.answer(t)
	whole, err := os.ReadFile(k.safety)
	if err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(whole)
	flipped[len(flipped)/2] ^= 0x10
	for _, c := range []struct {
		name  string
		spoil func() error
	}{
		{"gone", func() error { return os.Remove(k.safety) }},
		{"empty", func() error { return os.WriteFile(k.safety, nil, 0o600) }},
		{"cut", func() error { return os.WriteFile(k.safety, whole[:len(whole)-20], 0o600) }},
		{"one bit is another", func() error { return os.WriteFile(k.safety, flipped, 0o600) }},
	} {
		if err := c.spoil(); err != nil {
			t.Fatal(err)
		}
		if shown := k.backupAt(t, 30*day); !k.there(t, k.before) || len(shown) != 1 || !shown[0].OnlyWay || shown[0].Until != 0 {
			t.Fatalf("the safety backup is %s: there %v, shown %+v", c.name, k.there(t, k.before), shown)
		}
	}
	if said := cofre(t, k.home, "kept", "--db", k.url).want(t, 0).out; !strings.Contains(said, "only") {
		t.Errorf("it says %s", said)
	}
	if err := os.WriteFile(k.safety, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	cofre(t, k.home, "verify", catalogued(t, k.home, k.safety)).want(t, 0) // it is good after all
	if shown := k.backupAt(t, 30*day); k.there(t, k.before) || len(shown) != 0 {
		t.Errorf("with a good safety backup: there %v, shown %+v", k.there(t, k.before), shown)
	}
}

// catalogued is the ID of the backup with that file.
func catalogued(t *testing.T, home, file string) string {
	t.Helper()
	list := read[struct {
		Backups []struct{ ID, File string }
	}](t, cofre(t, home, "list", "--json").want(t, 0))
	for _, b := range list.Backups {
		if b.File == file {
			return b.ID
		}
	}
	t.Fatalf("no backup has the file %s", file)
	return ""
}

func sized(t *testing.T, bytes string) string {
	t.Helper()
	n, err := strconv.ParseInt(bytes, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return text.For(text.English).Size(n)
}
