//go:build !windows && !darwin

package secret

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/godbus/dbus/v5"
)

// reachable says whether a Secret Service answers on the session bus. It asks
// for no password. Without a bus none is started: the library would, and leave it
// behind for each call.
func reachable() bool {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" {
		if _, err := os.Stat(filepath.Join("/run/user", fmt.Sprint(os.Getuid()), "bus")); err != nil {
			return false
		}
	}
	_, err := within(3*time.Second, func() (string, error) {
		bus, err := dbus.SessionBus()
		if err != nil {
			return "", err
		}
		return "", bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").Call("org.freedesktop.DBus.Peer.Ping", 0).Err
	})
	return err == nil
}
