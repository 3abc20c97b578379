package postgres

import (
	"os"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

func TestTheRoomOfAServerOnThisMachineIsLookedAt(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	folder := testdb.Query(t, url, "SHOW data_directory")[0]
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the data directory can't be seen by this user")
	}
	for free, want := range map[int64]string{1: "warning postgres.side_full", 1 << 50: "info postgres.side_room_known"} {
		e := &Engine{Free: func(string) (int64, error) { return free, nil }}
		can, checks, err := e.CanSwap(t.Context(), target(url), backup.Archive{})
		if err != nil || !can || len(checks) != 1 || string(checks[0].Level)+" "+checks[0].Code != want {
			t.Errorf("%d bytes free: %v, %+v, %v, want %q", free, can, checks, err, want)
		}
	}
	if can, checks, err := new(Engine).CanSwap(t.Context(), target(url), backup.Archive{}); err != nil || !can || checks[0].Code != "postgres.side_room" {
		t.Errorf("where nobody knows: %v, %+v, %v", can, checks, err)
	}
}
