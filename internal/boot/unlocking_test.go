package boot

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/service"
)

func TestAKeyIsAskedForOnceInASessionAndForgottenAtItsEnd(t *testing.T) {
	d, id, _ := atTheWindow(t)
	e, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(e.File)
	if err != nil {
		t.Fatal(err)
	}
	to, err := age.NewScryptRecipient("right words")
	if err != nil {
		t.Fatal(err)
	}
	to.SetWorkFactor(8)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err == nil {
		_, err = w.Write(content)
		err = errors.Join(err, w.Close())
	}
	path := filepath.Join(t.TempDir(), "a.sqlite3.age")
	if err := errors.Join(err, os.WriteFile(path, sealed.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	ref := backup.Ref{Path: path}
	looks := func() error {
		_, err := d.LookInside(d.WithKeys(t.Context()), ref)
		return err
	}
	reason := func(err error) string {
		if err == nil {
			return ""
		}
		return errs.Of(err).Reason
	}
	if v, err := d.Recognise(d.WithKeys(t.Context()), path); err != nil || v.Failure != nil || !v.Encrypted || v.Kind != "" {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := d.PlanRestore(d.WithKeys(t.Context()), ref); reason(err) != "archive.passphrase_needed" {
		t.Error(err)
	}
	if err := d.Unlock(d.WithKeys(t.Context()), service.UnlockInput{Path: path, Passphrase: "wrong words"}); reason(err) != "archive.passphrase_wrong" {
		t.Error(err)
	}
	if err := looks(); reason(err) != "archive.passphrase_needed" { // the wrong one was not kept
		t.Error(err)
	}
	if err := d.Unlock(d.WithKeys(t.Context()), service.UnlockInput{Path: path, KeyFile: path}); reason(err) != "archive.key_file" {
		t.Error(err)
	}
	for _, other := range []string{e.File, path + ".missing"} { // neither is opened by it
		if err := d.Unlock(d.WithKeys(t.Context()), service.UnlockInput{Path: other, Passphrase: "right words"}); other == e.File && err != nil {
			t.Error(err)
		}
		if err := looks(); reason(err) != "archive.passphrase_needed" {
			t.Errorf("a key that opened nothing was kept: %v", err)
		}
	}
	if err := d.Unlock(d.WithKeys(t.Context()), service.UnlockInput{Path: path, Passphrase: "right words"}); err != nil {
		t.Fatal(err)
	}
	if v, err := d.Recognise(d.WithKeys(t.Context()), path); err != nil || !v.Encrypted || v.Kind != "sqlite" {
		t.Errorf("%+v, %v", v, err)
	}
	if err := looks(); err != nil {
		t.Error(err)
	}
	if p, err := d.PlanRestore(d.WithKeys(t.Context()), ref); err != nil || !p.Archive.Encrypted {
		t.Errorf("%+v, %v", p.Archive, err)
	}
	d.Lock()
	if err := d.Unlock(d.WithKeys(t.Context()), service.UnlockInput{Path: path, Passphrase: "right words"}); errs.CodeOf(err) != errs.Denied {
		t.Error(err)
	}
	if _, err := d.Login(t.Context(), "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	if err := looks(); reason(err) != "archive.passphrase_needed" {
		t.Error(err)
	}
}
