package postgres

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"cofre/internal/errs"
)

// tool is an installed client program.
type tool struct {
	path    string
	version version
}

func (t tool) dir() string { return filepath.Dir(t.path) }

// remembered is how long the toolbox believes what it found.
const remembered = time.Minute

// toolbox finds the client tools of this machine and picks the one that fits.
type toolbox struct {
	mu    sync.Mutex
	found map[string]finding // by program and folder
}

type finding struct {
	at    time.Time
	tools []tool
}

// dump picks the pg_dump for a server: one of the server's own major, the newest,
// else of the smallest newer major. A folder that the person named comes first,
// where it holds one that the server accepts.
func (b *toolbox) dump(ctx context.Context, named string, server version) (tool, error) {
	fits := func(t tool) bool { return t.version.major >= server.major && !losesSequences(t.version) }
	best, found := b.pick(ctx, "pg_dump", named, fits, server.major)
	if best == nil {
		return tool{}, missing("postgres.no_tools", found, errs.Args{"tool": "pg_dump", "version": server.String(), "command": install(server.major)})
	}
	return *best, nil
}

// restore picks the pg_restore that reads an archive: of the server's own major,
// else of the smallest newer, else of the newest older. What it writes is SQL for
// our own session, so the server need not accept it.
func (b *toolbox) restore(ctx context.Context, named string, archive archiveVersion, server version) (tool, error) {
	best, found := b.pick(ctx, "pg_restore", named, func(t tool) bool { return archive.readBy(t.version) }, server.major)
	switch {
	case best != nil:
		return *best, nil
	case len(found) > 0:
		return tool{}, missing("postgres.archive_too_new", found, errs.Args{"archive": archive.String(), "command": install(archive.since())})
	}
	return tool{}, missing("postgres.no_tools", nil, errs.Args{"tool": "pg_restore", "version": server.String(), "command": install(server.major)})
}

// losesSequences says whether this pg_dump writes archives without the values of
// sequences, as 18.0 and 18.1 did.
func losesSequences(v version) bool { return v.major == 18 && v.minor < 2 }

// pick applies the rule of versions, first to the folder that the person named,
// then to all. It also returns all that it looked at.
func (b *toolbox) pick(ctx context.Context, program, named string, fits func(tool) bool, major int) (*tool, []tool) {
	all, inNamed := b.find(ctx, program, named)
	for _, from := range [][]tool{inNamed, all} {
		if t := best(from, fits, major); t != nil {
			return t, nil
		}
	}
	return nil, append(slices.Clone(inNamed), all...)
}

// best is the fitting tool of the wanted major, else of the nearest newer one,
// else of the nearest older one; of one major the newest, of equals the first.
func best(from []tool, fits func(tool) bool, major int) *tool {
	rank := func(t tool) int {
		if t.version.major >= major {
			return t.version.major - major
		}
		return 1000 + major - t.version.major
	}
	var best *tool
	for _, t := range from {
		if fits(t) && (best == nil || rank(t) < rank(*best) || rank(t) == rank(*best) && best.version.older(t.version)) {
			best = &t
		}
	}
	return best
}

// find returns all installed programs of a name, and those in the named folder.
func (b *toolbox) find(ctx context.Context, program, named string) (all, inNamed []tool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	look := func(key string, dirs func() []string) []tool {
		if f, ok := b.found[key]; ok && time.Since(f.at) < remembered {
			return f.tools
		}
		tools := ask(ctx, program, dirs())
		if ctx.Err() == nil {
			if b.found == nil {
				b.found = map[string]finding{}
			}
			b.found[key] = finding{time.Now(), tools}
		}
		return tools
	}
	if named != "" {
		inNamed = look(program+" "+named, func() []string { return []string{named, filepath.Join(named, "bin")} })
	}
	return look(program, places), inNamed
}

// places are the folders where client tools get installed, those of one known
// major before PATH: what Debian has on PATH is a wrapper around them.
func places() []string {
	var dirs []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/lib/postgresql*/bin", "/usr/libexec/postgresql*",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
		"/opt/homebrew/opt/libpq/bin", "/usr/local/opt/libpq/bin", "/home/linuxbrew/.linuxbrew/opt/libpq/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin", "/Library/PostgreSQL/*/bin", "/opt/local/lib/postgresql*/bin",
		filepath.Join(os.Getenv("ProgramFiles"), "PostgreSQL", "*", "bin"),
		filepath.Join(os.Getenv("ProgramFiles(x86)"), "PostgreSQL", "*", "bin"),
	} {
		if filepath.IsAbs(pattern) {
			found, _ := filepath.Glob(pattern)
			dirs = append(dirs, found...)
		}
	}
	return append(dirs, filepath.SplitList(os.Getenv("PATH"))...)
}

// debianWrapper only runs the programs of /usr/lib/postgresql, and takes longer
// than they do.
const debianWrapper = "pg_wrapper"

// ask runs each program once, wherever the folders lead to it, for its version.
func ask(ctx context.Context, program string, dirs []string) []tool {
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	var tools []tool
	seen := map[string]bool{}
	for _, dir := range dirs {
		path := filepath.Join(dir, program)
		target, err := filepath.EvalSymlinks(path)
		if err != nil || !filepath.IsAbs(path) || seen[target] || filepath.Base(target) == debianWrapper {
			continue
		}
		seen[target] = true
		limited, cancel := context.WithTimeout(ctx, 10*time.Second)
		cmd := exec.CommandContext(limited, path, "--version")
		cmd.Env = surroundings()
		hide(cmd)
		out, err := cmd.Output()
		cancel()
		if match := banner.FindSubmatch(out); err == nil && match != nil {
			tools = append(tools, tool{path, readVersion(string(match[1]))})
		}
	}
	return tools
}

// banner is "pg_dump (PostgreSQL) 15.18 (Debian …)", or with the name of another vendor.
var banner = regexp.MustCompile(`\([^)]*\) (\d+\S*)`)

// missing names what was found instead; args hold how to install what is needed.
func missing(reason string, found []tool, args errs.Args) error {
	var list []string
	for _, t := range found {
		list = append(list, t.version.String()+" ("+t.dir()+")")
	}
	slices.Sort(list)
	if list = slices.Compact(list); len(list) == 0 {
		reason = "postgres.no_tools_at_all"
	}
	args["found"] = strings.Join(list, ", ")
	return errs.New(errs.Unavailable, reason, args)
}
