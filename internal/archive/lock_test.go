package archive

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestWhatIsLockedOpensWithItsKeysAndNoOther(t *testing.T) {
	plain := testdb.SQLite(t, `CREATE TABLE a (n); INSERT INTO a VALUES (1), (2)`)
	want, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	one, oneFile := keyFile(t)
	two, twoFile := keyFile(t)
	_, threeFile := keyFile(t)
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	forTwo, err := LockFor(one.Recipient().String(), two.Recipient().String())
	if err != nil {
		t.Fatal(err)
	}
	forHybrid, err := LockFor(hybrid.Recipient().String())
	if err != nil {
		t.Fatal(err)
	}
	byWords, err := LockBy("four small words here")
	if err != nil {
		t.Fatal(err)
	}
	locked := func(l *Lock, c Compression) string {
		to := filepath.Join(t.TempDir(), "a.sqlite3.age")
		f, err := CreateFile(to)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Abort()
		if err := Pack(t.Context(), plain, f, c, l, nil); err != nil {
			t.Fatal(err)
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		return to
	}
	for _, c := range []Compression{None, Gzip, Zstd} {
		for name, l := range map[string]*Lock{"two keys": forTwo, "a hybrid key": forHybrid, "a passphrase": byWords} {
			path := locked(l, c)
			r, err := Verify(WithKeys(t.Context(), l.Key()), path, VerifyOptions{Depth: Full, TempDir: t.TempDir()}, nil)
			if err != nil || r.Contents.Rows() != 2 || !r.Contents.Encrypted || r.Contents.Compression != c {
				t.Errorf("%s, %s: %+v, %v", name, c, r.Contents, err)
			}
			if sum, _, _ := HashFile(t.Context(), plain, nil); r.PayloadSHA256 != sum {
				t.Errorf("%s, %s: the payload is another", name, c)
			}
			if content, err := os.ReadFile(path); err != nil || bytes.Contains(content, want[:100]) {
				t.Errorf("%s, %s: it is in plain, %v", name, c, err)
			}
		}
	}
	path := locked(forTwo, None)
	for _, file := range []string{oneFile, twoFile} {
		if _, err := Inspect(withKeyFile(t, file), path, InspectOptions{}); err != nil {
			t.Error(err)
		}
	}
	_, err = Inspect(withKeyFile(t, threeFile), path, InspectOptions{})
	wantError(t, err, errs.Denied, "archive.key_wrong")
	_, err = Inspect(WithKeys(t.Context(), forHybrid.Key()), path, InspectOptions{}) // the key of another file
	wantError(t, err, errs.Corrupt, "archive.cipher")
}

func TestWhatIsNoRecipientIsRefusedAndNotRepeated(t *testing.T) {
	classic, _ := keyFile(t)
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range [][]string{{}, {""}, {"age1"}, {classic.String()}, {classic.Recipient().String(), hybrid.Recipient().String()}} {
		_, err := LockFor(wrong...)
		wantError(t, err, errs.Invalid, "archive.recipient")
		if err != nil && len(wrong) > 0 && wrong[0] != "" && bytes.Contains([]byte(err.Error()), []byte(wrong[0])) {
			t.Error("the error repeats what may be a secret")
		}
	}
	_, err = LockBy("")
	wantError(t, err, errs.Invalid, "archive.passphrase_empty")
}
