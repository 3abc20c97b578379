package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// sealed encrypts a file as age does, in its text form where armored.
func sealed(t testing.TB, path string, armored bool, to ...age.Recipient) string {
	t.Helper()
	plain, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	text := armor.NewWriter(&out)
	var into io.Writer = &out
	if armored {
		into = text
	}
	w, err := age.Encrypt(into, to...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(plain)
	if err = errors.Join(err, w.Close()); err == nil && armored {
		err = text.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return write(t, filepath.Base(path)+".age", out.String())
}

// keyFile makes an identity and its file.
func keyFile(t testing.TB) (*age.X25519Identity, string) {
	t.Helper()
	i, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return i, write(t, "key.txt", "# created: 2026-11-22\r\n# public key: "+i.Recipient().String()+"\r\n"+i.String()+"\r\n")
}

func withKeyFile(t testing.TB, path string) context.Context {
	t.Helper()
	keys, err := ReadKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	return WithKeys(t.Context(), keys...)
}

// byPassphrase encrypts with little work, so that tests are quick.
func byPassphrase(t testing.TB, words string) *age.ScryptRecipient {
	t.Helper()
	r, err := age.NewScryptRecipient(words)
	if err != nil {
		t.Fatal(err)
	}
	r.SetWorkFactor(8)
	return r
}

func TestAnEncryptedFileReadsAsItsContent(t *testing.T) {
	lite := testdb.SQLite(t, `CREATE TABLE a (n INTEGER PRIMARY KEY, x TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) INSERT INTO a SELECT i, hex(i * 7919) FROM n`)
	identity, file := keyFile(t)
	_, another := keyFile(t)
	ofFile, ofWords := withKeyFile(t, file), WithKeys(withKeyFile(t, another), Passphrase("not these"), Passphrase("four small words here"))
	for name, plain := range map[string]string{
		"SQLite": lite, "SQLite, gzip": layered(t, lite, Gzip), "SQLite, zstd": layered(t, lite, Zstd),
		"custom": "testdata/18-zstd.dump", "custom, gzip": layered(t, "testdata/17-lz4.dump", Gzip),
		"tar, gzip": "testdata/18-tar.gz", "script": "testdata/18-script.sql", "script, zstd": layered(t, "testdata/18-script.sql", Zstd),
	} {
		want, err := Verify(t.Context(), plain, VerifyOptions{Depth: Full, TempDir: t.TempDir()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		wantRead, err := contentOf(t.Context(), t, plain)
		if err != nil {
			t.Fatal(err)
		}
		for form, c := range map[string]struct {
			ctx  context.Context
			file string
		}{
			"binary":       {ofFile, sealed(t, plain, false, identity.Recipient())},
			"text":         {ofFile, sealed(t, plain, true, identity.Recipient())},
			"a passphrase": {ofWords, sealed(t, plain, false, byPassphrase(t, "four small words here"))},
		} {
			t.Run(name+", "+form, func(t *testing.T) {
				outside, err := Identify(c.file)
				if err != nil || !outside.Encrypted || outside.Kind != "" {
					t.Errorf("from outside: %+v, %v", outside, err)
				}
				dir := t.TempDir()
				got, err := Verify(c.ctx, c.file, VerifyOptions{Depth: Full, TempDir: dir}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if sum, _, _ := HashFile(c.ctx, c.file, nil); got.SHA256 != sum || got.PayloadSHA256 != want.PayloadSHA256 {
					t.Errorf("hashes %s %s; want %s %s", got.SHA256, got.PayloadSHA256, sum, want.PayloadSHA256)
				}
				if !got.Contents.Encrypted || got.Contents.Bytes != outside.Bytes {
					t.Errorf("%+v", got.Contents)
				}
				got.Contents.Encrypted, got.Contents.Bytes = false, want.Contents.Bytes
				if !reflect.DeepEqual(got.Contents, want.Contents) {
					t.Errorf("it holds %+v, want %+v", got.Contents, want.Contents)
				}
				read, err := contentOf(c.ctx, t, c.file)
				if err != nil || read != wantRead {
					t.Errorf("its rows are not the same: %v", err)
				}
				onlyFiles(t, dir)
			})
		}
	}
}

// contentOf is every value of every table.
func contentOf(ctx context.Context, t *testing.T, path string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	cells, end, err := OpenCells(ctx, path, dir)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, table := range cells.Tables() {
		err = errors.Join(err, cells.Read(ctx, table, func(row []Cell) error { fmt.Fprintln(&b, table, row); return nil }))
	}
	end()
	onlyFiles(t, dir)
	return b.String(), err
}

func TestWhatIsDecryptedIsPrivateAndGoesAway(t *testing.T) {
	identity, file := keyFile(t)
	lite := testdb.SQLite(t, `CREATE TABLE a (n)`)
	dir := t.TempDir()
	path := sealed(t, layered(t, lite, Gzip), false, identity.Recipient())
	plain, release, err := Unwrap(withKeyFile(t, file), path, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Base(plain) != filepath.Base(lite) {
		t.Errorf("it is called %s", plain)
	}
	if info, err := os.Stat(plain); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(filepath.Dir(plain)); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	release()
	onlyFiles(t, dir)
}

func TestAMissingOrWrongKeyIsSaid(t *testing.T) {
	lite := testdb.SQLite(t, `CREATE TABLE a (n)`)
	identity, _ := keyFile(t)
	_, another := keyFile(t)
	forKey := sealed(t, lite, true, identity.Recipient())
	forWords := sealed(t, lite, false, byPassphrase(t, "right"))
	ofAnother, ofWords := withKeyFile(t, another), WithKeys(t.Context(), Passphrase("wrong"), Passphrase(""))
	for name, c := range map[string]struct {
		ctx          context.Context
		path, reason string
	}{
		"no key":                        {t.Context(), forKey, "archive.key_needed"},
		"no key, but a passphrase":      {ofWords, forKey, "archive.key_needed"},
		"another key":                   {ofAnother, forKey, "archive.key_wrong"},
		"no passphrase":                 {t.Context(), forWords, "archive.passphrase_needed"},
		"no passphrase, but a key":      {ofAnother, forWords, "archive.passphrase_needed"},
		"another passphrase, and again": {ofWords, forWords, "archive.passphrase_wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := Inspect(c.ctx, c.path, InspectOptions{TempDir: dir})
			wantError(t, err, errs.Denied, c.reason)
			_, err = Verify(c.ctx, c.path, VerifyOptions{TempDir: dir}, nil)
			wantError(t, err, errs.Denied, c.reason)
			_, release, err := Unwrap(c.ctx, c.path, dir, nil)
			release()
			wantError(t, err, errs.Denied, c.reason)
			_, end, err := OpenCells(c.ctx, c.path, dir)
			end()
			wantError(t, err, errs.Denied, c.reason)
			onlyFiles(t, dir)
		})
	}
}

func TestAPassphraseIsAskedForOnceAndWhenItIsNeeded(t *testing.T) {
	lite := testdb.SQLite(t, `CREATE TABLE a (n)`)
	identity, file := keyFile(t)
	asked := 0
	ctx := WithKeys(withKeyFile(t, file), AskPassphrase(func() (string, error) { asked++; return "right", nil }))
	for _, path := range []string{lite, sealed(t, lite, false, identity.Recipient())} {
		if _, err := Inspect(ctx, path, InspectOptions{}); err != nil || asked != 0 {
			t.Errorf("asked %d, %v", asked, err)
		}
	}
	locked := sealed(t, lite, false, byPassphrase(t, "right"))
	for range 2 {
		if _, err := Verify(ctx, locked, VerifyOptions{Depth: Full}, nil); err != nil || asked != 1 {
			t.Errorf("asked %d, %v", asked, err)
		}
	}
	gone := errors.New("nobody answers")
	ctx = WithKeys(t.Context(), AskPassphrase(func() (string, error) { return "", errs.New(errs.Cancelled, "job.cancelled", nil).Because(gone) }))
	if _, err := Inspect(ctx, locked, InspectOptions{}); !errors.Is(err, gone) {
		t.Error(err)
	}
	ctx = WithKeys(t.Context(), AskPassphrase(func() (string, error) { return "", gone })) // a terminal that closes is no damage of the file
	_, err := Verify(ctx, locked, VerifyOptions{}, nil)
	wantError(t, err, errs.Denied, "archive.passphrase_needed")
	if !errors.Is(err, gone) {
		t.Error(err)
	}
}

func TestAPassphraseThatTakesTooMuchWorkIsNotTried(t *testing.T) {
	header := func(work string) string {
		return ageIntro + "-> scrypt rF0/NwblUHHTpgQgRpe5CQ " + work + "\n" + strings.Repeat("A", 43) + "\n--- " + strings.Repeat("A", 43) + "\n" + strings.Repeat("x", 99)
	}
	began := time.Now()
	for _, work := range []string{"21", "30", "63", "999999"} {
		_, err := Inspect(WithKeys(t.Context(), Passphrase("x")), write(t, "x", header(work)), InspectOptions{})
		wantError(t, err, errs.Invalid, "archive.passphrase_work")
	}
	for _, work := range []string{"0", "-1", "x", "99999999999999999999999"} {
		_, err := Inspect(WithKeys(t.Context(), Passphrase("x")), write(t, "x", header(work)), InspectOptions{})
		wantError(t, err, errs.Corrupt, "archive.cipher")
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestOtherKindsOfKeysAreNamed(t *testing.T) {
	_, err := Inspect(t.Context(), write(t, "x", ageIntro+"-> ssh-ed25519 abcd efgh\n"+strings.Repeat("A", 43)+"\n--- "+strings.Repeat("A", 43)+"\n"), InspectOptions{})
	wantError(t, err, errs.Invalid, "archive.key_foreign")
	if e := errs.Of(err); e.Args["what"] != "ssh-ed25519" {
		t.Error(e.Args)
	}
}

// TestNoChangeOfAnEncryptedFileIsOverlooked flips bits, cuts and appends. There is one
// error each time, and nothing is left behind.
func TestNoChangeOfAnEncryptedFileIsOverlooked(t *testing.T) {
	lite := testdb.SQLite(t, `CREATE TABLE a (n INTEGER PRIMARY KEY, x TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO a SELECT i, hex(randomblob(30)) FROM n`)
	identity, file := keyFile(t)
	ctx := WithKeys(withKeyFile(t, file), Passphrase("right"))
	for name, path := range map[string]string{
		"binary": sealed(t, lite, false, identity.Recipient()), "a passphrase": sealed(t, lite, false, byPassphrase(t, "right")),
		"gzip": sealed(t, layered(t, lite, Gzip), false, identity.Recipient()), "zstd": sealed(t, layered(t, lite, Zstd), false, identity.Recipient()),
		"text": sealed(t, lite, true, identity.Recipient()), "custom": sealed(t, "testdata/18-zstd.dump", false, identity.Recipient()),
	} {
		t.Run(name, func(t *testing.T) {
			good, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			endings := map[string]int{}
			try := func(what string, mutant []byte) {
				t.Helper()
				_, err := Verify(ctx, write(t, "mutant", string(mutant)), VerifyOptions{TempDir: dir}, nil)
				e := errs.Of(err)
				if err == nil || e.Code != errs.Corrupt && e.Code != errs.Denied && e.Code != errs.Invalid {
					t.Errorf("%s: %v", what, err)
					return
				}
				endings[e.Reason]++
				onlyFiles(t, dir)
			}
			chance := rand.New(rand.NewPCG(1, 2))
			for range 150 {
				at, bit := chance.IntN(min(300, len(good))), chance.IntN(7) // text ends lines in more than one way; the eighth bit is no text
				if chance.IntN(2) == 0 {
					at = chance.IntN(len(good))
				}
				mutant := bytes.Clone(good)
				mutant[at] ^= 1 << bit
				if name == "text" && (mutant[at] == '\r' || good[at] == '\n') { // another way to end a line
					continue
				}
				try(fmt.Sprintf("bit %d of byte %d", bit, at), mutant)
			}
			for range 50 {
				at := chance.IntN(len(good) - 1)
				try(fmt.Sprintf("cut after %d bytes", at), good[:at])
			}
			for at := 64 << 10; at < len(good); at += 64 << 10 {
				try("cut at a chunk", good[:at])
			}
			try("one byte more", append(bytes.Clone(good), 'x'))
			t.Logf("%v", endings)
			if endings["archive.cipher"] == 0 {
				t.Error("no damage was found in what is encrypted")
			}
		})
	}
}

func TestABombInsideAnEncryptedFileIsStopped(t *testing.T) {
	packed := bomb(t)
	identity, file := keyFile(t)
	dir := t.TempDir()
	_, release, err := Unwrap(withKeyFile(t, file), sealed(t, packed, false, identity.Recipient()), dir, nil)
	release()
	wantError(t, err, errs.Invalid, "archive.bomb")
	onlyFiles(t, dir)
}

func TestWhatIsEncryptedOrPackedTwiceIsNamed(t *testing.T) {
	identity, file := keyFile(t)
	once := sealed(t, testdb.SQLite(t, `CREATE TABLE a (n)`), false, identity.Recipient())
	for path, what := range map[string]string{sealed(t, once, false, identity.Recipient()): "age", layered(t, once, Gzip): "gzip"} {
		_, err := IdentifyInside(withKeyFile(t, file), path)
		wantError(t, err, errs.Invalid, "archive.packed")
		if e := errs.Of(err); e.Args["what"] != what {
			t.Error(e.Args)
		}
	}
}

func TestATextFormWithoutLinesIsRefusedWithoutHoldingIt(t *testing.T) {
	_, err := Inspect(t.Context(), write(t, "x", armor.Header+"\n"+strings.Repeat("A", 1<<20)), InspectOptions{})
	wantError(t, err, errs.Corrupt, "archive.cipher")
}

func TestAKeyFileIsReadAndAnotherFileIsNone(t *testing.T) {
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	classic, _ := keyFile(t)
	lite := testdb.SQLite(t, `CREATE TABLE a (n)`)
	both := write(t, "keys", classic.String()+"\n\n"+hybrid.String()+"\n")
	for _, path := range []string{sealed(t, lite, false, classic.Recipient()), sealed(t, lite, false, hybrid.Recipient())} {
		if _, err := Inspect(withKeyFile(t, both), path, InspectOptions{}); err != nil {
			t.Error(err)
		}
	}
	for name, content := range map[string]string{"empty": "", "public": classic.Recipient().String(), "cut": classic.String()[:40], "a backup": sqliteMagic, "large": strings.Repeat("#\n", maxKeyFile)} {
		_, err := ReadKeys(write(t, name, content))
		wantError(t, err, errs.Invalid, "archive.key_file")
	}
	_, err = ReadKeys(filepath.Join(t.TempDir(), "missing"))
	wantError(t, err, errs.NotFound, "archive.not_found")
}

func FuzzDecrypt(f *testing.F) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		f.Fatal(err)
	}
	lite := testdb.SQLite(f, `CREATE TABLE a (n)`)
	for _, armored := range []bool{false, true} {
		for _, to := range []age.Recipient{key.Recipient(), byPassphrase(f, "right")} {
			data, err := os.ReadFile(sealed(f, lite, armored, to))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	ctx := WithKeys(f.Context(), &Key{identity: func() (age.Identity, error) { return key, nil }}, Passphrase("right"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Contains(data, []byte("scrypt")) && !bytes.Contains(data, []byte(" 8\n")) {
			t.Skip("work that takes long and is bounded elsewhere")
		}
		plain, err := decrypt(ctx, bytes.NewReader(data), "x")
		if err == nil {
			_, err = io.Copy(io.Discard, plain)
		}
		if e := errs.Of(err); err != nil && e.Code != errs.Corrupt && e.Code != errs.Denied && e.Code != errs.Invalid {
			t.Errorf("%s %s: %v", e.Code, e.Reason, err)
		}
	})
}
