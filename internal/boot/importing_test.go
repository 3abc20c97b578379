package boot

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/service"
)

func TestAFileFromOutsideBecomesABackup(t *testing.T) {
	d, id, database := atTheWindow(t)
	own, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(t.TempDir(), "from elsewhere.sqlite3")
	content, err := os.ReadFile(own.File)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(foreign, content, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := d.ImportBackup(t.Context(), foreign)
	if err != nil {
		t.Fatal(err)
	}
	e, err := d.Backup(t.Context(), got)
	if err != nil {
		t.Fatal(err)
	}
	m, err := archive.ReadManifest(e.File)
	if err != nil || m == nil || m.Purpose != backup.Imported || m.SHA256 != own.Manifest.SHA256 || e.State != backup.Good || m.By != "ana" ||
		filepath.Base(e.File) != "from elsewhere.sqlite3" || filepath.Dir(e.File) != d.Service.Archiver.Repository() || len(m.Tables) == 0 || m.Source.Identity != "" {
		t.Errorf("%+v %+v %v", e, m, err)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Errorf("the file itself: %v", err)
	}
	if p, err := d.PlanRestore(t.Context(), backup.Ref{ID: got}); err != nil || p.Mode != "replace" {
		t.Errorf("its plan: %+v %v", p, err)
	}

	for file, reason := range map[string]string{own.File: "import.own", e.File: "import.own", database: "import.live", database + ".none": "archive.not_found"} {
		if _, err := d.ImportBackup(t.Context(), file); errs.Of(err) == nil || errs.Of(err).Reason != reason {
			t.Errorf("%s: %v", file, err)
		}
	}
	copied := filepath.Join(t.TempDir(), "copy.sqlite3")
	if err := d.SaveCopy(t.Context(), id, copied); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ImportBackup(t.Context(), copied); errs.Of(err) == nil || errs.Of(err).Reason != "import.known" {
		t.Errorf("one that is here: %v", err)
	}
	if err := d.Service.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(copied, append(content, content[:4096]...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ImportBackup(t.Context(), copied); errs.CodeOf(err) != errs.Corrupt {
		t.Errorf("one that does not fit its manifest: %v", err)
	}
	if err := os.WriteFile(copied, content, 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := d.ImportBackup(t.Context(), copied)
	if e, get := d.Backup(t.Context(), again); err != nil || get != nil || again != id || e.Manifest.Source != own.Manifest.Source {
		t.Errorf("with its manifest it is what it was: %+v %v %v", e, err, get)
	}
	if left, _ := filepath.Glob(filepath.Join(d.Service.Archiver.Repository(), ".cofre-*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// The database of another computer may have the same address.
func TestAnImportedBackupProtectsNoDatabaseAndIsOfferedForNone(t *testing.T) {
	d, id, database := atTheWindow(t)
	own, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	identity, copied := own.Manifest.Source.Identity, filepath.Join(t.TempDir(), "copy.sqlite3")
	if err := errors.Join(d.SaveCopy(t.Context(), id, copied), d.Service.Delete(t.Context(), id)); err != nil {
		t.Fatal(err)
	}
	got, err := d.ImportBackup(t.Context(), copied)
	if err != nil {
		t.Fatal(err)
	}
	e, err := d.Backup(t.Context(), got)
	if err != nil || e.Manifest.Purpose != backup.Imported || e.Manifest.Source.Identity != identity {
		t.Fatalf("%+v %v", e.Manifest, err)
	}
	v, err := d.Overview(t.Context())
	if err != nil || v.Status != "risk" || v.Reason != "never" || v.LastGood != nil || v.RepositoryUsed == 0 {
		t.Errorf("it counts as made here: %+v %v", v, err)
	}
	if err := os.Remove(database); err != nil {
		t.Fatal(err)
	}
	if v, err = d.Overview(t.Context()); err != nil || v.Offer != nil {
		t.Errorf("it is offered for the database that is missing: %+v %v", v.Offer, err)
	}
	p, err := d.Service.PlanPrune(t.Context(), identity, backup.Retention{MaxBytes: 1})
	if err != nil || len(p.Fates) != 1 || p.Fates[0].Goes || p.Fates[0].Why[0] != backup.IsImported {
		t.Errorf("a clean-up takes it: %+v %v", p.Fates, err)
	}
}

func TestTheNoteOfABackupIsInItsManifest(t *testing.T) {
	d, id, _ := atTheWindow(t)
	if err := d.NoteBackup(t.Context(), id, " Before the fair\nAna has asked for it. "); err != nil {
		t.Fatal(err)
	}
	e, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	m, err := archive.ReadManifest(e.File)
	if want := "Before the fair\nAna has asked for it."; err != nil || e.Manifest.Note != want || m.Note != want || m.SHA256 != e.Manifest.SHA256 {
		t.Errorf("%q %q %v", e.Manifest.Note, m.Note, err)
	}
	if err := d.NoteBackup(t.Context(), id, strings.Repeat("a", 5000)); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("a whole book: %v", err)
	}
}

func TestTwoBackupsAreComparedRowByRow(t *testing.T) {
	d, id, _ := atTheWindow(t) // the live database has been damaged since the backup
	if _, err := d.StartBackup(t.Context(), service.BackupInput{Passphrase: "correct horse battery"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := d.Backups(t.Context())
	if err != nil || len(all) != 2 || !strings.HasSuffix(all[0].Name, ".age") {
		t.Fatal(all, err)
	}
	if _, err := d.CompareBackups(t.Context(), "key", id, all[0].ID); errs.CodeOf(err) != errs.Denied {
		t.Fatalf("without its key: %v", err)
	}
	if err := d.Unlock(t.Context(), service.UnlockInput{BackupID: all[0].ID, Passphrase: "correct horse battery"}); err != nil {
		t.Fatal(err)
	}
	v, err := d.CompareBackups(d.WithKeys(t.Context()), "key", id, all[0].ID)
	if err != nil || len(v.Tables) != 4 || v.Tables[0].Name != "finances_transaction" || v.Tables[0].Removed != 200 || v.Tables[0].Added != 0 || !v.SameKind || len(v.Rows) < 2 {
		t.Errorf("%+v %v", v, err)
	}
	if _, err := d.StartBackup(t.Context(), service.BackupInput{Recipients: []string{"age1nobody"}}); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("for nobody: %v", err)
	}
}

func TestEventsAreTheEndedRestoresAndChecks(t *testing.T) {
	d, id, _ := atTheWindow(t)
	if _, err := d.VerifyBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	restoreAtTheWindow(t, d, id)
	if _, err := d.Login(t.Context(), "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	events, err := d.Events(t.Context())
	if err != nil || len(events) != 2 || events[0].What != "restore" || !events[0].OfActive || events[0].BackupID != id || events[1].What != "verify" || events[1].BackupID != id {
		t.Errorf("%+v %v", events, err)
	}
}
