package text

import (
	"encoding/json"
	"testing"
	"time"
)

// printer speaks a few words of its own.
func printer(lang Language, own words) *Printer {
	return &Printer{lang: lang, words: own, next: words{"only.english": "only {n}"}, now: func() time.Time {
		return time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC)
	}}
}

func TestArgumentsAreShownByWhatTheyAre(t *testing.T) {
	type name string
	at := time.Date(2026, 11, 21, 14, 14, 0, 0, time.UTC)
	tests := []struct {
		template string
		args     map[string]any
		en, pt   string
	}{
		{"{file} is damaged", map[string]any{"file": "a b.dump"}, "a b.dump is damaged", "a b.dump is damaged"},
		{"{rows}", map[string]any{"rows": 1024500}, "1,024,500", "1.024.500"},
		{"{rows}", map[string]any{"rows": float64(1024500)}, "1,024,500", "1.024.500"}, // as it comes back from JSON
		{"{rows}", map[string]any{"rows": json.Number("1024500")}, "1,024,500", "1.024.500"},
		{"{ratio}", map[string]any{"ratio": 2.54}, "2.5", "2,5"},
		{"{port}", map[string]any{"port": "5432"}, "5432", "5432"},
		{"{n:row|rows}", map[string]any{"n": 1}, "1 row", "1 row"},
		{"{n:row|rows}", map[string]any{"n": float64(1)}, "1 row", "1 row"},
		{"{n:row|rows}", map[string]any{"n": 0}, "0 rows", "0 rows"},
		{"{n:row|rows}", map[string]any{"n": int64(2104)}, "2,104 rows", "2.104 rows"},
		{"{need_bytes}", map[string]any{"need_bytes": 8600000}, "8.6 MB", "8,6 MB"},
		{"{took_ms}", map[string]any{"took_ms": int64(400)}, "0.4 s", "0,4 s"},
		{"{since_at}", map[string]any{"since_at": at.UnixMilli()}, "today 14:14", "hoje 14:14"},
		{"{when} {took}", map[string]any{"when": at, "took": 19 * time.Second}, "today 14:14 19 s", "hoje 14:14 19 s"},
		{"{tables}", map[string]any{"tables": []string{"users", "flows"}}, "users, flows", "users, flows"},
		{"{tables}", map[string]any{"tables": []any{"users", float64(1000)}}, "users, 1,000", "users, 1.000"},
		{"{kind} of {name}", map[string]any{"kind": name("restore"), "name": "restore"}, "restoring of restore", "restoring of restore"},
		{"{missing} {null}", map[string]any{"null": nil}, "– –", "– –"},
		{"{missing:row|rows}", nil, "– rows", "– rows"},
		{"{ not one } {1} {a|b}", nil, "{ not one } {1} {a|b}", "{ not one } {1} {a|b}"},
		{"{file}", map[string]any{"file": "{n:x|y}"}, "{n:x|y}", "{n:x|y}"}, // an argument is never a template
	}
	for _, x := range tests {
		for lang, want := range map[Language]string{English: x.en, Portuguese: x.pt} {
			own := words{"k": x.template, "word.kind.restore": "restoring",
				"show.today": map[Language]string{English: "today {clock}", Portuguese: "hoje {clock}"}[lang]}
			if got := printer(lang, own).T("k", x.args); got != want {
				t.Errorf("%s %q with %v = %q, want %q", lang, x.template, x.args, got, want)
			}
		}
	}
}

func TestAKeyWithoutWordsFallsBackToEnglishAndThenToItself(t *testing.T) {
	p := printer(Portuguese, words{})
	if got := p.T("only.english", map[string]any{"n": 1000}); got != "only 1.000" {
		t.Errorf("got %q", got)
	}
	if got := p.T("nowhere", nil); got != "nowhere" {
		t.Errorf("got %q", got)
	}
	if !p.Has("only.english") || p.Has("nowhere") {
		t.Error("Has disagrees with T")
	}
}
