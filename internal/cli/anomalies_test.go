package cli

import (
	"strings"
	"testing"

	"cofre/internal/testdb"
)

func TestABackupThatHasLostSomethingSaysSoAndPinsThoseBeforeIt(t *testing.T) {
	for name, kind := range map[string]struct {
		make  func(*testing.T, string) string
		write func(*testing.T, string, string)
	}{
		"sqlite": {func(t *testing.T, script string) string { return testdb.SQLite(t, script) }, sqliteExec},
		"postgresql": {func(t *testing.T, script string) string {
			url := testdb.Postgres(t).Database(t)
			postgresExec(t, url, script)
			return url
		}, postgresExec},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			url := kind.make(t, "CREATE TABLE money(id integer PRIMARY KEY); CREATE TABLE users(id integer PRIMARY KEY)")
			kind.write(t, url, "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 40) INSERT INTO money SELECT i FROM n; INSERT INTO users SELECT id FROM money")
			type made struct {
				ID        string
				Anomalies []wordedCheck
			}
			back := func() made { return read[made](t, cofre(t, home, "backup", "--db", url, "--json").want(t, 0)) }
			first := back()
			if second := back(); len(first.Anomalies)+len(second.Anomalies) > 0 {
				t.Fatalf("nothing has changed, but %+v", second)
			}
			kind.write(t, url, "ALTER TABLE money ADD COLUMN note text")
			if news := back(); len(news.Anomalies) != 1 || news.Anomalies[0].Code != "anomaly.schema_changed" || news.Anomalies[0].Level != "info" {
				t.Errorf("%+v", news)
			}
			kind.write(t, url, "DELETE FROM users; INSERT INTO money (id) SELECT id + 100 FROM money")
			if out := cofre(t, home, "backup", "--db", url).want(t, 0).out; !strings.Contains(out, "users is empty in this backup") || !strings.Contains(out, "are pinned") {
				t.Errorf("%s", out)
			}
			all := read[struct {
				Backups []struct {
					ID        string
					Pinned    bool
					Anomalies []wordedCheck
				}
			}](t, cofre(t, home, "list", "--json").want(t, 0)).Backups
			if len(all) != 4 || all[0].Pinned || len(all[0].Anomalies) != 1 || !all[1].Pinned || !all[2].Pinned || !all[3].Pinned {
				t.Errorf("%+v", all)
			}
			if out := cofre(t, home, "list").want(t, 0).out; !strings.Contains(out, "good, 1 warning") || strings.Count(out, "good, pinned") != 3 {
				t.Errorf("%s", out)
			}
			cofre(t, home, "pin", all[1].ID, "--off").want(t, 0)
			cofre(t, home, "pin", all[0].ID).want(t, 0)
			cofre(t, home, "pin", "nothing").want(t, 10)
			if out := cofre(t, home, "list").want(t, 0).out; !strings.Contains(out, "good, pinned, 1 warning") || strings.Count(out, "pinned") != 3 {
				t.Errorf("%s", out)
			}
			plan := read[undoPlan](t, cofre(t, home, "restore", all[0].ID, "--db", url, "--dry-run", "--json").want(t, 0))
			if got := plan.says("anomaly.emptied"); !strings.HasPrefix(got, "warning ") || !strings.Contains(got, "users is empty in this backup") {
				t.Errorf("the plan says %q of %+v", got, plan)
			}
			// The damaged one is not what a plan recommends in place of a good one.
			if got := read[undoPlan](t, cofre(t, home, "restore", all[1].ID, "--db", url, "--dry-run", "--json").want(t, 0)).says("archive.newer_backup"); got != "" {
				t.Error(got)
			}
			// What a person has restored on purpose is what the next ones are compared with.
			cofre(t, home, "restore", first.ID, "--db", url, "--yes").want(t, 0)
			if after := back(); len(after.Anomalies) != 0 {
				t.Errorf("after a restore: %+v", after)
			}
			kind.write(t, url, "DELETE FROM users")
			if lost := back(); len(lost.Anomalies) != 2 || lost.Anomalies[0].Code != "anomaly.emptied" {
				t.Errorf("after a loss behind a restore: %+v", lost)
			}
		})
	}
}
