package text

import "testing"

func TestLanguagesAreReadAsSystemsWriteThem(t *testing.T) {
	tests := map[string]Language{
		"en": English, "EN": English, "en-GB": English, "en_US.UTF-8": English, "C": English, "C.UTF-8": English, "POSIX": English,
		"pt": Portuguese, "pt-BR": Portuguese, "pt_BR.UTF-8": Portuguese, "pt_PT@euro": Portuguese, "PT_br": Portuguese,
		"de_DE.UTF-8": "", "": "", "ptx": "", "english": "",
	}
	for tag, want := range tests {
		got, ok := Parse(tag)
		if got != want || ok != (want != "") {
			t.Errorf("Parse(%q) = %q, %v; want %q", tag, got, ok, want)
		}
	}
}

func TestTheEnvironmentDecidesTheLanguageInTheOrderOfPOSIX(t *testing.T) {
	set := func(all, messages, lang string) {
		t.Setenv("LC_ALL", all)
		t.Setenv("LC_MESSAGES", messages)
		t.Setenv("LANG", lang)
	}
	tests := []struct {
		all, messages, lang string
		want                Language
	}{
		{"pt_BR.UTF-8", "en_US", "en_US", Portuguese},
		{"", "pt_BR", "en_US", Portuguese},
		{"", "", "pt_BR.UTF-8", Portuguese},
		{"C", "", "pt_BR.UTF-8", English},
		{"de_DE.UTF-8", "", "pt_BR.UTF-8", English}, // German was asked for: English is nearer than Portuguese
	}
	for _, x := range tests {
		set(x.all, x.messages, x.lang)
		if got := System(); got != x.want {
			t.Errorf("LC_ALL=%q LC_MESSAGES=%q LANG=%q: %q, want %q", x.all, x.messages, x.lang, got, x.want)
		}
	}
}

func TestALanguageThatCofreDoesNotSpeakIsEnglish(t *testing.T) {
	if got := For("xx").Language(); got != English {
		t.Errorf("For(xx) speaks %q", got)
	}
}
