package postgres

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"slices"
)

// bundles are where systems keep the authorities that they trust, as a file that every
// libpq reads; only those since 16 know the word "system".
var bundles = []string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
}

// authority is the sslrootcert that a client tool is told. Where certificates are
// checked and nobody says by whom, pgx asks the authorities of the system; libpq would
// not connect at all.
func (a *address) authority(bundles []string) string {
	named := a.query.Get("sslrootcert")
	mode := cmp.Or(a.query.Get("sslmode"), os.Getenv("PGSSLMODE"))
	unnamed := named == "" && os.Getenv("PGSSLROOTCERT") == "" && (mode == "verify-ca" || mode == "verify-full") && !rootOfTheUser()
	if named != "system" && !unnamed {
		return named
	}
	if at := slices.IndexFunc(bundles, isThere); at >= 0 {
		return bundles[at]
	}
	return "system"
}

// rootOfTheUser says whether the file is there that is asked where none is named.
func rootOfTheUser() bool {
	if runtime.GOOS == "windows" {
		return isThere(filepath.Join(os.Getenv("APPDATA"), "postgresql", "root.crt"))
	}
	home, err := os.UserHomeDir()
	return err == nil && isThere(filepath.Join(home, ".postgresql", "root.crt"))
}

func isThere(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
