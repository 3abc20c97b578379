package backup

import (
	"testing"

	"cofre/internal/errs"
)

func TestThePlanSaysWhatMayGoWhere(t *testing.T) {
	for _, c := range []struct {
		from, to Kind
		want     Mode
	}{
		{SQLite, SQLite, Replace},
		{PostgreSQL, PostgreSQL, Replace},
		{SQLite, PostgreSQL, Migrate},
		{PostgreSQL, SQLite, Blocked},
		{"mysql", SQLite, Blocked},
		{SQLite, "", Blocked},
	} {
		if got := ModeOf(c.from, c.to); got != c.want {
			t.Errorf("%s → %s: %s, want %s", c.from, c.to, got, c.want)
		}
	}
}

func TestAPlanRunsOnlyWithItsConsentsAndWithoutBlockers(t *testing.T) {
	both := []Consent{ConsentOverwrite, ConsentMigrate}
	stop := []Check{{Level: Warning, Code: "archive.empty"}, {Level: Blocker, Code: "room.repository"}}
	for name, c := range map[string]struct {
		plan  Plan
		given []Consent
		want  errs.Code
	}{
		"nothing given":          {Plan{Consents: both[:1]}, nil, errs.Consent},
		"one of two":             {Plan{Consents: both}, both[:1], errs.Consent},
		"the other of two":       {Plan{Consents: both}, both[1:], errs.Consent},
		"both":                   {Plan{Consents: both}, both, ""},
		"more than asked":        {Plan{Consents: both[:1]}, both, ""},
		"a blocker":              {Plan{Consents: both[:1], Checks: stop}, both, errs.Unavailable},
		"PostgreSQL → SQLite":    {Plan{Mode: Blocked, Checks: []Check{{Level: Blocker, Code: "restore.postgresql_into_sqlite"}}}, both, errs.Incompatible},
		"a broken live database": {Plan{Checks: []Check{{Level: Blocker, Code: "target.broken"}}}, both, errs.Corrupt},
	} {
		if got := errs.CodeOf(c.plan.Agreed(c.given)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAPlanIsStaleWhenWhatThePersonSawIsNoLongerTrue(t *testing.T) {
	seen := Plan{ID: "a", Current: Contents{Tables: []Table{row("big", 100_000), row("small", 10)}}}
	for name, c := range map[string]struct {
		now  Plan
		want errs.Code
	}{
		"nothing changed":          {seen, ""},
		"a few rows more":          {Plan{ID: "a", Current: Contents{Tables: []Table{row("big", 100_900), row("small", 90)}}}, ""},
		"many rows more":           {Plan{ID: "a", Current: Contents{Tables: []Table{row("big", 102_000), row("small", 10)}}}, errs.Stale},
		"many rows less":           {Plan{ID: "a", Current: Contents{Tables: []Table{row("big", 90_000), row("small", 10)}}}, errs.Stale},
		"a small table has grown":  {Plan{ID: "a", Current: Contents{Tables: []Table{row("big", 100_000), row("small", 111)}}}, errs.Stale},
		"another table":            {Plan{ID: "b", Current: Contents{Tables: []Table{row("big", 100_000), row("other", 10)}}}, errs.Stale},
		"another file or blockers": {Plan{ID: "b", Current: seen.Current}, errs.Stale},
	} {
		if got := errs.CodeOf(stale(seen, c.now)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func row(name string, rows int64) Table { return Table{Name: name, Rows: rows} }
