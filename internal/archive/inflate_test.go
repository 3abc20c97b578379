package archive

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// inflateSamples are texts of many kinds.
func inflateSamples() map[string][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	var rows bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&rows, "%d\tCompra número %d\t%d.%02d\t2026-01-%02d\t%x\n", i, random.IntN(i+1), random.IntN(9999), random.IntN(100), 1+i%28, random.Uint64())
	}
	near := bytes.Repeat([]byte("abcdefg"), 40_000)
	for i := 0; i < len(near); i += 997 {
		near[i] = byte(i)
	}
	return map[string][]byte{
		"nothing": nil, "one byte": {'x'}, "zeros": make([]byte, 1_000_000), "noise": noise, "rows": rows.Bytes(), "near copies": near,
		"far copies": bytes.Repeat(noise[:32<<10], 4), "noise and rows": append(bytes.Clone(noise), rows.Bytes()...),
	}
}

func TestAnInflaterUnpacksWhatTheStandardLibraryPacks(t *testing.T) {
	for name, plain := range inflateSamples() {
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, 1, 6, 9} {
			var packed bytes.Buffer
			w, err := flate.NewWriter(&packed, level)
			if err != nil {
				t.Fatal(err)
			}
			for rest := plain; len(rest) > 0; rest = rest[min(len(rest), 70_001):] {
				_, _ = w.Write(rest[:min(len(rest), 70_001)])
				if level == 6 {
					_ = w.Flush() // an empty block that is stored
				}
			}
			_ = w.Close()
			for way, from := range map[string]io.Reader{"whole": bytes.NewReader(packed.Bytes()), "in halves": iotest.HalfReader(bytes.NewReader(packed.Bytes())), "with its end": iotest.DataErrReader(bytes.NewReader(packed.Bytes()))} {
				d := newInflater(from)
				if got, err := io.ReadAll(d); err != nil || !bytes.Equal(got, plain) {
					t.Fatalf("%s at level %d, %s: %d of %d bytes, %v", name, level, way, len(got), len(plain), err)
				}
				if more, err := d.rest(1); len(more) > 0 || !errors.Is(err, io.EOF) {
					t.Errorf("%s at level %d, %s: %q, %v follows", name, level, way, more, err)
				}
			}
		}
	}
}

func TestWhatIsCutOffIsNotUnpacked(t *testing.T) {
	plain := inflateSamples()["rows"][:20_000]
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, 6)
	_, _ = w.Write(plain)
	_ = w.Close()
	for n := range packed.Len() {
		got, err := io.ReadAll(newInflater(bytes.NewReader(packed.Bytes()[:n])))
		if !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.HasPrefix(plain, got) {
			t.Fatalf("cut at %d: %d bytes, %v", n, len(got), err)
		}
	}
	broken := errors.New("broken disk")
	_, err := io.ReadAll(newInflater(io.MultiReader(bytes.NewReader(packed.Bytes()[:500]), iotest.ErrReader(broken))))
	if !errors.Is(err, broken) {
		t.Errorf("of a broken disk: %v", err)
	}
}

// FuzzInflate holds the inflater against the standard library's, which forgives
// some codes that are incomplete.
func FuzzInflate(f *testing.F) {
	for _, plain := range inflateSamples() {
		var packed bytes.Buffer
		w, _ := flate.NewWriter(&packed, 6)
		_, _ = w.Write(plain[:min(len(plain), 2000)])
		_ = w.Close()
		f.Add(packed.Bytes())
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		got, err := io.ReadAll(io.LimitReader(newInflater(bytes.NewReader(packed)), 10<<20))
		want, wrong := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), 10<<20))
		if err == nil && (wrong != nil || !bytes.Equal(got, want)) {
			t.Fatalf("%d bytes; the standard library: %d bytes, %v", len(got), len(want), wrong)
		}
		if err != nil && !bytes.HasPrefix(want, got) && wrong == nil {
			t.Fatalf("%d other bytes before %v", len(got), err)
		}
	})
}

func BenchmarkInflate(b *testing.B) {
	plain := inflateSamples()["rows"]
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, 6)
	_, _ = w.Write(plain)
	_ = w.Close()
	for name, open := range map[string]func(io.Reader) io.Reader{"standard": func(r io.Reader) io.Reader { return flate.NewReader(r) }, "own": func(r io.Reader) io.Reader { return newInflater(r) }} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(plain)))
			for b.Loop() {
				if _, err := io.Copy(io.Discard, open(bytes.NewReader(packed.Bytes()))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
