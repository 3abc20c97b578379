//go:build !windows && !darwin

package platform

import "testing"

func TestFoldersFollowTheXDGSpecification(t *testing.T) {
	t.Setenv("COFRE_HOME", "")
	t.Setenv("HOME", "/home/ana")
	t.Setenv("XDG_DATA_HOME", "/data")
	t.Setenv("XDG_STATE_HOME", "relative/is/ignored")
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	got, err := Home("")
	want := Dirs{
		Data: "/data/cofre", Backups: "/data/cofre/backups", Cache: "/home/ana/.cache/cofre",
		State: "/data/cofre/state.db", Lock: "/data/cofre/job.lock", Keeper: "/data/cofre/schedule.lock", Log: "/home/ana/.local/state/cofre/cofre.log",
	}
	if err != nil || got != want {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	if dir, err := ConfigDir(); err != nil || dir != "/home/ana/.config/cofre" {
		t.Errorf("config is at %s, %v", dir, err)
	}
}

func TestWithoutAHomeTheErrorSaysHowToNameOne(t *testing.T) {
	for _, name := range []string{"HOME", "COFRE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"} {
		t.Setenv(name, "")
	}
	if _, err := Home(""); reason(err) != "platform.no_home" {
		t.Errorf("got %v", err)
	}
}
