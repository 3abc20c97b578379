package postgres

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// install is the command that installs the client tools of a major on this system.
func install(major int) string {
	m := strconv.Itoa(major)
	switch runtime.GOOS {
	case "windows":
		return "winget install PostgreSQL.PostgreSQL." + m
	case "darwin":
		return "brew install postgresql@" + m
	}
	release, _ := os.ReadFile("/etc/os-release")
	return installOn(string(release), m)
}

// installOn reads os-release, whose ID_LIKE names the family of a distribution.
func installOn(release, major string) string {
	family := ""
	for line := range strings.Lines(release) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if key == "ID" || key == "ID_LIKE" {
			family += " " + strings.Trim(value, `"'`)
		}
	}
	for _, known := range []struct{ name, command string }{
		{"debian", "sudo apt-get install postgresql-client-" + major},
		{"ubuntu", "sudo apt-get install postgresql-client-" + major},
		{"fedora", "sudo dnf install postgresql" + major},
		{"rhel", "sudo dnf install postgresql" + major},
		{"suse", "sudo zypper install postgresql" + major},
		{"arch", "sudo pacman -S postgresql-libs"},
		{"alpine", "sudo apk add postgresql" + major + "-client"},
	} {
		if strings.Contains(family, known.name) {
			return known.command
		}
	}
	return "postgresql-client-" + major
}
