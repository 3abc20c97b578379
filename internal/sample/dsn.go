package sample

import (
	"net/url"
	"path/filepath"
)

// dsn names the file for the driver, whatever characters its path has.
func dsn(path string) string {
	path = filepath.ToSlash(path)
	if path[0] != '/' {
		path = "/" + path // C:/…
	}
	u := url.URL{Scheme: "file", Path: path}
	return u.String()
}
