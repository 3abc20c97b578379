package boot

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/schedule"
	"cofre/internal/service"
)

// trailOf is what the trail says, the oldest first.
func trailOf(t *testing.T, s *service.Service) []audit.Entry {
	t.Helper()
	all, err := s.Trail.Entries(t.Context(), audit.Query{Oldest: true})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// told is what the trail says in short: who, what, how it ended.
func told(entries []audit.Entry) (lines []string) {
	for _, e := range entries {
		line := e.Who + " " + string(e.What) + " " + e.Ending
		if e.Reason != "" {
			line += " " + e.Reason
		}
		if e.Names != nil {
			line += " " + strings.Join(e.Names, ",")
		}
		lines = append(lines, line)
	}
	return lines
}

func TestTheTrailSaysWhoDidWhatAndHowItEnded(t *testing.T) {
	d, id, path := atTheWindow(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ended := func(_ string, err error) {
		t.Helper()
		must(err)
		must(d.Settle(context.WithoutCancel(ctx)))
	}
	before := len(trailOf(t, d.Service))
	ended(d.StartBackup(ctx, service.BackupInput{}))
	ended(d.VerifyBackup(ctx, id))
	ended(d.RehearseBackup(ctx, id))
	must(d.SaveCopy(ctx, id, filepath.Join(t.TempDir(), "copy.sqlite3")))
	must(d.PinBackup(ctx, id, true)) // it was pinned already, when a backup had lost something: no news
	must(d.PinBackup(ctx, id, false))
	must(d.PinBackup(ctx, id, true))
	p, err := d.PlanRestore(ctx, backup.Ref{ID: id})
	must(err)
	ended(d.StartRestore(ctx, service.StartRestoreInput{PlanID: p.ID, Consents: p.Consents}))
	_, err = d.Login(ctx, "ANA", "the wrong password")
	if errs.Of(err).Reason != "auth.wrong" {
		t.Fatal(err)
	}
	if _, err = d.Login(ctx, "my secret password", "the wrong password"); errs.Of(err).Reason != "auth.wrong" {
		t.Fatal(err)
	}
	_, err = d.Login(ctx, "ana", "a long password")
	must(err)
	must(d.AllWell(ctx))
	u, err := d.PlanUndo(ctx)
	must(err)
	ended(d.StartRestore(ctx, service.StartRestoreInput{PlanID: u.ID, Consents: u.Consents}))
	_, err = d.Login(ctx, "ana", "a long password")
	must(err)
	_, err = d.SaveSettings(ctx, service.Settings{Theme: "dark", TextScale: 100, Language: "pt-BR", LockMinutes: 15})
	must(err)
	_, err = d.KeepFor(ctx, 30)
	must(err)
	c, err := d.SaveConnection(ctx, service.ConnectionInput{Kind: "postgresql", Name: "fleet", Host: "db.example", Database: "fleet", User: "app", Password: "s3cr3t"})
	must(err)
	_, err = d.SaveConnection(ctx, service.ConnectionInput{ID: c.ID, Kind: "postgresql", Name: "fleet", Host: "db2.example", Database: "fleet", User: "app", Password: "s3cr3t too", Production: true})
	must(err)
	must(d.Decide(ctx, c.ID, service.ChoicesView{Zone: "America/Sao_Paulo"}))
	must(d.Scheduler.Book.Put(ctx, schedule.Schedule{ID: "1", Name: "nightly", Connection: c.ID, Kind: schedule.Backup, When: "daily 03:00"}))
	must(d.DeleteConnection(ctx, c.ID))
	must(d.DeleteBackup(ctx, id))
	_, err = d.AddAdministrator(ctx, "a long password", "davi", "another password")
	must(err)
	must(d.RemoveAdministrator(ctx, "a long password", "DAVI"))
	code, err := d.MakeRecoveryCode(ctx, "", "a long password")
	must(err)
	if err := d.ChangePassword(ctx, "", "the wrong password", "a s3cr3t password"); errs.Of(err).Reason != "auth.wrong" {
		t.Fatal(err)
	}
	must(d.ChangePassword(ctx, "", "a long password", "a s3cr3t password"))
	if _, _, err := d.Recover(ctx, "ana", "s3cr3t", "a long password"); errs.Of(err).Reason != "auth.code_wrong" {
		t.Fatal(err)
	}
	_, _, err = d.Recover(ctx, "ana", code, "a long password")
	must(err)
	if _, err := d.SavedTarget(backup.WithActor(ctx, "cli:root"), "fleet", "no password"); errs.Of(err).Reason != "auth.wrong" {
		t.Fatal(err)
	}

	all := trailOf(t, d.Service)
	want := []string{
		" backup begun", " backup succeeded", // of live
		"ana administrator_created succeeded", "ana login succeeded", "ana connection_added succeeded",
		"ana backup begun", "ana backup succeeded", "ana verify begun", "ana verify succeeded", "ana rehearse begun", "ana rehearse succeeded",
		"ana save begun", "ana save succeeded", "ana unpin succeeded", "ana pin succeeded", "ana restore begun", "ana restore succeeded",
		"ana login failed auth.wrong", " login failed auth.wrong", "ana login succeeded", "ana keep succeeded", "ana undo begun", "ana undo succeeded", "ana login succeeded",
		"ana settings succeeded language,theme", "ana settings succeeded kept_days",
		"ana connection_added succeeded", "ana connection_changed succeeded color,host,production,password", "ana connection_changed succeeded choices", "ana connection_removed succeeded", "ana schedule_removed succeeded",
		"ana delete begun", "ana delete succeeded", "ana administrator_created succeeded", "ana administrator_removed succeeded", "ana recovery_code succeeded",
		"ana login failed auth.wrong", "ana password_changed succeeded", " password_reset failed auth.code_wrong", "ana password_reset succeeded", "cli:root login failed auth.wrong",
	}
	if got := told(all); !slices.Equal(got, want) {
		t.Errorf("it says\n%s\nand should say\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if before != 5 {
		t.Errorf("%d entries before", before)
	}
	for _, l := range lines(t, d.Service) {
		if strings.Contains(l.Text, "s3cr3t") || strings.Contains(l.Text, "a long") || strings.Contains(l.Text, "secret password") || strings.Contains(l.Text, code) {
			t.Errorf("it tells a secret: %s", l.Text)
		}
	}
	if made := all[6]; made.Database != "app.sqlite3" || made.Place != path || made.Job == "" || made.Job != all[5].Job || made.Backup == "" || len(made.Files) != 1 || len(made.Files[0].SHA256) != 64 || made.Files[0].Path == "" {
		t.Errorf("of the backup it says %+v", made)
	}
	if back := all[16]; back.Plan == "" || back.Backup != id || len(back.Files) != 2 || back.Files[0].As != "backup" || back.Files[1].As != "safety" || len(back.Files[1].SHA256) != 64 {
		t.Errorf("of the restore it says %+v", back)
	}
	if gone := all[31]; gone.Backup != id || gone.Database != "app.sqlite3" {
		t.Errorf("of the backup that went it says %+v", gone)
	}
	if v, err := d.Service.CheckTrail(ctx); err != nil || v.Damage != nil || v.Entries != int64(len(want)) || v.Witnesses < 3 || v.Strangers != 0 {
		t.Errorf("%+v %v", v, err)
	}
}

func lines(t *testing.T, s *service.Service) []audit.Line {
	t.Helper()
	all, err := s.Trail.Store.Lines(t.Context(), audit.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryManifestTellsHowFarTheTrailHadCome(t *testing.T) {
	s, _, e := live(t)
	m, err := archive.ReadManifest(e.File)
	if err != nil || m.Audit == nil {
		t.Fatalf("%+v %v", m, err)
	}
	begun := trailOf(t, s.Service)[0]
	if *m.Audit != (archive.AuditHead{Trail: begun.Hash, N: 1, Hash: begun.Hash}) {
		t.Errorf("%+v", m.Audit)
	}
}

func TestAnOlderStateThatIsPutBackIsFoundByTheManifestsOfTheRepository(t *testing.T) {
	home := t.TempDir()
	s, err := Open(t.Context(), Options{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "app.sqlite3")
	write(t, path, "")
	target, err := backup.ParseTarget(path)
	if err != nil {
		t.Fatal(err)
	}
	backUp := func() backup.Entry {
		t.Helper()
		op, err := s.Service.Backup(t.Context(), target, backup.BackupOptions{Purpose: backup.Manual})
		if err != nil {
			t.Fatal(err)
		}
		e, err := op.Wait()
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	reopen := func() {
		t.Helper()
		if s, err = Open(t.Context(), Options{Home: home}); err != nil {
			t.Fatal(err)
		}
	}
	shut := func() {
		t.Helper()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	backUp()
	shut()
	found, err := filepath.Glob(filepath.Join(home, "*", "state.db"))
	if err != nil || len(found) == 0 {
		found, _ = filepath.Glob(filepath.Join(home, "state.db"))
	}
	state := found[0]
	old, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	reopen()
	later := backUp()
	shut()
	if err := os.WriteFile(state, old, 0o600); err != nil {
		t.Fatal(err)
	}
	reopen()
	defer shut()
	v, err := s.Service.CheckTrail(t.Context())
	if err != nil || v.Damage == nil || *v.Damage != (audit.Damage{N: 3, How: audit.Cut, File: archive.ManifestPath(later.File)}) {
		t.Errorf("%+v %v", v.Damage, err)
	}
	if err := service.DamageError(v); errs.CodeOf(err) != errs.Corrupt {
		t.Error(err)
	}
}

// deaf is a trail's store that takes so many more lines.
type deaf struct {
	audit.Store
	takes int
}

func (d *deaf) Append(ctx context.Context, next func(int64, string) (audit.Line, error)) error {
	if d.takes--; d.takes < 0 {
		return errs.New(errs.Unavailable, "state.write", errs.Args{"path": "state.db"})
	}
	return d.Store.Append(ctx, next)
}

func TestAJobWhoseBeginningCanNotBeWrittenDoesNotBegin(t *testing.T) {
	s, target, e := live(t)
	p, err := s.Service.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, target)
	if err != nil {
		t.Fatal(err)
	}
	now := read(t, target.Path)
	whole := s.Service.Trail.Store
	s.Service.Trail.Store = &deaf{whole, 0}
	_, err = restore(t, s, p)
	if got := errs.Of(err); got.Reason != "audit.begin" || got.Code != errs.Unavailable {
		t.Errorf("%v", err)
	}
	if read(t, target.Path) != now {
		t.Error("the database is another one")
	}
	s.Service.Trail.Store = whole
	if open, err := s.Service.Journal.Open(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("%+v %v", open, err)
	}
}

func TestARestoreThatIsOverHasSucceededWhateverTheTrailSays(t *testing.T) {
	s, target, e := live(t)
	p, err := s.Service.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, target)
	if err != nil {
		t.Fatal(err)
	}
	s.Service.Trail.Store = &deaf{s.Service.Trail.Store, 1}
	r, err := restore(t, s, p)
	if err != nil || r.Status != backup.Succeeded || len(r.Warnings) != 1 || r.Warnings[0].Reason != "audit.write" {
		t.Errorf("%+v %v", r, err)
	}
}

func TestTheTrailSaysWhatACrashHasCutOff(t *testing.T) {
	s, target, _ := live(t)
	cutOff(t, s, backup.Record{ID: "cut", Kind: "restore", Target: target.Name, Identity: target.Identity(), StartedAt: time.Now(), Step: string(backup.StepStage)})
	recovered(t, s)
	all := trailOf(t, s.Service)
	if last := all[len(all)-1]; last.What != audit.Recovery || last.Ending != "interrupted" || last.Job != "cut" || last.Subject != "restore" || last.Database != target.Name {
		t.Errorf("%+v", last)
	}
}

func TestTheWindowShowsAndExportsTheTrail(t *testing.T) {
	d, _, database := atTheWindow(t)
	ctx := t.Context()
	v, err := d.Trail(ctx, service.TrailInput{What: "login"})
	if err != nil || !v.Ended || len(v.Entries) != 1 || v.Entries[0].Who != "ana" || v.Entries[0].Files == nil || v.Entries[0].Names == nil {
		t.Fatalf("%+v %v", v, err)
	}
	if none, err := d.Trail(ctx, service.TrailInput{Until: 1}); err != nil || len(none.Entries) != 0 {
		t.Errorf("%+v %v", none, err)
	}
	if whole, err := d.CheckTrail(ctx); err != nil || whole.Damage != nil || whole.Entries != 5 || whole.Manifests != 1 {
		t.Errorf("%+v %v", whole, err)
	}
	dir := t.TempDir()
	for name, begins := range map[string]string{"a.csv": "n,at,who", "a.json": `{"entries":[`} {
		path := filepath.Join(dir, name)
		if err := d.ExportTrail(ctx, service.TrailInput{}, path); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(read(t, path), begins) {
			t.Errorf("%s: %s", name, read(t, path))
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("%v %v", left, err)
	}
	if err := d.ExportTrail(ctx, service.TrailInput{}, database); errs.Of(err) == nil || errs.Of(err).Reason != "save.in_use" {
		t.Errorf("over the database: %v", err)
	}
	if v, err := d.Trail(ctx, service.TrailInput{What: "export"}); err != nil || len(v.Entries) != 2 {
		t.Errorf("%+v %v", v, err)
	}
	d.Leave()
	if _, err := d.Trail(ctx, service.TrailInput{}); errs.CodeOf(err) != errs.Denied {
		t.Errorf("to nobody: %v", err)
	}
}
