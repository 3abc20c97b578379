package postgres

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

func TestToolsAskTheAuthoritiesThatTheSessionAsks(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("PGSSLROOTCERT", "")
	t.Setenv("PGSSLMODE", "")
	bundle := filepath.Join(home, "bundle.pem")
	if err := os.WriteFile(bundle, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	told := func(parameters string) string {
		q, err := url.ParseQuery(parameters)
		if err != nil {
			t.Fatal(err)
		}
		return (&address{query: q}).authority([]string{"/no/such/bundle", bundle})
	}
	for parameters, want := range map[string]string{
		"sslmode=require":                         "",
		"sslmode=verify-full":                     bundle,
		"sslmode=verify-full&sslrootcert=system":  bundle,
		"sslmode=verify-ca&sslrootcert=/etc/ours": "/etc/ours",
	} {
		if got := told(parameters); got != want {
			t.Errorf("%s: %s, want %q", parameters, got, want)
		}
	}
	if err := os.MkdirAll(filepath.Join(home, ".postgresql"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".postgresql", "root.crt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := told("sslmode=verify-full"); got != "" {
		t.Errorf("with a file of the user's own: %s", got)
	}
}
