package boot

import (
	"path/filepath"
	"slices"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/service"
)

func TestASavedConnectionKeepsWhatIsDoneAroundItsDatabase(t *testing.T) {
	d, _, _ := atTheWindow(t)
	dir := t.TempDir()
	in := service.ConnectionInput{Kind: "sqlite", Name: "shop", Path: filepath.Join(dir, "app.sqlite3"), AroundView: service.AroundView{
		LockFile: filepath.Join(dir, "app.lock"), ReloadFile: filepath.Join(dir, "reload"), Before: `systemctl stop "my app"`, After: "systemctl start app", CommandSeconds: 30}}
	saved, err := d.SaveConnection(t.Context(), in)
	if err != nil || saved.AroundView != in.AroundView {
		t.Fatalf("saved %+v %v", saved.AroundView, err)
	}
	target, err := d.SavedTarget(t.Context(), saved.Name, "a long password")
	want := backup.Around{LockFile: in.LockFile, ReloadFile: in.ReloadFile, Before: []string{"systemctl", "stop", "my app"}, After: []string{"systemctl", "start", "app"}, Seconds: 30}
	if a := target.Around; err != nil || a.LockFile != want.LockFile || a.ReloadFile != want.ReloadFile || a.Seconds != 30 || !slices.Equal(a.Before, want.Before) || !slices.Equal(a.After, want.After) {
		t.Errorf("the target has %+v %v", a, err)
	}
	in.ID, in.LockFile = saved.ID, in.Path
	if _, err := d.SaveConnection(t.Context(), in); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("the database as its own lock file: %v", err)
	}
}
