package boot

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/schedule"
	"cofre/internal/service"
)

func TestADiagnosisHoldsNoSecretWhereverOneLies(t *testing.T) {
	d, _, database := atTheWindow(t)
	ctx := t.Context()
	const secret = "pl4nted"
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	code, err := d.MakeRecoveryCode(ctx, "", "a long password")
	must(err)
	_, err = d.AddAdministrator(ctx, "a long password", secret+"-name", secret+"-password")
	must(err)
	c, err := d.SaveConnection(ctx, service.ConnectionInput{Kind: "postgresql", Name: secret, Host: secret + ".example", Database: secret, User: secret, Password: secret, Label: secret,
		AroundView: service.AroundView{Before: "/bin/true " + secret, LockFile: "/tmp/" + secret}})
	must(err)
	must(d.Scheduler.Book.Put(ctx, schedule.Schedule{ID: "1", Name: secret, Connection: c.ID, Kind: schedule.Backup, When: "daily 03:00"}))
	_, err = d.StartBackup(ctx, service.BackupInput{Note: secret + " in a note"})
	must(err)
	must(d.Settle(ctx))
	log, err := os.OpenFile(d.LogFile, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	must(err)
	_, err = fmt.Fprintf(log, `{"level":"error","module":"job","target":"%[1]s","failure":{"code":"internal","reason":"internal","args":{"x":"%[1]s"},"detail":"postgres://u:%[1]s@h/"},"message":"job ended"}
{"level":"debug","module":"job","step":"dump","line":"--token=%[1]s passphrase=%[1]s","message":"job log"}
{"level":"info","message":"https://hooks.example/%[1]s","reason":"postgres://u:%[1]s@h"}
panic: %[1]s
`, secret)
	must(errors.Join(err, log.Close()))

	files, err := d.Diagnosis(ctx)
	must(err)
	path := filepath.Join(t.TempDir(), "diagnosis.zip")
	must(d.SaveDiagnosis(ctx, path, files))
	z, err := zip.OpenReader(path)
	must(err)
	defer z.Close()
	all := ""
	for _, f := range z.File {
		r, err := f.Open()
		must(err)
		text, err := io.ReadAll(r)
		must(errors.Join(err, r.Close()))
		all += string(text)
	}
	for _, planted := range []string{secret, code, "a long password", "ana", filepath.Dir(database), "argon2id"} {
		if strings.Contains(all, planted) {
			t.Errorf("it holds %q:\n%s", planted, all)
		}
	}
	for _, wanted := range []string{`"version": "` + Version, `"sqlite": "3.`, `"kind": "postgresql"`, "daily 03:00", `"reason":"internal"`, `"message":"job ended"`, `"lines_left_out":1`} {
		if !strings.Contains(all, wanted) {
			t.Errorf("it lacks %s:\n%s", wanted, all)
		}
	}
	if err := d.SaveDiagnosis(ctx, database, files); err == nil {
		t.Error("it was saved over the database")
	}
}
