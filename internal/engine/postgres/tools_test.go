package postgres

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cofre/internal/errs"
)

func TestTheServersOwnMajorComesFirstThenTheSmallestNewer(t *testing.T) {
	for _, c := range []struct {
		installed []version
		server    int
		want      string // "" for none
	}{
		{[]version{{14, 9}, {15, 3}, {16, 1}}, 15, "15.3"},
		{[]version{{15, 3}, {15, 18}, {15, 4}}, 15, "15.18"},
		{[]version{{14, 9}, {18, 4}, {17, 2}}, 15, "17.2"},
		{[]version{{14, 9}}, 15, ""},
		{[]version{{18, 0}, {18, 1}}, 18, ""},
		{[]version{{18, 1}, {18, 2}}, 18, "18.2"},
		{[]version{{18, 1}, {17, 0}}, 16, "17.0"},
		{nil, 15, ""},
	} {
		var from []tool
		for _, v := range c.installed {
			from = append(from, tool{"/x/" + v.String(), v})
		}
		got := best(from, func(t tool) bool { return t.version.major >= c.server && !losesSequences(t.version) }, c.server)
		if c.want == "" && got != nil || c.want != "" && (got == nil || got.version.String() != c.want) {
			t.Errorf("server %d, installed %v: %v, want %q", c.server, c.installed, got, c.want)
		}
	}
}

func TestAnArchiveIsReadByAProgramThatKnowsItsVersion(t *testing.T) {
	for archive, since := range map[archiveVersion]int{{1, 12}: 12, {1, 14}: 12, {1, 15}: 16, {1, 16}: 17, {1, 17}: 19, {2, 0}: 19} {
		if got := archive.since(); got != since {
			t.Errorf("archive %s: read since %d, want %d", archive, got, since)
		}
	}
	older := best([]tool{{"/a", version{17, 0}}, {"/b", version{16, 4}}}, func(t tool) bool { return archiveVersion{1, 15}.readBy(t.version) }, 18)
	if older == nil || older.version.major != 17 {
		t.Errorf("for a server 18: %v, want the newest of the older ones", older)
	}
}

// fake writes a program that only knows its version.
func fake(t *testing.T, program, banner string) (dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the fakes are shell scripts")
	}
	dir = t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\necho '%s'\n", banner)
	if err := os.WriteFile(filepath.Join(dir, program), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestToolsAreFoundWhereverTheyAre(t *testing.T) {
	onPath := fake(t, "pg_dump", "pg_dump (PostgreSQL) 21.3 (Debian 21.3-1.pgdg120+1)")
	named := fake(t, "pg_dump", "pg_dump (EnterpriseDB) 22beta1")
	broken := fake(t, "pg_dump", "not a version")
	t.Setenv("PATH", onPath+string(os.PathListSeparator)+broken+string(os.PathListSeparator)+"relative")
	var box toolbox
	got, err := box.dump(t.Context(), "", version{21, 0})
	if err != nil || got.dir() != onPath || got.version != (version{21, 3}) {
		t.Errorf("on PATH: %+v, %v", got, err)
	}
	if got, err = box.dump(t.Context(), named, version{21, 0}); err != nil || got.dir() != named {
		t.Errorf("in the named folder: %+v, %v", got, err)
	}
	if got, err = box.dump(t.Context(), broken, version{21, 0}); err != nil || got.dir() != onPath {
		t.Errorf("where the named folder has none: %+v, %v", got, err)
	}
}

func TestNoFittingToolSaysWhatIsThereAndWhatToInstall(t *testing.T) {
	t.Setenv("PATH", fake(t, "pg_dump", "pg_dump (PostgreSQL) 11.2"))
	var box toolbox
	_, err := box.dump(t.Context(), "", version{97, 1})
	wantReason(t, err, errs.Unavailable, "postgres.no_tools")
	args := errs.Of(err).Args
	if args["version"] != "97.1" || !strings.Contains(args["found"].(string), "11.2 (") || !strings.Contains(args["command"].(string), "97") {
		t.Errorf("arguments: %v", args)
	}
	_, err = box.restore(t.Context(), "", archiveVersion{1, 99}, version{15, 1})
	if reason := errs.Of(err).Reason; errs.CodeOf(err) != errs.Unavailable || reason != "postgres.archive_too_new" && reason != "postgres.no_tools_at_all" {
		t.Errorf("an archive of the future: %v", err)
	}
}

func TestTheCommandFitsTheSystem(t *testing.T) {
	for release, want := range map[string]string{
		"ID=debian\nVERSION_ID=\"12\"\n":               "sudo apt-get install postgresql-client-17",
		"NAME=Mint\nID=linuxmint\nID_LIKE=\"ubuntu\"":  "sudo apt-get install postgresql-client-17",
		"ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"": "sudo dnf install postgresql17",
		"ID=alpine": "sudo apk add postgresql17-client",
		"":          "postgresql-client-17",
	} {
		if got := installOn(release, "17"); got != want {
			t.Errorf("%q: %q, want %q", release, got, want)
		}
	}
}
