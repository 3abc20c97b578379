package browse

import (
	"strings"
	"testing"

	"cofre/internal/archive"
)

func TestATextIsFoundInAnyCaseAndWithoutAccents(t *testing.T) {
	for needle, texts := range map[string][2]string{
		"joao":       {"dear JOÃO, hello", "Joana"},
		"JOÃO":       {"joao", "jo ao"},
		"ação":       {"AC\u0327A\u0303O", "acaso"}, // letter and accent apart
		"straße 1":   {"Straße 12", "Strasse 12"},
		"ΣΟΦΊΑ":      {"σοφια", "σοφι"},
		"100%":       {"is 100% sure", "100 %"},
		"a\xffb":     {"xA\xffBx", "a\xfeb"},
		"12.5":       {"112.50", "12,5"},
		" a ":        {"x A y", "xay"},
		"\U0001f600": {"a \U0001f600", "\U0001f601"},
	} {
		n := NewNeedle(needle)
		if n.In([]archive.Cell{{}, text("x"), text(texts[0])}) != 2 || n.In([]archive.Cell{text(texts[1])}) >= 0 {
			t.Errorf("%q in %q", needle, texts)
		}
		if e := n.Excerpt([]byte(strings.Repeat("ñ", 60) + texts[0] + strings.Repeat("é", 60))); !strings.HasPrefix(e, "…") || !strings.HasSuffix(e, "…") || len([]rune(e)) < 80 || !n.within([]byte(e)) && needle != "a\xffb" {
			t.Errorf("%q: excerpt %q", needle, e)
		}
	}
	if NewNeedle(" \t") != nil || NewNeedle("x").In([]archive.Cell{{Kind: archive.Blob, Bytes: []byte("x")}, {}}) >= 0 {
		t.Error("found where nothing is")
	}
	if got := NewNeedle("mid").Excerpt([]byte("in the MIDDLE")); got != "in the MIDDLE" {
		t.Errorf("%q", got)
	}
}
