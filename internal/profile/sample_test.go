package profile

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"cofre/internal/sample"
)

// sqlite is a source over a SQLite file.
type sqlite struct {
	t      *testing.T
	db     *sql.DB
	counts map[string]int64
}

func written(t *testing.T, app string) *sqlite {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sample.sqlite3")
	summary, err := sample.Write(context.Background(), path, sample.Options{App: app, Rows: 5000})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &sqlite{t, db, map[string]int64{}}
	for _, table := range summary.Tables {
		s.counts[table.Name] = table.Rows
	}
	return s
}

func (s *sqlite) Tables() []string {
	return s.list("SELECT name FROM sqlite_master WHERE type = 'table'")
}

func (s *sqlite) Columns(table string) []string {
	return s.list("SELECT name FROM pragma_table_info('" + table + "')")
}

func (s *sqlite) list(query string) []string {
	var all []string
	err := s.query(context.Background(), query, 1, func(v []string) error {
		all = append(all, v[0])
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *sqlite) Rows(ctx context.Context, table string, columns []string, limit int, yield func([]string) error) error {
	for _, c := range columns {
		if Secret(c) {
			s.t.Errorf("column %s was read", c)
		}
	}
	query := fmt.Sprintf(`SELECT "%s" FROM "%s" LIMIT %d`, strings.Join(columns, `", "`), table, limit)
	return s.query(ctx, query, len(columns), yield)
}

func (s *sqlite) query(ctx context.Context, query string, columns int, yield func([]string) error) error {
	rows, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	values, into, text := make([]sql.NullString, columns), make([]any, columns), make([]string, columns)
	for i := range into {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			text[i] = v.String
		}
		if err := yield(text); err != nil {
			return err
		}
	}
	return rows.Err()
}

func TestTheFinanceSampleShowsItsFamilies(t *testing.T) {
	s := written(t, sample.Finance)
	facts, err := Detect(context.Background(), s, s.counts)
	if err != nil {
		t.Fatal(err)
	}
	if facts.App != "wimm-finance" || len(facts.Groups) != 3 || int64(len(facts.People)) != s.counts["finances_customuser"] {
		t.Fatalf("facts: %+v", facts)
	}
	for _, p := range facts.People[1:] { // the first is the administrator, of no family
		surname := strings.TrimPrefix(p.Group, "Família ")
		if p.Role == "" || surname == "" || !strings.HasSuffix(p.Name, " "+surname) || !strings.Contains(p.Email, "@example.com") {
			t.Errorf("a person is %+v", p)
		}
	}
	if want := (Counter{Key: "transactions", Rows: 5000, Table: "finances_transaction"}); facts.Counters[2] != want {
		t.Errorf("counters: %+v", facts.Counters)
	}
}

func TestTheFleetSampleHasTheCountersOfItsApplication(t *testing.T) {
	s := written(t, sample.Fleet)
	facts, err := Detect(context.Background(), s, s.counts)
	if err != nil {
		t.Fatal(err)
	}
	want := []Counter{
		{Key: "fleets", Table: "frotas"}, {Key: "refuelings", Table: "abastecimentos"}, {Key: "maintenances", Table: "manutencoes"},
		{Key: "component_maintenances", Table: "manutencoes_componentes"}, {Key: "checklists", Table: "checklist_historico"},
		{Key: "users", Table: "usuarios"}, {Key: "settings", Table: "configuracoes"},
	}
	for i := range want {
		want[i].Rows = s.counts[want[i].Table]
	}
	if !reflect.DeepEqual(facts.Counters, want) {
		t.Errorf("counters: %+v, want %+v", facts.Counters, want)
	}
	if facts.Title != "Agropecuária Vale do Ipê (exemplo)" || facts.People[0].Role != "admin" {
		t.Errorf("facts: %+v", facts)
	}
}
