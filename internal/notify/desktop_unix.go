//go:build !windows && !darwin

package notify

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
)

// pop shows a notification by the service of the desktop that is logged in. Where there
// is no session bus none is started.
func pop(ctx context.Context, title, text string, urgent bool) error {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" {
		if _, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid())); err != nil {
			return err
		}
	}
	// A connection of its own: one that hangs must not hold up others of this process.
	done := make(chan error, 2)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("show a notification: %v", p)
			}
		}()
		bus, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
		if err != nil {
			done <- err
			return
		}
		defer func() { _ = bus.Close() }()
		level := byte(1)
		if urgent {
			level = 2
		}
		plain := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;") // the text may hold markup
		hints := map[string]dbus.Variant{"urgency": dbus.MakeVariant(level), "desktop-entry": dbus.MakeVariant("cofre")}
		done <- bus.Object("org.freedesktop.Notifications", "/org/freedesktop/Notifications").
			CallWithContext(ctx, "org.freedesktop.Notifications.Notify", 0, "Cofre", uint32(0), "cofre", title, plain.Replace(text), []string{}, hints, int32(-1)).Err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
