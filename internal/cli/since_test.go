package cli

import (
	"strings"
	"testing"
)

type undoPlan struct {
	Plan struct {
		Since struct {
			Unknown string
			Tables  []struct {
				Name                    string
				Before, After           int64
				Added, Removed, Changed int64
			}
		}
		Checks []struct{ Level, Code, Message, Hint string }
	}
}

func (p undoPlan) says(code string) string {
	for _, c := range p.Plan.Checks {
		if c.Code == code {
			return c.Level + " " + c.Message
		}
	}
	return ""
}

func TestThePlanOfAnUndoSaysWhatWasWrittenSince(t *testing.T) {
	for name, kind := range map[string]func(*testing.T) live{"sqlite": liveSQLite, "postgresql": livePostgres} {
		t.Run(name, func(t *testing.T) {
			home, target := t.TempDir(), kind(t)
			write := func(sql string) {
				if name == "sqlite" {
					sqliteExec(t, target.url, sql)
				} else {
					postgresExec(t, target.url, sql)
				}
			}
			plan := func() undoPlan {
				return read[undoPlan](t, cofre(t, home, "undo", "--db", target.url, "--dry-run", "--json").want(t, 0))
			}
			made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
			target.damage(t)
			cofre(t, home, "restore", made.ID, "--db", target.url, "--yes", "--json").want(t, 0)
			if p := plan(); len(p.Plan.Since.Tables) != 0 || !strings.HasPrefix(p.says("undo.nothing_since"), "info ") {
				t.Fatalf("nothing was written since, but: %+v", p.Plan)
			}

			write("INSERT INTO people VALUES (10, 'Rui'), (11, 'Eva'); DELETE FROM people WHERE id = 1; UPDATE people SET name = 'Zoé' WHERE id = 2")
			p := plan()
			if s := p.Plan.Since; len(s.Tables) != 1 || !strings.HasSuffix(s.Tables[0].Name, "people") || s.Tables[0].Added != 2 || s.Tables[0].Removed != 1 || s.Tables[0].Changed != 1 {
				t.Fatalf("since: %+v", s)
			}
			if got := p.says("undo.written_since"); !strings.Contains(got, "2 rows added, 1 removed, 1 changed") {
				t.Fatalf("the plan says %q", got)
			}
			if shown := cofre(t, home, "undo", "--db", target.url).want(t, 3).out; !strings.Contains(shown, "Written since") {
				t.Errorf("before it asks, the undo says\n%s", shown)
			}

			// The undo of the undo is compared, too: with what was live again after the undo.
			cofre(t, home, "undo", "--db", target.url, "--yes", "--json").want(t, 0)
			write("INSERT INTO people VALUES (20, 'Ivo')")
			if s := plan().Plan.Since; len(s.Tables) != 1 || s.Tables[0].Added != 1 || s.Tables[0].Removed+s.Tables[0].Changed != 0 {
				t.Fatalf("since the undo: %+v", s)
			}
		})
	}
}
