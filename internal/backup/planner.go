package backup

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// Ref names a backup: an ID of the catalogue, or a path.
type Ref struct {
	ID   string
	Path string
}

// Open finds a backup and reads what it holds, with exact rows. It needs no
// server. A damaged or foreign file has its own clear error.
func (r *Restorer) Open(ctx context.Context, ref Ref) (Archive, error) {
	var a Archive
	var known *Entry
	a.File = ref.Path
	if ref.ID != "" {
		e, err := r.Archiver.Catalog.Get(ctx, ref.ID)
		if err != nil {
			return a, err
		}
		if e.File == "" {
			return a, errs.New(errs.NotFound, "backup.failed_one", errs.Args{"id": ref.ID})
		}
		a.ID, a.File, known = ref.ID, e.File, &e
	}
	path, err := filepath.Abs(a.File)
	if err != nil {
		return a, archive.FileError(err, a.File)
	}
	a.File = path
	if err := r.MakeWork(); err != nil {
		return a, err
	}
	var beside *archive.Manifest
	if known == nil {
		beside, err = archive.ReadManifest(path)
		known = r.known(ctx, path, beside)
	}
	a.Manifest = beside
	if known != nil {
		a.Manifest = &known.Manifest
	}
	return a, cmp.Or(r.read(ctx, &a, known), err)
}

// Plan says what restoring ref into t would mean: what is there, what would
// come, what stands in the way, what the person has to agree to. It writes
// nothing, but for a temporary file where a compressed backup must be unpacked
// to be read.
func (r *Restorer) Plan(ctx context.Context, ref Ref, t Target) (Plan, error) {
	a, err := r.Open(ctx, ref)
	if err != nil {
		return Plan{}, err
	}
	return r.plan(ctx, a, t)
}

func (r *Restorer) plan(ctx context.Context, a Archive, t Target) (Plan, error) {
	p := Plan{MadeAt: r.Archiver.Now(), Archive: a, Target: t, Mode: ModeOf(a.Contents.Kind, t.Kind)}
	engine, ok := r.Archiver.Engines[t.Kind]
	if !ok {
		return p, errs.New(errs.Invalid, "backup.kind", errs.Args{"kind": string(t.Kind)})
	}
	current, err := engine.Probe(ctx, t)
	switch code := errs.CodeOf(err); {
	case err == nil:
		p.Current, p.Exists = current, true
	case code == errs.NotFound && t.Kind == SQLite:
		p.Current = Contents{Kind: t.Kind, Format: archive.FormatDatabase, Compression: archive.None, Tables: []Table{}}
	case t.Kind == SQLite && (code == errs.Corrupt || code == errs.Invalid):
		p.Exists = true
		p.Current = Contents{Kind: t.Kind, Format: archive.FormatDatabase, Compression: archive.None, Tables: []Table{}}
		r.offerRescue(&p, engine, err)
	default:
		return p, err
	}
	if err := r.preflight(ctx, engine, &p); err != nil {
		return p, err
	}
	p.Steps = r.steps(p)
	if p.Mode != Blocked {
		p.Consents = []Consent{ConsentOverwrite}
		if p.KeepAs != "" {
			p.Consents = append(p.Consents, ConsentRescue)
		}
		if p.Mode == Migrate {
			p.Consents = append(p.Consents, ConsentMigrate)
			p.Checks = append(p.Checks, p.away())
		}
		p.production()
	}
	bySeverity(p.Checks)
	p.ID = planID(p)
	return p, nil
}

// perRow is about how long a migration takes for a row, where nobody knows better.
const perRow = 10 * time.Microsecond

// away says how long a migration keeps others out of the database.
func (p *Plan) away() Check {
	if p.Method == SideDatabase {
		return Check{Level: Info, Code: "migrate.aside", Args: errs.Args{"target": p.Target.Name}}
	}
	var wait time.Duration
	for _, s := range p.Steps {
		if s.Name == StepSafety || s.Name == StepApply {
			wait += s.Expected
		}
	}
	if wait == 0 {
		wait = time.Second + time.Duration(p.Archive.Contents.Rows())*perRow
	}
	return Check{Level: Info, Code: "migrate.in_place", Args: errs.Args{"target": p.Target.Name, "wait_ms": wait.Milliseconds()}}
}

// production asks for the name of a database that is marked as production.
func (p *Plan) production() {
	if !p.Target.Production {
		return
	}
	p.Consents = append(p.Consents, ConsentTyped)
	p.Checks = append(p.Checks, Check{Level: Warning, Code: "target.production", Args: errs.Args{"target": p.Target.Name}})
}

var severity = map[Level]int{Blocker: 0, Warning: 1, Info: 2}

func bySeverity(checks []Check) {
	slices.SortStableFunc(checks, func(a, b Check) int { return severity[a.Level] - severity[b.Level] })
}

// preflight sets the method and collects the checks.
func (r *Restorer) preflight(ctx context.Context, engine Engine, p *Plan) error {
	if r.Own != nil && p.Target.Kind == SQLite && r.Own(p.Target.Path) {
		p.Checks = append(p.Checks, Check{Level: Blocker, Code: "target.own", Args: errs.Args{"path": p.Target.Path}})
		return nil
	}
	var more []Check
	var err error
	switch p.Mode {
	case Blocked:
		p.Checks = append(p.Checks, Check{Level: Blocker, Code: "restore.postgresql_into_sqlite"})
		return nil
	case Migrate:
		p.Method = OneTransaction
		if err = r.MakeWork(); err == nil {
			p.Examination, more, err = r.Migrator.Preflight(ctx, p.Target, p.Archive, r.Work)
		}
	default:
		p.Method = OneTransaction
		if p.Target.Kind == SQLite {
			p.Method = BackupAPI
		}
		more, err = engine.Preflight(ctx, p.Target, p.Archive, r.plainFile(p.Archive))
	}
	if s, ok := engine.(Swapper); ok && err == nil {
		var why []Check
		var can bool
		if can, why, err = s.CanSwap(ctx, p.Target, p.Archive); can {
			p.Method = SideDatabase
		}
		more = append(more, why...)
	}
	if err != nil {
		return err
	}
	p.Checks = append(p.Checks, more...)
	p.Checks = append(p.Checks, r.general(ctx, p)...)
	return nil
}

// plainFile is the archive's file where it can be read as it is, else "".
func (r *Restorer) plainFile(a Archive) string {
	if id, err := archive.Identify(a.File); err == nil && id.Layer == archive.None && !id.Encrypted {
		return a.File
	}
	return ""
}

// general are the checks that no engine has to know: room, age, origin.
func (r *Restorer) general(ctx context.Context, p *Plan) []Check {
	var checks []Check
	add := func(l Level, code string, args errs.Args) {
		checks = append(checks, Check{Level: l, Code: code, Args: args})
	}
	p.Target.Around.check(p)
	if len(p.Archive.Contents.Tables) == 0 {
		add(Warning, "archive.empty", nil)
	}
	if m := p.Archive.Manifest; m != nil {
		if info, err := os.Stat(p.Archive.File); err == nil && (info.Size() != m.Bytes || p.Archive.altered) {
			add(Blocker, "archive.not_as_made", errs.Args{"file": filepath.Base(p.Archive.File)})
		}
		if m.Source.Identity != "" && m.Source.Identity != p.Target.Identity() {
			add(Warning, "archive.other_source", errs.Args{"source": m.Source.Name, "place": m.Source.Place})
		}
	}
	if m := p.Archive.Manifest; m != nil {
		for _, c := range AnomalyChecks(*m) {
			if c.Level == Warning {
				checks = append(checks, c)
			}
		}
	}
	if newer, ok := r.newer(ctx, p); ok {
		add(Warning, "archive.newer_backup", errs.Args{"at": newer.Manifest.CreatedAt.UnixMilli(), "id": newer.Manifest.ID, "file": filepath.Base(newer.File)})
	}
	for _, t := range Pairs(p.Current, p.Archive.Contents) {
		if t.Now >= 20 && t.After >= 0 && t.After < t.Now/2 {
			add(Warning, "archive.far_fewer_rows", errs.Args{"table": t.Name, "now": t.Now, "after": t.After})
		}
	}
	return append(checks, r.room(ctx, p)...)
}

// newer is the newest good backup of the target that has not lost anything, where it is
// newer than the archive.
func (r *Restorer) newer(ctx context.Context, p *Plan) (Entry, bool) {
	if p.Archive.Manifest == nil {
		return Entry{}, false
	}
	all, err := r.Archiver.Catalog.List(ctx, Filter{Identity: p.Target.Identity(), Sound: true, Brief: true})
	if err != nil {
		return Entry{}, false
	}
	for _, e := range all {
		if !e.Manifest.CreatedAt.After(p.Archive.Manifest.CreatedAt) {
			break
		}
		if _, err := os.Stat(e.File); err == nil && e.Manifest.Purpose != Safety && e.Own() && !slices.ContainsFunc(e.Manifest.Anomalies, Lost) {
			return e, true
		}
	}
	return Entry{}, false
}

// steps are the steps that will be taken, with the time that each took the last
// time, scaled by size.
func (r *Restorer) steps(p Plan) []Step {
	names := []StepName{StepStage, StepSafety, StepApply, StepVerify}
	switch {
	case p.Method == SideDatabase && p.Mode == Migrate: // what is built is compared as it is built
		names = []StepName{StepStage, StepSafety, StepBuild, StepSwap}
	case p.Method == SideDatabase:
		names = []StepName{StepStage, StepSafety, StepBuild, StepCompare, StepSwap}
	case !p.Exists:
		names = []StepName{StepStage, StepApply, StepVerify}
	case p.KeepAs != "":
		names = []StepName{StepStage, StepKeep, StepApply, StepVerify}
	}
	if !p.Target.Around.none() {
		names = append(slices.Insert(names, 1, StepBefore), StepAfter)
	}
	return r.named(p, names...)
}

// named are steps with the time that each is expected to take.
func (r *Restorer) named(p Plan, names ...StepName) []Step {
	steps := make([]Step, len(names))
	for i, n := range names {
		steps[i].Name = n
		if r.Expected != nil {
			steps[i].Expected = r.Expected(p.Target, n, p.Archive.Contents.Bytes)
		}
	}
	return steps
}

// planID covers what the person agrees to. Row counts are not in it (a database
// in use would outdate every plan at once); stale compares them with tolerance.
func planID(p Plan) string {
	var size, modified int64
	if info, err := os.Stat(p.Archive.File); err == nil {
		size, modified = info.Size(), info.ModTime().UnixNano()
	}
	var blockers []string
	for _, c := range p.Checks {
		if c.Level == Blocker {
			blockers = append(blockers, c.Code)
		}
	}
	var choices Choices
	if p.Mode == Migrate {
		choices = p.Target.Choices
	}
	text := fmt.Sprintf("%q", []any{p.Archive.File, size, modified, p.Target.Identity(), p.Mode, p.Method, p.Exists, p.Consents, blockers, names(p.Current.Tables), fmt.Sprint(choices)})
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// stale says why the plan no longer describes what is there, or nil. A table may
// have gained or lost 1 % of its rows, or a hundred: what the person has seen is
// then still true in substance.
func stale(seen, now Plan) error {
	because := func(what string) error { return errs.New(errs.Stale, "restore.stale", errs.Args{"what": what}) }
	if seen.ID != now.ID {
		if !slices.Equal(names(seen.Current.Tables), names(now.Current.Tables)) {
			return because(firstDifference(seen.Current.Tables, now.Current.Tables))
		}
		return because(filepath.Base(now.Archive.File))
	}
	for i, t := range now.Current.Tables {
		before := seen.Current.Tables[i].Rows
		if d := max(t.Rows-before, before-t.Rows); d > max(100, before/100) {
			return because(t.Name)
		}
	}
	return nil
}

func names(tables []Table) []string {
	list := make([]string, len(tables))
	for i, t := range tables {
		list[i] = t.Name
	}
	return list
}

// firstDifference names the first table in which two sorted lists differ, "" if none.
func firstDifference(a, b []Table) string {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return b[i].Name
		case i >= len(b):
			return a[i].Name
		case a[i] != b[i]:
			if strings.Compare(a[i].Name, b[i].Name) > 0 {
				return b[i].Name
			}
			return a[i].Name
		}
	}
	return ""
}

// unchanged says whether the file is the one that was looked at: size and time.
func unchanged(path string, then fs.FileInfo) error {
	now, err := os.Stat(path)
	if err != nil {
		return archive.FileError(err, path)
	}
	if now.Size() != then.Size() || !now.ModTime().Equal(then.ModTime()) || !os.SameFile(now, then) {
		return errs.New(errs.Stale, "restore.stale", errs.Args{"what": filepath.Base(path)}).Because(errors.New("the file was changed while it was read"))
	}
	return nil
}
