package boot

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/profile"
)

// BenchmarkTheListOfTenThousandBackups measures the whole way of the list to the
// page: read from state.db, each file looked for, written as JSON.
func BenchmarkTheListOfTenThousandBackups(b *testing.B) {
	const n = 10_000
	b.Setenv("COFRE_KEYRING", "off")
	s, _, e := live(b)
	if _, err := s.Desk.CreateAdministrator(b.Context(), "ana", "a long password"); err != nil {
		b.Fatal(err)
	}
	people := &profile.Facts{App: "finance", PeopleTotal: 200}
	for i := range 200 {
		people.People = append(people.People, profile.Person{Name: fmt.Sprint("person ", i), Email: fmt.Sprint(i, "@example.com")})
	}
	dir := b.TempDir()
	for i := range n {
		e.Manifest.ID = fmt.Sprintf("%026d", i)
		e.Manifest.CreatedAt = time.Unix(1_700_000_000+int64(i)*3600, 0)
		e.Manifest.Tables = nil
		for t := range 40 {
			e.Manifest.Tables = append(e.Manifest.Tables, archive.Table{Name: fmt.Sprint("a_table_of_the_application_", t), Rows: int64(i * t)})
		}
		e.File, e.State, e.Profile = filepath.Join(dir, fmt.Sprint("backup_", i, ".sqlite3")), backup.Good, people
		if err := os.WriteFile(e.File, nil, 0o600); err != nil {
			b.Fatal(err)
		}
		if err := s.Service.Archiver.Catalog.Put(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
	fastest := time.Hour
	for b.Loop() {
		start := time.Now()
		views, err := s.Desk.Backups(b.Context())
		if err != nil || len(views) < n {
			b.Fatal(len(views), err)
		}
		sent, err := json.Marshal(views)
		if err != nil {
			b.Fatal(err)
		}
		fastest = min(fastest, time.Since(start))
		b.ReportMetric(float64(len(sent))/1e6, "MB/list")
		b.ReportMetric(float64(fastest.Microseconds())/1e3, "ms/fastest")
	}
}
