package testdb

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"testing"
)

// Client is a folder with pg_dump and pg_restore of one version.
type Client struct {
	Bin   string
	Major int
}

var dumpPattern = regexp.MustCompile(`pg_dump \(PostgreSQL\) (\d+)`)

// Clients are those that are here and can dump the cluster, the oldest first, one of
// each version: beside the server, in the usual places, on the PATH.
func (c *Cluster) Clients(t testing.TB) []Client {
	t.Helper()
	folders := []string{c.Bin}
	for _, pattern := range serverFolders {
		found, _ := filepath.Glob(pattern)
		folders = append(folders, found...)
	}
	var clients []Client
	for _, bin := range append(folders, filepath.SplitList(os.Getenv("PATH"))...) {
		major := clientMajor(bin)
		if major >= c.Major && !slices.ContainsFunc(clients, func(other Client) bool { return other.Major == major }) {
			clients = append(clients, Client{bin, major})
		}
	}
	if len(clients) == 0 {
		t.Skipf("no pg_dump and pg_restore for a server %d are here", c.Major)
	}
	slices.SortFunc(clients, func(a, b Client) int { return a.Major - b.Major })
	return clients
}

func clientMajor(bin string) int {
	name := filepath.Join(bin, "pg_dump")
	if _, err := exec.LookPath(filepath.Join(bin, "pg_restore")); err != nil {
		return 0
	}
	out, err := exec.Command(name, "--version").Output()
	match := dumpPattern.FindSubmatch(out)
	if err != nil || match == nil {
		return 0
	}
	major, _ := strconv.Atoi(string(match[1]))
	if target, err := os.Readlink(name); err == nil && runtime.GOOS == "linux" && filepath.Base(target) == "pg_wrapper" {
		return 0 // asks for a version by itself
	}
	return major
}
