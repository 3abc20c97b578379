package backup_test

import (
	"slices"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// TestARestoreOfAnotherMachineInTheSameSecondIsLeftAlone: two of them agree on the
// names. What the other one has made is neither dropped nor taken for one's own.
func TestARestoreOfAnotherMachineInTheSameSecondIsLeftAlone(t *testing.T) {
	for step, theirs := range map[backup.StepName]func(backup.Names) (name, comment string){
		backup.StepBuild: func(n backup.Names) (string, string) { return n.Aside, "cofre: built aside for " },
		backup.StepSwap:  func(n backup.Names) (string, string) { return n.Before, "cofre: kept, was " },
	} {
		t.Run(string(step), func(t *testing.T) {
			m := newMoving(t, backup.SideDatabase)
			p, before := m.plan(backup.SideDatabase), m.content()
			var name string
			s := &script{}
			s.at = map[backup.StepName]func() error{step: func() error {
				var comment string
				name, comment = theirs(s.names)
				testdb.Exec(t, m.besides("postgres"), `CREATE DATABASE "`+name+`"`)
				testdb.Exec(t, m.besides("postgres"), `COMMENT ON DATABASE "`+name+`" IS '`+comment+testdb.DatabaseName(m.admin)+` until 2026-11-22T10:00:00.000Z'`)
				return nil
			}}
			r, err := m.restorer.Restore(t.Context(), p, p.Consents, s)
			if r.Status != backup.Untouched || err == nil || errs.Of(err).Reason != backup.ReasonTaken {
				t.Errorf("ended %s with %v", r.Status, err)
			}
			if s.names != (backup.Names{}) {
				t.Errorf("a crash would lead to %v", s.names)
			}
			if got := m.side(); !slices.Equal(got, []string{name}) {
				t.Errorf("beside it are %v, not the other's %s", got, name)
			}
			if m.content() != before {
				t.Error("the database has changed")
			}
		})
	}
}
