package text

import "os"

// fromEnvironment returns the first of the POSIX variables that is set. One that
// is set to a language that Cofre does not speak is an answer too.
func fromEnvironment() []string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if tag := os.Getenv(name); tag != "" {
			return []string{tag}
		}
	}
	return nil
}
