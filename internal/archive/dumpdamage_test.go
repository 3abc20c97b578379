package archive

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cofre/internal/errs"
)

func TestCutArchivesAreFoundWhereverTheyEnd(t *testing.T) {
	d := newDumps(t, `CREATE TABLE a(x int, y text); INSERT INTO a SELECT i, md5(i::text) FROM generate_series(1, 300) i; CREATE TABLE b(x int); INSERT INTO b VALUES (1)`)
	for name, path := range map[string]string{
		"custom": d.make(t, "c", "-Fc"), "plain rows": d.make(t, "c0", "-Fc", "-Z0"), "pipe": d.pipe(t, "p", "-Fc"), "script": d.make(t, "s", "-Fp"),
		"zstd": layered(t, d.make(t, "cz", "-Fc"), Zstd), "tar": d.make(t, "t", "-Ft"),
	} {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cutFile := filepath.Join(t.TempDir(), "cut")
			step := max(1, len(whole)/150)
			if name == "tar" {
				step = 512 - 1
			}
			for n := len(whole) - 1; n > 0; n -= step {
				if err := os.WriteFile(cutFile, whole[:n], 0o600); err != nil {
					t.Fatal(err)
				}
				_, err := Verify(t.Context(), cutFile, VerifyOptions{}, nil)
				code := errs.CodeOf(err)
				if name == "script" && n > len(whole)-120 && strings.Contains(string(whole[:n]), "dump complete") {
					continue // nothing that matters follows the words of completion
				}
				if code != errs.Corrupt && (n >= 600 || code != errs.Invalid) { // so short that it could be anything
					t.Fatalf("cut at %d of %d: %v", n, len(whole), err)
				}
			}
		})
	}
}

func TestFlippedBitsAreFoundInCompressedRows(t *testing.T) {
	d := newDumps(t, `CREATE TABLE a(x int, y text); INSERT INTO a SELECT i, md5(i::text) FROM generate_series(1, 2000) i`)
	path := d.make(t, "c", "-Fc")
	dump, err := OpenCustom(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dump.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first := dump.source.(*customSource).first
	flipped := filepath.Join(t.TempDir(), "flipped")
	for at := first; at < int64(len(whole)); at += 97 {
		b := slices.Clone(whole)
		b[at] ^= 0x10
		if err := os.WriteFile(flipped, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Verify(t.Context(), flipped, VerifyOptions{}, nil)
		if errs.CodeOf(err) != errs.Corrupt {
			t.Fatalf("bit flipped at %d: %v", at, err)
		}
	}
	b := slices.Clone(whole)
	b[len(b)/2] ^= 1
	if err := os.WriteFile(flipped, b, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Verify(t.Context(), flipped, VerifyOptions{}, nil)
	wantError(t, err, errs.Corrupt, "archive.dump_table")
	if table := errs.Of(err).Args["table"]; table != "public.a" {
		t.Errorf("the damage is said to be in %v", table)
	}
}

func TestBytesBehindAnArchiveAreDamage(t *testing.T) {
	d := newDumps(t, `CREATE TABLE a(x int); INSERT INTO a VALUES (1)`)
	whole, err := os.ReadFile(d.make(t, "c", "-Fc"))
	if err != nil {
		t.Fatal(err)
	}
	for _, more := range []string{"\x00", "\x01", "more", string(whole[len(whole)-40:])} {
		_, err := Verify(t.Context(), write(t, "x", string(whole)+more), VerifyOptions{}, nil)
		if errs.CodeOf(err) != errs.Corrupt {
			t.Errorf("with %.10q behind it: %v", more, err)
		}
	}
}

func TestMissingFileOfAFolderIsTold(t *testing.T) {
	d := newDumps(t, `CREATE TABLE a(x int); INSERT INTO a VALUES (1); SELECT lo_from_bytea(0, 'x')`)
	for name, pattern := range map[string]string{"rows": "[0-9]*.dat.gz", "object": "blob_*", "objects": "blobs*"} {
		path := d.make(t, name, "-Fd")
		files, err := filepath.Glob(filepath.Join(path, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no %s: %v", pattern, err)
		}
		if err := os.Remove(files[0]); err != nil {
			t.Fatal(err)
		}
		_, err = Verify(t.Context(), path, VerifyOptions{}, nil)
		wantError(t, err, errs.Corrupt, "archive.dump_table")
	}
}

func TestLaterFormatsAreRefusedByTheirVersion(t *testing.T) {
	d := newDumps(t, "")
	whole, err := os.ReadFile(d.make(t, "c", "-Fc"))
	if err != nil {
		t.Fatal(err)
	}
	for version, reason := range map[[2]byte]string{{1, 17}: "archive.newer_version", {2, 0}: "archive.newer_version", {1, 9}: "archive.older_version"} {
		b := slices.Clone(whole)
		b[5], b[6] = version[0], version[1]
		_, err := Inspect(t.Context(), write(t, "x", string(b)), InspectOptions{})
		wantError(t, err, errs.Unavailable, reason)
		if got := errs.Of(err).Args["version"]; got != fmt.Sprintf("%d.%d", version[0], version[1]) {
			t.Errorf("version %v", got)
		}
	}
}
