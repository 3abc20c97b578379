package boot

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"cofre/internal/errs"
	"cofre/internal/job"
)

func TestTheLogSaysWhatCausedAFailure(t *testing.T) {
	var log bytes.Buffer
	cause := errs.New(errs.Unavailable, "sqlite.full", errs.Args{"file": "app.db"}).With("disk I/O error")
	err := errs.New(errs.RolledBack, "restore.rolled_back", nil).Because(cause)
	logJob(zerolog.New(&log), job.Snapshot{ID: "1", State: job.Failed, Error: job.FailureOf(err)}, func() []job.LogLine { return []job.LogLine{{N: 1, Step: "apply", Text: "table person"}} })
	for _, part := range []string{`"reason":"restore.rolled_back"`, `"cause":{"code":"unavailable","reason":"sqlite.full","args":{"file":"app.db"},"detail":"disk I/O error"}`, `"line":"table person"`} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("no %s in %s", part, log.String())
		}
	}
}

func TestTheLogSaysWhyTheSystemCouldNotBeOpened(t *testing.T) {
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "state.db"), []byte(strings.Repeat("no database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), Options{Home: home}); err == nil {
		t.Fatal(errors.Join(errors.New("it opened"), s.Close()))
	}
	if log, err := os.ReadFile(filepath.Join(home, "cofre.log")); err != nil || !strings.Contains(string(log), `"module":"boot"`) {
		t.Errorf("the log: %s, %v", log, err)
	}
}
