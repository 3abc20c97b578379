package migrate

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Examination is what the doctor found before anything is written.
type Examination = backup.Examination

// Examine reads every value of file as a migration into t would, with t's choices,
// and says what it found and what would be done. It changes nothing. A layer around the file is
// unfolded in dir ("" is the system's folder for temporary files) meanwhile.
func (m *Migrator) Examine(ctx context.Context, t backup.Target, file, dir string) (*Examination, error) {
	from, release, err := unfold(ctx, file, dir)
	if err != nil {
		return nil, err
	}
	defer release()
	s, err := m.begin(ctx, t, t, nil, from)
	if err != nil {
		return nil, fail(err)
	}
	defer s.close()
	e, err := m.examination(ctx, s)
	if err == nil {
		err = s.server.Err()
	}
	if err != nil {
		return nil, fail(err)
	}
	return e, nil
}

// examination is what is found by structure, looked at anew, and by reading every
// value, which is done once.
func (m *Migrator) examination(ctx context.Context, s *session) (*Examination, error) {
	found, err := m.known.examine(ctx, s)
	if err != nil {
		return nil, err
	}
	e := &Examination{Tables: len(s.work.tables), Rows: s.work.rows, TookMS: found.took.Milliseconds(), Findings: append(slices.Clone(s.work.findings), found.findings...)}
	for _, t := range s.work.tables {
		e.Columns += len(t.columns)
	}
	slices.SortStableFunc(e.Findings, func(a, b Finding) int { return loudness[b.Level] - loudness[a.Level] })
	return e, nil
}

var loudness = map[backup.Level]int{backup.Info: 0, backup.Warning: 1, backup.Blocker: 2}

// Preflight is Examine for a plan, with the target's choices: what was found, and a
// check for each finding that needs a decision or a look, and one for each kind of
// finding that loses nothing. It changes nothing.
func (m *Migrator) Preflight(ctx context.Context, t backup.Target, a backup.Archive, dir string) (*Examination, []backup.Check, error) {
	e, err := m.Examine(ctx, t, a.File, dir)
	if err != nil {
		return nil, nil, err
	}
	return e, checksOf(e), nil
}

// mostChecks is how many findings of a level a plan lists one by one.
const mostChecks = 50

func checksOf(e *Examination) []backup.Check {
	var checks []backup.Check
	listed := map[backup.Level]int{}
	quiet := map[string]*backup.Check{}
	var codes []string
	var styles []Finding // blockers that one choice decides
	for _, f := range e.Findings {
		if f.Level == backup.Blocker && f.Args["like"] != nil {
			styles = append(styles, f)
			continue
		}
		if f.Level != backup.Info {
			if listed[f.Level]++; listed[f.Level] <= mostChecks {
				checks = append(checks, checkOf(f))
			}
			continue
		}
		c := quiet[f.Code]
		if c == nil {
			c = &backup.Check{Level: backup.Info, Code: "migrate.all." + f.Code, Args: errs.Args{"n": int64(0), "places": 0, "where": ""}}
			quiet[f.Code], codes = c, append(codes, f.Code)
		}
		c.Args["n"] = c.Args["n"].(int64) + f.Rows
		if c.Args["places"] = c.Args["places"].(int) + 1; c.Args["places"].(int) == 1 {
			c.Args["where"] = f.Place()
		}
	}
	if len(styles) > 0 {
		first := fmt.Sprintf("%s → %s", styles[0].Place(), styles[0].Args["like"])
		checks = append(checks, backup.Check{Level: backup.Blocker, Code: "migrate.names_differ", Args: errs.Args{"n": len(styles), "where": first, "action": string(Stop)}})
	}
	for _, level := range []backup.Level{backup.Blocker, backup.Warning} {
		if more := listed[level] - mostChecks; more > 0 {
			checks = append(checks, backup.Check{Level: level, Code: "migrate.more", Args: errs.Args{"n": more}})
		}
	}
	for _, code := range codes {
		checks = append(checks, *quiet[code])
	}
	summary := backup.Check{Level: backup.Info, Code: "migrate.examined", Args: errs.Args{"rows": e.Rows, "columns": e.Columns, "tables": e.Tables, "took_ms": e.TookMS}}
	return append(checks, summary)
}

// checkOf words the finding for a plan: by its code, with the examples as one text.
func checkOf(f Finding) backup.Check {
	args := errs.Args{"n": f.Rows, "table": f.Table, "column": f.Column, "place": f.Place(), "type": f.Type, "action": string(f.Action), "examples": exampled(f)}
	var choices []string
	for _, o := range f.Options {
		choices = append(choices, string(o))
	}
	if choices != nil {
		args["choices"] = choices
	}
	maps.Copy(args, f.Args)
	return backup.Check{Level: f.Level, Code: "migrate.found." + f.Code, Args: args}
}

// exampled writes the examples one after the other: id 20 → not-a-uuid.
func exampled(f Finding) string {
	var list []string
	for _, e := range f.Examples {
		s := e.Key + " → " + e.Value
		if e.Becomes != "" && e.Becomes != e.Value {
			s += " → " + e.Becomes
		}
		list = append(list, s)
	}
	return strings.Join(list, "; ")
}
