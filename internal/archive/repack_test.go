package archive

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"cofre/internal/errs"
)

// repacked is an uncompressed archive, as pg_dump writes it to a pipe, repacked
// into a file.
func repacked(t *testing.T, raw []byte) (string, *Proof, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "repacked")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := Repack(t.Context(), bytes.NewReader(raw), f)
	return path, p, err
}

func TestARepackedArchiveIsTheOneThatPgDumpWouldHaveWritten(t *testing.T) {
	d := newDumps(t, variety)
	raw, err := os.ReadFile(d.pipe(t, "raw", "-Fc", "-Z0"))
	if err != nil {
		t.Fatal(err)
	}
	path, proof, err := repacked(t, raw)
	if err != nil {
		t.Fatal(err)
	}
	report, err := proof.Confirm(t.Context(), path, nil)
	if err != nil || !slices.Equal(report.Contents.Tables, varietyTables) {
		t.Fatalf("confirm: %+v %v", report, err)
	}
	verified, err := Verify(t.Context(), path, VerifyOptions{}, nil)
	if err != nil || verified.SHA256 != report.SHA256 || verified.Contents.Compression != Gzip || !slices.Equal(verified.Contents.Tables, varietyTables) {
		t.Errorf("verify: %+v %v", verified, err)
	}
	if report.Contents.Bytes != verified.Contents.Bytes || report.Contents.Version != verified.Contents.Version || report.Contents.DumpedBy != verified.Contents.DumpedBy {
		t.Errorf("confirm says %+v, verify %+v", report.Contents, verified.Contents)
	}
	script := func(file string) []byte {
		out := d.run(t, "pg_restore", nil, "-f", "-", file)
		return regexp.MustCompile(`(?m)^.(un)?restrict .*$`).ReplaceAll(out, nil) // a new key each time
	}
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := script(path), script(plain); !bytes.Equal(got, want) {
		t.Error("pg_restore reads another script from it")
	}
	// One table needs its place in the file; several processes need all of them.
	if out := d.run(t, "pg_restore", nil, "-f", "-", "-a", "-t", "users", path); !bytes.Contains(out, []byte("COPY public.users")) {
		t.Errorf("one table: %s", out)
	}
	gzipped, err := OpenCustom(d.make(t, "z1", "-Fc", "-Z1"))
	if err != nil {
		t.Fatal(err)
	}
	defer gzipped.Close()
	mine, err := OpenCustom(path)
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	for i, e := range mine.Entries {
		if e.DataState != gzipped.Entries[i].DataState || e.Tag != gzipped.Entries[i].Tag {
			t.Errorf("entry %d: %+v, pg_dump has %+v", i, e, gzipped.Entries[i])
		}
	}
}

func TestARepackedFileThatTheDiskChangedIsNotConfirmed(t *testing.T) {
	d := newDumps(t, variety)
	raw, err := os.ReadFile(d.pipe(t, "raw", "-Fc", "-Z0"))
	if err != nil {
		t.Fatal(err)
	}
	path, proof, err := repacked(t, raw)
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := int64(0); at < int64(len(good)); at += max(1, int64(len(good))/500) {
		bad := slices.Clone(good)
		bad[at] ^= 0x10
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		// A flipped bit in the words of the table of contents is for the hash in the manifest.
		if _, err := proof.Confirm(t.Context(), path, nil); err == nil && at >= proof.dataFrom {
			t.Errorf("a flipped bit at %d of %d went unseen", at, len(good))
		}
	}
	if err := os.WriteFile(path, good[:len(good)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := proof.Confirm(t.Context(), path, nil); errs.CodeOf(err) != errs.Corrupt {
		t.Errorf("a cut file: %v", err)
	}
}

func TestAnUnfinishedDumpIsNotRepacked(t *testing.T) {
	d := newDumps(t, variety)
	raw, err := os.ReadFile(d.pipe(t, "raw", "-Fc", "-Z0"))
	if err != nil {
		t.Fatal(err)
	}
	for cut := len(raw) - 1; cut > 0; cut -= max(1, len(raw)/300) {
		if _, _, err := repacked(t, raw[:cut]); errs.CodeOf(err) != errs.Corrupt {
			t.Fatalf("cut at %d of %d: %v", cut, len(raw), err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f, err := os.Create(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := Repack(ctx, bytes.NewReader(raw), f); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
