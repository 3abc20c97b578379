package postgres

import (
	"fmt"
	"regexp"
	"strconv"
)

// oldest is the first server major that Cofre works with.
const oldest = 12

// version is a release of the server or of a client tool. Betas have minor 0.
type version struct{ major, minor int }

func (v version) String() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

// older compares releases.
func (v version) older(than version) bool {
	return v.major < than.major || v.major == than.major && v.minor < than.minor
}

var versionPattern = regexp.MustCompile(`^(\d+)(?:\.(\d+))?`)

// readVersion reads what begins like "15.18 (Debian …)", "18beta1" or "17.2".
// What is no version is 0.0.
func readVersion(text string) version {
	match := versionPattern.FindStringSubmatch(text)
	if match == nil {
		return version{}
	}
	major, _ := strconv.Atoi(match[1])
	minor, _ := strconv.Atoi(match[2])
	return version{major, minor}
}
