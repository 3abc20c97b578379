//go:build !windows && !darwin

package secret

import (
	"fmt"
	"os"
	"time"

	"github.com/godbus/dbus/v5"
)

// reachable says whether a Secret Service answers on the session bus. It asks
// for no password. Where there is no bus none is started: the library would, and
// leave it behind.
func reachable() bool {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" {
		if _, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid())); err != nil {
			return false
		}
	}
	_, err := within(probe, ping)
	return err == nil
}

// probe is how long a Secret Service may take to start and say that it is there.
const probe = 3 * time.Second

// ping has a connection of its own: one that hangs must not hold up others of
// this process.
func ping() (string, error) {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return "", err
	}
	defer func() { _ = bus.Close() }()
	return "", bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").Call("org.freedesktop.DBus.Peer.Ping", 0).Err
}
