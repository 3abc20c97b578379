package testdb

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// BinVariable names the environment variable with the folder of the server's
// programs (initdb, pg_ctl, postgres), to run a suite against another version.
const BinVariable = "COFRE_TEST_PG_BIN"

const install = `no PostgreSQL server programs found. Install them:
  Debian, Ubuntu: apt-get install postgresql
  Fedora: dnf install postgresql-server
  macOS: brew install postgresql@17
  Windows: the installer from postgresql.org
or name the folder with initdb and pg_ctl in ` + BinVariable

// serverFolders are where systems put the programs of PostgreSQL.
var serverFolders = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin", `C:\Program Files\PostgreSQL\*\bin`,
}

// find returns the folder of the newest server here, and its major version.
func find() (bin string, major int, err error) {
	if bin = os.Getenv(BinVariable); bin != "" {
		if major = majorOf(bin); major == 0 {
			return "", 0, fmt.Errorf("%s=%s: no usable postgres and initdb there", BinVariable, bin)
		}
		return bin, major, nil
	}
	var candidates []string
	for _, pattern := range serverFolders {
		found, _ := filepath.Glob(pattern)
		candidates = append(candidates, found...)
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		candidates = append(candidates, filepath.Dir(path))
	}
	for _, candidate := range candidates {
		if m := majorOf(candidate); m > major {
			bin, major = candidate, m
		}
	}
	if major == 0 {
		return "", 0, errors.New(install)
	}
	return bin, major, nil
}

var majorPattern = regexp.MustCompile(`PostgreSQL\) (\d+)`)

func majorOf(bin string) int {
	if _, err := exec.LookPath(filepath.Join(bin, "initdb")); err != nil {
		return 0
	}
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	match := majorPattern.FindSubmatch(out)
	if match == nil {
		return 0
	}
	major, _ := strconv.Atoi(string(match[1]))
	return major
}
