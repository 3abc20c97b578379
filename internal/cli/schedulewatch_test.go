package cli

import (
	"strings"
	"testing"
)

type watchedRules struct {
	Watched []watchedRule
}

type ranAndWatched struct {
	Runs    []struct{ Schedule string }
	Watched []noticed
}

func TestARuleIsSetShownFollowedAndSwitchedOff(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	for name, target := range map[string]live{"sqlite": liveSQLite(t), "postgresql": livePostgres(t)} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			cofre(t, home, "backup", "--db", target.url).want(t, 0)
			set := read[watchedRule](t, cofre(t, home, "schedule", "watch", "--db", target.url, "--quiet-for", "2s", "--after-changes", "0", "--every", "0s", "--json").want(t, 0))
			if !set.On || !set.Deletions || set.Changes != 0 || set.QuietSeconds != 2 || set.WhenEmpty != "ask" {
				t.Fatalf("%+v", set)
			}
			run := func() []noticed {
				t.Helper()
				return read[ranAndWatched](t, cofre(t, home, "schedule", "run", "--json").want(t, 0)).Watched
			}
			if told := run(); len(told) > 0 {
				t.Errorf("nothing had changed: %+v", told)
			}
			target.damage(t)
			told := run()
			if len(told) != 1 || told[0].Event != "backup" || told[0].Cause == nil || told[0].Cause.Deleted == 0 || !strings.HasSuffix(told[0].Cause.Tables[0], "people") {
				t.Fatalf("%+v", told)
			}
			if told := run(); len(told) > 0 {
				t.Errorf("backed up twice: %+v", told)
			}
			all := read[watchedRules](t, cofre(t, home, "schedule", "watch", "--json").want(t, 0)).Watched
			if len(all) != 1 || all[0].Last == nil || all[0].Last.BackupID != told[0].BackupID {
				t.Errorf("%+v", all)
			}
			cofre(t, home, "schedule", "watch").want(t, 0)
			off := read[watchedRule](t, cofre(t, home, "schedule", "watch", "--db", target.url, "--off", "--json").want(t, 0))
			if off.On || off.QuietSeconds != 2 {
				t.Errorf("%+v", off)
			}
		})
	}
	home := t.TempDir()
	cofre(t, home, "schedule", "watch", "--db", "app.sqlite3", "--quiet-for", "1s").want(t, 2)
	cofre(t, home, "schedule", "watch", "--db", "app.sqlite3", "--quiet-for", "2900ms").want(t, 2)
	cofre(t, home, "schedule", "watch", "--db", "app.sqlite3", "--every", "45s").want(t, 2)
	cofre(t, home, "schedule", "watch", "--quiet-for", "5s").want(t, 2)
}
