package text

import (
	"errors"
	"strings"
	"testing"

	"cofre/internal/errs"
)

func TestWhatIsShownCannotMoveTheCursorOrFakeALine(t *testing.T) {
	p := printer(English, words{"k": "{file} is damaged"})
	for _, bad := range []string{"\n", "\r", "\t", "\x00", "\x1b", "\x7f", "\u0085", "\u009b", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069", "\xff"} {
		for _, value := range []any{"a" + bad + "b", []string{"a" + bad + "b"}, []any{"a" + bad + "b"}, errors.New("a" + bad + "b")} {
			if got := p.T("k", map[string]any{"file": value}); got != "a\uFFFDb is damaged" {
				t.Errorf("%q is shown as %q", value, got)
			}
		}
	}
	for _, good := range []string{"família", "数据", "مرحبا", "👩‍👧", "a\u00a0b", "\u200f"} {
		if got := p.T("k", map[string]any{"file": good}); got != good+" is damaged" {
			t.Errorf("%q is shown as %q", good, got)
		}
	}
}

func TestTheWordsOfAnotherProgramKeepTheirLinesAndNothingElseThatMoves(t *testing.T) {
	err := errs.New(errs.Unavailable, "backup.kind", nil).With("pg_dump: error\r\n\tline\x1b[2J two\rthree\u202e")
	if _, details, _ := For(English).Error(err); !strings.HasSuffix(details, "pg_dump: error\n\tline\uFFFD[2J two\uFFFDthree\uFFFD") {
		t.Errorf("%q", details)
	}
	defect := errs.New(errs.Internal, "nowhere", nil).Because(errors.New("a\x1bb"))
	if _, details, _ := For(English).Error(defect); details != "a\uFFFDb" {
		t.Errorf("%q", details)
	}
}
