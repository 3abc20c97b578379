package boot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/errs"
	"cofre/internal/service"
)

func TestWhatIsPastedIsShownAndNotSavedUntilSomebodySaysSo(t *testing.T) {
	d, _, _ := atTheWindow(t)
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte("DB_NAME=shop\nDB_USER=ann\nDB_PASSWORD=s3cr3t\nDB_HOST=db.example\nDB_SSLMODE=verify-full\nDB_SSL_CA=/etc/ca.pem\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	seen, err := d.Recognise(t.Context(), file)
	if err != nil || seen.Format != "settings" || seen.Kind != "postgresql" || seen.Failure != nil {
		t.Fatalf("dropped: %+v, %v", seen, err)
	}
	v, err := d.ReadSettings(t.Context(), "", file)
	if err != nil || v.Input.Password != "s3cr3t" || v.Input.RootCert != "/etc/ca.pem" {
		t.Fatalf("read: %+v, %v", v, err)
	}
	before, err := d.Connections(t.Context())
	if err != nil || len(before) != 1 {
		t.Fatalf("saved by reading: %+v, %v", before, err)
	}
	saved, err := d.SaveConnection(t.Context(), v.Input)
	if err != nil || saved.Host != "db.example" || saved.RootCert != "/etc/ca.pem" || !saved.HasPassword {
		t.Fatalf("saved: %+v, %v", saved, err)
	}
	state, err := os.ReadFile(filepath.Join(filepath.Dir(d.LogFile), "state.db"))
	if err != nil || strings.Contains(string(state), "s3cr3t") {
		t.Errorf("the password is in the state: %v", err)
	}

	other := filepath.Join(filepath.Dir(file), "other.env")
	if err := os.WriteFile(other, []byte("DATABASE_URL=mysql://u:p@h/d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if seen, err := d.Recognise(t.Context(), other); err != nil || seen.Failure == nil || seen.Failure.Reason != "settings.other_engine" {
		t.Errorf("of another engine: %+v, %v", seen, err)
	}
	for parameters, want := range map[string]string{"host=x": "connection.parameter_twice", "sslpassword=x": "target.secret_parameter", "%": "connection.parameters"} {
		in := service.ConnectionInput{Kind: "postgresql", Database: "shop", Host: "h", Parameters: parameters}
		if _, err := d.SaveConnection(t.Context(), in); errs.Of(err) == nil || errs.Of(err).Reason != want {
			t.Errorf("%s: %v, want %s", parameters, err, want)
		}
	}
}
