package text

import "strings"

// Language that Cofre speaks.
type Language string

// The languages.
const (
	English    Language = "en"
	Portuguese Language = "pt-BR"
)

// Parse reads a language as systems and people write it: "pt", "pt-BR",
// "pt_BR.UTF-8", "en_US@euro". Any region of a language is taken for the one
// that Cofre speaks; "C" and "POSIX" are English. False: Cofre does not speak it.
func Parse(s string) (Language, bool) {
	s, _, _ = strings.Cut(s, ".")
	s, _, _ = strings.Cut(s, "@")
	first, _, _ := strings.Cut(strings.ReplaceAll(s, "_", "-"), "-")
	switch strings.ToLower(strings.TrimSpace(first)) {
	case "en", "c", "posix":
		return English, true
	case "pt":
		return Portuguese, true
	}
	return "", false
}

// System returns the language of the person at this computer: what LC_ALL,
// LC_MESSAGES or LANG say, else what the system itself says, else English.
func System() Language {
	for _, tag := range preferred() {
		if l, ok := Parse(tag); ok {
			return l
		}
	}
	return English
}
