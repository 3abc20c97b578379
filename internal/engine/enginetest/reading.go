package enginetest

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// unheard is a progress that nobody listens to.
func unheard(backup.Update) {}

// dumped makes a dump in a folder of its own.
func (s suite) dumped(t *testing.T, target backup.Target) (file string, held backup.Contents) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "dump")
	made, err := s.Engine.Dump(t.Context(), target, file, backup.DumpOptions{}, unheard)
	must(t, err)
	return file, made.Contents
}

// unchanged returns a function that fails the test when the content of target is no
// longer what it is now, or something was left beside it.
func (s suite) unchanged(t *testing.T, target backup.Target) func() {
	t.Helper()
	before, beside := s.Fingerprint(t, target), s.leftovers(t, target)
	return func() {
		t.Helper()
		if s.Fingerprint(t, target) != before {
			t.Error("the content of the database has changed")
		}
		if now := s.leftovers(t, target); !slices.Equal(now, beside) {
			t.Errorf("beside the database lies %v, before it was %v", now, beside)
		}
	}
}

func (s suite) leftovers(t *testing.T, target backup.Target) []string {
	if s.Leftovers == nil {
		return nil
	}
	return s.Leftovers(t, target)
}

func (s suite) probe(t *testing.T) {
	target := s.New(t)
	for i := range 2 {
		if i == 1 {
			s.Mutate(t, target)
		}
		still := s.unchanged(t, target)
		c, err := s.Engine.Probe(t.Context(), target)
		must(t, err)
		still()
		if want := s.Count(t, target); !slices.Equal(c.Tables, want) {
			t.Fatalf("Probe counts %v, want %v", c.Tables, want)
		}
		if c.Kind != target.Kind || c.Format != archive.FormatDatabase || c.Version == "" || c.Bytes <= 0 {
			t.Errorf("Probe = kind %q, format %q, version %q, %d bytes", c.Kind, c.Format, c.Version, c.Bytes)
		}
	}
}

func (s suite) dump(t *testing.T) {
	target := s.New(t)
	still := s.unchanged(t, target)
	file, held := s.dumped(t, target)
	still()
	if want := s.Count(t, target); !slices.Equal(held.Tables, want) {
		t.Errorf("Dump returns %v, want %v", held.Tables, want)
	}
	read, err := archive.Verify(t.Context(), file, archive.VerifyOptions{Depth: archive.Full}, nil)
	must(t, err)
	if !slices.Equal(read.Contents.Tables, held.Tables) {
		t.Errorf("the file holds %v, Dump returned %v", read.Contents.Tables, held.Tables)
	}
	if held.Kind != target.Kind || held.Format != read.Contents.Format || held.Bytes != read.Contents.Bytes {
		t.Errorf("Dump returns kind %q, format %q, %d bytes; the file is %q, %q, %d", held.Kind, held.Format, held.Bytes,
			read.Contents.Kind, read.Contents.Format, read.Contents.Bytes)
	}
}

func (s suite) dumpBesideWriter(t *testing.T) {
	target := s.New(t)
	stop := sync.OnceFunc(s.Write(t, target))
	defer stop()
	for range 3 {
		file, held := s.dumped(t, target)
		a, okA := held.Table(s.Twins[0])
		b, okB := held.Table(s.Twins[1])
		if !okA || !okB || a.Rows != b.Rows {
			t.Fatalf("twins of a dump = %v, %v: two moments", a, b)
		}
		read, err := archive.Verify(t.Context(), file, archive.VerifyOptions{Depth: archive.Full}, nil)
		must(t, err)
		if !slices.Equal(read.Contents.Tables, held.Tables) {
			t.Fatalf("the file holds %v, Dump returned %v", read.Contents.Tables, held.Tables)
		}
		c, err := s.Engine.Probe(t.Context(), target)
		must(t, err)
		a, _ = c.Table(s.Twins[0])
		b, _ = c.Table(s.Twins[1])
		if a.Rows != b.Rows {
			t.Fatalf("twins of a probe = %v, %v: two moments", a, b)
		}
	}
	stop()
}

func (s suite) progress(t *testing.T) {
	target := s.New(t)
	file := filepath.Join(t.TempDir(), "dump")
	var dump, restore track
	_, err := s.Engine.Dump(t.Context(), target, file, backup.DumpOptions{}, dump.add)
	must(t, err)
	dump.check(t, "Dump")
	_, err = s.Engine.Restore(t.Context(), target, file, restore.add)
	must(t, err)
	restore.check(t, "Restore")
}

// track is the progress of one operation.
type track struct{ updates []backup.Update }

func (k *track) add(u backup.Update) { k.updates = append(k.updates, u) }

func (k *track) check(t *testing.T, of string) {
	t.Helper()
	if len(k.updates) == 0 {
		t.Fatalf("%s reported no progress", of)
	}
	done := map[string]int64{}
	for i, u := range k.updates {
		if u.Step != "" {
			t.Errorf("%s, update %d: step %q is the domain's to say", of, i, u.Step)
		}
		if u.Done < done[u.Unit] {
			t.Errorf("%s, update %d: %d %s after %d", of, i, u.Done, u.Unit, done[u.Unit])
		}
		if u.Total > 0 && u.Done > u.Total {
			t.Errorf("%s, update %d: %d of %d %s", of, i, u.Done, u.Total, u.Unit)
		}
		done[u.Unit] = u.Done
	}
	if last := k.updates[len(k.updates)-1]; last.Done != last.Total || last.Total == 0 {
		t.Errorf("%s ended at %d of %d %s", of, last.Done, last.Total, last.Unit)
	}
}

func (s suite) together(t *testing.T) {
	target := s.New(t)
	want := s.Count(t, target)
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			var c backup.Contents
			var err error
			if i%2 == 0 {
				c, err = s.Engine.Probe(t.Context(), target)
			} else {
				var dumped backup.Dumped
				dumped, err = s.Engine.Dump(t.Context(), target, filepath.Join(t.TempDir(), "dump"), backup.DumpOptions{}, unheard)
				c = dumped.Contents
			}
			if err != nil || !slices.Equal(c.Tables, want) {
				t.Errorf("goroutine %d: %v, %v", i, c.Tables, err)
			}
		})
	}
	all.Wait()
}

func (s suite) cancelDump(t *testing.T) {
	target := s.New(t)
	still := s.unchanged(t, target)
	ctx, cancel := context.WithCancel(t.Context())
	file := filepath.Join(t.TempDir(), "dump")
	_, err := s.Engine.Dump(ctx, target, file, backup.DumpOptions{}, func(u backup.Update) {
		if u.Done < u.Total {
			cancel()
		}
	})
	if ctx.Err() == nil {
		t.Fatal("the dump was over at its first report: the database of the harness is too small")
	}
	wantCode(t, err, errs.Cancelled)
	still()
}
