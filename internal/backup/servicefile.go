package backup

import (
	"cmp"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"cofre/internal/errs"
)

// serviceOf are the parameters of the connection service that query, or else
// PGSERVICE, names; nil where neither does. It reads the file that the drivers read,
// as they do: the URL wins over the service, the service over the environment.
func serviceOf(query url.Values) (url.Values, error) {
	name := cmp.Or(query.Get("service"), os.Getenv("PGSERVICE"))
	if name == "" {
		return nil, nil
	}
	unknown := errs.New(errs.NotFound, "target.service", errs.Args{"service": name})
	content, err := os.ReadFile(serviceFile(query))
	if err != nil {
		return nil, unknown.Because(err)
	}
	var found url.Values
	ours := false
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		switch key, value, _ := strings.Cut(line, "="); {
		case line == "" || line[0] == '#':
		case line[0] == '[' && line[len(line)-1] == ']':
			if ours = line[1:len(line)-1] == name; ours {
				found = url.Values{} // of two with one name, the last
			}
		case ours:
			key = strings.TrimSpace(key)
			if key == "database" {
				key = "dbname"
			}
			found.Set(key, strings.TrimSpace(value))
		}
	}
	if found == nil {
		return nil, unknown
	}
	return found, nil
}

// serviceFile is where services are described.
func serviceFile(query url.Values) string {
	if named := cmp.Or(query.Get("servicefile"), os.Getenv("PGSERVICEFILE")); named != "" {
		return named
	}
	const name = ".pg_service.conf"
	if runtime.GOOS == "windows" {
		if file := filepath.Join(os.Getenv("APPDATA"), "postgresql", name); isFile(file) {
			return file
		}
	}
	home, _ := os.UserHomeDir() // a file that is then not found
	return filepath.Join(home, name)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
