package text

import "golang.org/x/sys/windows"

// preferred returns the languages that the person chose for Windows itself,
// after what a shell may have set.
func preferred() []string {
	tags := fromEnvironment()
	if chosen, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME); err == nil {
		tags = append(tags, chosen...)
	}
	return tags
}
