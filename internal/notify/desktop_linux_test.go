package notify_test

import (
	"bufio"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"cofre/internal/errs"
	"cofre/internal/notify"
)

// bell is a small notification server on a bus of the test's own.
type bell struct{ rung chan []any }

// Notify is the method of org.freedesktop.Notifications.
func (b bell) Notify(app string, _ uint32, icon, title, text string, _ []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	b.rung <- []any{app, title, text, hints["urgency"].Value()}
	return 1, nil
}

// privateBus starts a session bus and has the test use it.
func privateBus(t *testing.T) {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("there is no dbus-daemon")
	}
	c := exec.CommandContext(t.Context(), daemon, "--session", "--nofork", "--print-address", "--address=unix:dir="+t.TempDir())
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

func TestTheDesktopShowsANotification(t *testing.T) {
	privateBus(t)
	sender := &notify.Sender{Timeout: 10 * time.Second}
	c := notify.Channel{Kind: notify.Desktop}
	if _, err := sender.Send(t.Context(), c, notify.Secret{}, hostile); errs.Of(err) == nil || errs.Of(err).Reason != "notify.desktop" {
		t.Errorf("where nobody shows notifications: %v", err)
	}
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	b := bell{make(chan []any, 10)}
	err = bus.Export(b, "/org/freedesktop/Notifications", "org.freedesktop.Notifications")
	_, named := bus.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue)
	if err := errors.Join(err, named); err != nil {
		t.Fatal(err)
	}
	if _, err := sender.Send(t.Context(), c, notify.Secret{}, hostile); err != nil {
		t.Fatal(err)
	}
	got := <-b.rung
	if got[0] != "Cofre" || got[1] != hostile.Title || got[2] != `Não foi possível alcançar "db" &amp; co.` || got[3] != byte(2) {
		t.Errorf("%q", got)
	}
	sender.Watched = func() bool { return true }
	if _, err := sender.Send(t.Context(), c, notify.Secret{}, hostile); err != nil || len(b.rung) > 0 {
		t.Errorf("it is in the way of who looks at the window: %v", err)
	}
	m := hostile
	m.Event = notify.Test
	if _, err := sender.Send(t.Context(), c, notify.Secret{}, m); err != nil || len(b.rung) != 1 {
		t.Errorf("a test is not shown: %v", err)
	}
}
