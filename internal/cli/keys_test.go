package cli

import (
	"bytes"
	"errors"

	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

const secretWords = "four small words here"

// sealed is the file encrypted by the passphrase, and for a key, each beside it; key is
// the key's file.
func sealed(t *testing.T, file string) (forWords, forKey, key string) {
	t.Helper()
	words, err := age.NewScryptRecipient(secretWords)
	if err != nil {
		t.Fatal(err)
	}
	words.SetWorkFactor(8)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for to, as := range map[age.Recipient]*string{words: &forWords, identity.Recipient(): &forKey} {
		var b bytes.Buffer
		w, err := age.Encrypt(&b, to)
		if err == nil {
			_, err = w.Write(content)
			err = errors.Join(err, w.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		*as = filepath.Join(t.TempDir(), filepath.Base(file)+".age")
		if err := os.WriteFile(*as, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	key = filepath.Join(t.TempDir(), "key.txt")
	if err := os.WriteFile(key, []byte(identity.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return forWords, forKey, key
}

// holdsNothing says that no file below home has the text, and no temporary file is left.
func holdsNothing(t *testing.T, home string, texts ...string) {
	t.Helper()
	err := filepath.WalkDir(home, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, text := range texts {
			if bytes.Contains(content, []byte(text)) {
				t.Errorf("%s holds %.14q…", path, text)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(filepath.Join(home, "cache", "work")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAnEncryptedBackupGoesWhereItsContentGoes(t *testing.T) {
	kinds := map[string]func(*testing.T) live{"sqlite": liveSQLite, "postgresql": livePostgres}
	for _, c := range []struct{ from, to string }{{"sqlite", "sqlite"}, {"postgresql", "postgresql"}, {"sqlite", "postgresql"}} {
		t.Run(c.from+" into "+c.to, func(t *testing.T) {
			home := t.TempDir()
			source, target := kinds[c.from](t), kinds[c.to](t)
			made := read[struct{ File string }](t, cofre(t, home, "backup", "--db", source.url, "--compress", "zstd", "-o", t.TempDir(), "--json").want(t, 0))
			forWords, forKey, key := sealed(t, made.File)
			target.damage(t)
			before := target.names(t)

			words := filepath.Join(t.TempDir(), "words")
			if err := os.WriteFile(words, []byte(secretWords+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			for file, opened := range map[string][]string{forWords: {"--passphrase-file", words}, forKey: {"--identity", key}} {
				for _, command := range [][]string{{"inspect", file}, {"inspect", file, "--table", "people"}, {"verify", file}, {"verify", file, "--rehearse"}, {"diff", file, "--db", target.url}, {"restore", file, "--db", target.url, "--yes", "--migrate"}} {
					p := cofre(t, home, append(command, "--json")...).want(t, 12).problem(t)
					if p.Error.Code != "denied" || p.Error.Hint == "" {
						t.Errorf("%v: %+v", command, p)
					}
				}
				if target.names(t) != before {
					t.Fatal("the database was changed")
				}
				inspected := read[struct {
					Encrypted   bool
					Compression string
					Tables      []struct{ Rows int64 }
				}](t, cofre(t, home, append(opened, "inspect", file, "--json")...).want(t, 0))
				if !inspected.Encrypted || len(inspected.Tables) != 1 || inspected.Tables[0].Rows != 3 {
					t.Errorf("%+v", inspected)
				}
				if out := cofre(t, home, append(opened, "inspect", file, "--table", "people")...).want(t, 0).out; !strings.Contains(out, "João") {
					t.Errorf("%s", out)
				}
				cofre(t, home, append(opened, "verify", file, "--rehearse")...).want(t, 0)
				cofre(t, home, append(opened, "diff", file, "--db", target.url, "--exit-code")...).want(t, exitDiffers)
				cofre(t, home, append(opened, "restore", file, "--db", target.url, "--dry-run")...).want(t, 0)
			}
			if target.names(t) != before {
				t.Fatal("the database was changed")
			}
			t.Setenv("COFRE_PASSPHRASE", secretWords)
			cofre(t, home, "restore", forWords, "--db", target.url, "--yes", "--migrate").want(t, 0)
			if now := target.names(t); !strings.Contains(now, "João") {
				t.Errorf("it holds %s", now)
			}
			cofre(t, home, "undo", "--db", target.url, "--yes").want(t, 0)
			if now := target.names(t); now != before {
				t.Errorf("it holds %s, not %s", now, before)
			}
			holdsNothing(t, home, secretWords, "AGE-SECRET-KEY")
		})
	}
}

func TestAWrongKeyChangesNothingAndIsSaid(t *testing.T) {
	home, source := t.TempDir(), liveSQLite(t)
	forWords, forKey, key := sealed(t, source.url)
	_, _, another := sealed(t, source.url)
	t.Setenv("COFRE_PASSPHRASE", "other words")
	for _, args := range [][]string{{"inspect", forWords, "--identity", key}, {"inspect", forKey, "--identity", another}, {"restore", forKey, "--db", source.url, "--yes"}} {
		p := cofre(t, home, append(args, "--json")...).want(t, 12).problem(t)
		if p.Error.Hint == "" || strings.Contains(p.Error.Message+p.Error.Details, "other words") {
			t.Errorf("%+v", p)
		}
	}
	cofre(t, home, "inspect", forKey, "--identity", forWords).want(t, 2)
	cofre(t, home, "inspect", forKey, "--identity", filepath.Join(home, "missing")).want(t, 10)
	cofre(t, home, "inspect", forWords, "--passphrase-file", forWords).want(t, 2)
	cofre(t, home, "inspect", forKey, "--identity", another, "--identity", key).want(t, 0)
}

func TestABackupThatCannotBeOpenedIsNotFailed(t *testing.T) {
	home, source := t.TempDir(), liveSQLite(t)
	made := read[struct{ ID, File string }](t, cofre(t, home, "backup", "--db", source.url, "--json").want(t, 0))
	_, forKey, _ := sealed(t, made.File)
	content, err := os.ReadFile(forKey)
	if err == nil {
		err = os.WriteFile(made.File, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	cofre(t, home, "verify", made.ID).want(t, 12)
	if b := listedIn(t, home, made.ID); b.State != "good" {
		t.Errorf("it is %+v", b)
	}
}

func TestAfterAKillWhatWasDecryptedIsRemovedByTheNextStart(t *testing.T) {
	home, source := t.TempDir(), liveSQLite(t)
	forWords, _, _ := sealed(t, source.url)
	t.Setenv("COFRE_PASSPHRASE", secretWords)
	for try := 0; !killedAt(t, home, "safety", "restore", forWords, "--db", source.url, "--yes"); try++ {
		if try == 9 {
			t.Fatal("the restore was always over before it could be killed")
		}
	}
	work := filepath.Join(home, "cache", "work")
	if left, err := filepath.Glob(filepath.Join(work, "stage-*", "*", "*")); err != nil || len(left) == 0 {
		t.Fatalf("nothing was there to remove: %v", err)
	}
	cofre(t, home, "list").want(t, 0)
	holdsNothing(t, home)
}
