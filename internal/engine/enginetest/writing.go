package enginetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

func (s suite) restored(t *testing.T, target backup.Target, file string) backup.Contents {
	t.Helper()
	held, err := s.Engine.Restore(t.Context(), target, file, unheard)
	must(t, err)
	return held
}

func (s suite) restore(t *testing.T) {
	target := s.New(t)
	want := s.Fingerprint(t, target)
	file, _ := s.dumped(t, target)
	s.Mutate(t, target)
	if s.Fingerprint(t, target) == want {
		t.Fatal("Mutate of the harness does not change the fingerprint")
	}
	for name, into := range map[string]backup.Target{"itself, changed": target, "an empty one": s.NewEmpty(t), "an equal one": s.New(t)} {
		beside := s.leftovers(t, into)
		s.restored(t, into, file)
		if s.Fingerprint(t, into) != want {
			t.Errorf("restored into %s: the content is another", name)
		}
		if now := s.leftovers(t, into); !slices.Equal(now, beside) {
			t.Errorf("restored into %s: beside the database lies %v, before it was %v", name, now, beside)
		}
	}
}

func (s suite) restoreReturns(t *testing.T) {
	target := s.New(t)
	file, dumped := s.dumped(t, target)
	s.Mutate(t, target)
	held := s.restored(t, target, file)
	if !slices.Equal(held.Tables, dumped.Tables) {
		t.Errorf("Restore returns %v, the dump held %v", held.Tables, dumped.Tables)
	}
	if held.Kind != target.Kind || held.Format != archive.FormatDatabase {
		t.Errorf("Restore returns kind %q, format %q", held.Kind, held.Format)
	}
	now, err := s.Engine.Probe(t.Context(), target)
	must(t, err)
	if !slices.Equal(now.Tables, held.Tables) {
		t.Errorf("the database holds %v, Restore returned %v", now.Tables, held.Tables)
	}
}

func (s suite) leftoverObjects(t *testing.T) {
	target := s.New(t)
	want := s.Count(t, target)
	file, _ := s.dumped(t, target)
	s.Mutate(t, target)
	if now := s.Count(t, target); slices.Equal(now, want) {
		t.Fatal("Mutate of the harness adds no table")
	}
	s.restored(t, target, file)
	if now := s.Count(t, target); !slices.Equal(now, want) {
		t.Errorf("tables after the restore: %v, want %v", now, want)
	}
}

func (s suite) empty(t *testing.T) {
	nothing, target := s.NewEmpty(t), s.New(t)
	file, held := s.dumped(t, nothing)
	if held.Tables == nil || len(held.Tables) != 0 {
		t.Errorf("an empty database holds %#v, want an empty list", held.Tables)
	}
	s.restored(t, target, file)
	if now := s.Count(t, target); len(now) != 0 {
		t.Errorf("the restored database has tables: %v", now)
	}
}

func (s suite) restoreTwice(t *testing.T) {
	target := s.New(t)
	want := s.Fingerprint(t, target)
	file, _ := s.dumped(t, target)
	s.Mutate(t, target)
	s.restored(t, target, file)
	s.restored(t, target, file)
	if s.Fingerprint(t, target) != want {
		t.Error("the second restore changed something")
	}
}

func (s suite) broken(t *testing.T) {
	target := s.New(t)
	file, _ := s.dumped(t, target)
	s.Mutate(t, target)
	damaged := s.Break(t, file)
	if len(damaged) < 2 {
		t.Fatalf("Break of the harness made %v", damaged)
	}
	for what, file := range damaged {
		t.Run(strings.ReplaceAll(what, " ", "_"), func(t *testing.T) {
			still := s.unchanged(t, target)
			_, err := s.Engine.Restore(t.Context(), target, file, unheard)
			wantCode(t, err, errs.Corrupt, errs.Invalid)
			still()
		})
	}
}

func (s suite) foreign(t *testing.T) {
	target := s.New(t)
	text := filepath.Join(t.TempDir(), "notes.txt")
	must(t, os.WriteFile(text, []byte("Buy bread\nCall the bank\n"), 0o600))
	nothing := filepath.Join(t.TempDir(), "nothing")
	must(t, os.WriteFile(nothing, nil, 0o600))
	for what, file := range map[string]string{"another kind of database": s.Foreign(t), "a text": text, "an empty file": nothing, "a folder": t.TempDir()} {
		t.Run(strings.ReplaceAll(what, " ", "_"), func(t *testing.T) {
			still := s.unchanged(t, target)
			_, err := s.Engine.Restore(t.Context(), target, file, unheard)
			wantCode(t, err, errs.Invalid, errs.Incompatible, errs.Corrupt)
			still()
		})
	}
}

func (s suite) noBackup(t *testing.T) {
	target := s.New(t)
	still := s.unchanged(t, target)
	_, err := s.Engine.Restore(t.Context(), target, filepath.Join(t.TempDir(), "gone"), unheard)
	wantCode(t, err, errs.NotFound)
	still()
}

func (s suite) missing(t *testing.T) {
	source := s.New(t)
	file, _ := s.dumped(t, source)
	target := s.Missing(t)
	for range 2 { // neither brings it into being
		_, err := s.Engine.Probe(t.Context(), target)
		wantCode(t, err, errs.NotFound)
		_, err = s.Engine.Dump(t.Context(), target, filepath.Join(t.TempDir(), "dump"), backup.DumpOptions{}, unheard)
		wantCode(t, err, errs.NotFound)
	}
	_, err := s.Engine.Restore(t.Context(), target, file, unheard)
	if !s.CreatesMissing {
		wantCode(t, err, errs.NotFound)
		return
	}
	must(t, err)
	if s.Fingerprint(t, target) != s.Fingerprint(t, source) {
		t.Error("the created database has another content")
	}
}

func (s suite) cancelRestore(t *testing.T) {
	target := s.New(t)
	file, _ := s.dumped(t, target)
	s.Mutate(t, target)
	var reports int
	_, err := s.Engine.Restore(t.Context(), target, file, func(backup.Update) { reports++ })
	must(t, err)
	old := s.Fingerprint(t, target)
	s.Mutate(t, target)
	changed := s.Fingerprint(t, target)

	stopped := 0
	for _, at := range slices.Compact([]int{1, max(1, reports/2), max(1, reports-1), reports}) {
		t.Run(fmt.Sprintf("at_report_%d_of_%d", at, reports), func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			n := 0
			_, err := s.Engine.Restore(ctx, target, file, func(backup.Update) {
				if n++; n == at {
					cancel()
				}
			})
			now := s.Fingerprint(t, target)
			if err != nil {
				stopped++
				wantCode(t, err, errs.Cancelled)
				if now != changed {
					t.Error("the restore was cancelled, but the content changed")
				}
				return
			}
			if now != old { // it was through already
				t.Error("the restore succeeded, but the content is not the backup's")
			}
			s.Mutate(t, target)
			if s.Fingerprint(t, target) != changed {
				t.Fatal("Mutate of the harness does not always make the same")
			}
		})
	}
	if stopped == 0 {
		t.Error("no restore could be cancelled")
	}
}

func (s suite) cancelledBefore(t *testing.T) {
	target := s.New(t)
	file, _ := s.dumped(t, target)
	s.Mutate(t, target)
	still := s.unchanged(t, target)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Engine.Probe(ctx, target)
	wantCode(t, err, errs.Cancelled)
	_, err = s.Engine.Dump(ctx, target, filepath.Join(t.TempDir(), "dump"), backup.DumpOptions{}, unheard)
	wantCode(t, err, errs.Cancelled)
	_, err = s.Engine.Restore(ctx, target, file, unheard)
	wantCode(t, err, errs.Cancelled)
	still()
}

func (s suite) preflight(t *testing.T) {
	target := s.New(t)
	file, held := s.dumped(t, target)
	still := s.unchanged(t, target)
	for _, readable := range []string{file, ""} {
		checks, err := s.Engine.Preflight(t.Context(), target, backup.Archive{File: file, Contents: held}, readable)
		must(t, err)
		for _, c := range checks {
			if c.Level == backup.Blocker || c.Code == "" {
				t.Errorf("check of a good restore: %+v", c)
			}
		}
	}
	still()
}

func (s suite) check(t *testing.T) {
	checker, ok := s.Engine.(backup.Checker)
	if !ok {
		t.Skip("the engine offers no check")
	}
	target := s.New(t)
	file, _ := s.dumped(t, target)
	s.Mutate(t, target)
	s.restored(t, target, file)
	still := s.unchanged(t, target)
	must(t, checker.Check(t.Context(), target, unheard))
	still()
}

func (s suite) secrets(t *testing.T) {
	if s.Unreachable == nil {
		t.Skip("addresses of this kind hold no secret")
	}
	file, held := s.dumped(t, s.New(t))
	for i, target := range s.Unreachable(t) {
		_, probe := s.Engine.Probe(t.Context(), target)
		_, dump := s.Engine.Dump(t.Context(), target, filepath.Join(t.TempDir(), "dump"), backup.DumpOptions{}, unheard)
		_, restore := s.Engine.Restore(t.Context(), target, file, unheard)
		checks, preflight := s.Engine.Preflight(t.Context(), target, backup.Archive{File: file, Contents: held}, file)
		for what, err := range map[string]error{"Probe": probe, "Dump": dump, "Restore": restore} {
			if err == nil {
				t.Errorf("target %d: %s succeeded", i, what)
			}
			s.holdsNone(t, what, err)
		}
		s.holdsNone(t, "Preflight", preflight)
		if strings.Contains(fmt.Sprintf("%+v", checks), s.Secret) {
			t.Errorf("target %d: a check holds the secret", i)
		}
	}
}

// holdsNone looks at all that an error says, and those that it wraps.
func (s suite) holdsNone(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	e := errs.Of(err)
	if text := fmt.Sprintf("%v %+v %#v %s %v", err, err, e.Args, e.Detail, e); strings.Contains(text, s.Secret) {
		t.Errorf("%s: the error holds the secret", what)
	}
}
