//go:build !windows && !darwin

package secret

import (
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"
)

func TestABusThatNeverAnswersDoesNotHangCofre(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", socket) // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+socket)
	if _, err := within(50*time.Millisecond, ping); !errors.Is(err, errSilent) {
		t.Errorf("got %v", err)
	}
}

func TestABusThatIsGoneIsNoKeyring(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "gone"))
	if reachable() {
		t.Error("a keyring answers")
	}
}
