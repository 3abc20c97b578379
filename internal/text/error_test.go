package text

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"cofre/internal/errs"
)

func TestErrorsAreWordedWithTheirCauseAndWhatToDo(t *testing.T) {
	own := words{
		"error.swap.message": "{target} is unchanged.", "error.swap.details": "The swap failed.",
		"error.space.message": "Only {free_bytes} are free.", "error.space.details": "At {place}.", "error.space.hint": "Make room.",
		"error.internal.message": "Something went wrong.", "error.internal.hint": "Send the log.",
		"error.busy.message": "In use.", "error.job.cancelled.message": "Cancelled.",
	}
	space := errs.New(errs.Unavailable, "space", errs.Args{"free_bytes": 1000, "place": "/b"}).With("No space left on device")
	tests := []struct {
		about                  string
		err                    error
		message, details, hint string
	}{
		{"nothing", nil, "", "", ""},
		{"its own words", space, "Only 1.0 kB are free.", "At /b.\nNo space left on device", "Make room."},
		{"wrapped", fmt.Errorf("make backup: %w", space), "Only 1.0 kB are free.", "At /b.\nNo space left on device", "Make room."},
		{"a cause with words", errs.New(errs.RolledBack, "swap", errs.Args{"target": "prod"}).Because(fmt.Errorf("apply: %w", space)),
			"prod is unchanged.", "The swap failed.\nOnly 1.0 kB are free.\nAt /b.\nNo space left on device", "Make room."},
		{"a cause without words is for the log", errs.New(errs.Unavailable, "space", errs.Args{"free_bytes": 1, "place": "/b"}).Because(errors.New("ENOSPC")),
			"Only 1 B are free.", "At /b.", "Make room."},
		{"a reason without words", errs.New(errs.Busy, "unheard.of", nil), "In use.", "", ""},
		{"a defect", errors.New("index out of range"), "Something went wrong.", "index out of range", "Send the log."},
		{"a cancelled context", fmt.Errorf("read: %w", context.Canceled), "Cancelled.", "", ""},
	}
	for _, x := range tests {
		message, details, hint := printer(English, own).Error(x.err)
		if message != x.message || details != x.details || hint != x.hint {
			t.Errorf("%s:\n got %q | %q | %q\nwant %q | %q | %q", x.about, message, details, hint, x.message, x.details, x.hint)
		}
	}
}

func TestAnAccessDeniedForTooManyAttemptsSaysHowLongToWait(t *testing.T) {
	message, _, _ := For(Portuguese).Error(errs.New(errs.Denied, "auth.throttled", errs.Args{"wait_ms": 30000}))
	if want := "Tentativas demais. A próxima é possível em 30 s."; message != want {
		t.Errorf("got %q, want %q", message, want)
	}
}

func TestChecksAreWordedWithAnOptionalHint(t *testing.T) {
	p := printer(English, words{"check.loss.message": "{n:row|rows} would go.", "check.loss.hint": "Look at them first.", "check.fine.message": "All fine."})
	if m, h := p.Check("loss", errs.Args{"n": 3}); m != "3 rows would go." || h != "Look at them first." {
		t.Errorf("got %q, %q", m, h)
	}
	if m, h := p.Check("fine", nil); m != "All fine." || h != "" {
		t.Errorf("got %q, %q", m, h)
	}
}
