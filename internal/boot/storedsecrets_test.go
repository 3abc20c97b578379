package boot

import (
	"context"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/service"
)

// reached is a server that keeps what it was reached with.
type reached struct {
	service.Servers
	target backup.Target
}

func (r *reached) Test(_ context.Context, t backup.Target) (backup.Tested, error) {
	r.target = t
	return backup.Tested{}, nil
}

func TestAStoredPasswordGoesOnlyToWhomItWasStoredFor(t *testing.T) {
	d, _, _ := atTheWindow(t)
	server := &reached{}
	d.Servers = server
	stored := service.ConnectionInput{Kind: "postgresql", Name: "shop", Host: "db.example", Database: "shop", User: "ann", TLS: "require", Password: "db-s3cr3t",
		SSHView: service.SSHView{SSHHost: "gate.example", SSHUser: "ann", SSHAuth: "password"}, SSHSecret: "gate-s3cr3t"}
	for name, c := range map[string]struct {
		change        func(*service.ConnectionInput)
		password, ssh bool // are used
	}{
		"nothing":          {func(*service.ConnectionInput) {}, true, true},
		"the default port": {func(in *service.ConnectionInput) { in.Port, in.SSHPort = 5432, 22 }, true, true},
		"database and TLS": {func(in *service.ConnectionInput) {
			in.Database, in.TLS, in.Parameters = "other", "verify-full", "connect_timeout=5"
		}, true, true},
		"the host":     {func(in *service.ConnectionInput) { in.Host = "other.example" }, false, true},
		"the port":     {func(in *service.ConnectionInput) { in.Port = 5433 }, false, true},
		"the user":     {func(in *service.ConnectionInput) { in.User = "bob" }, false, true},
		"the SSH host": {func(in *service.ConnectionInput) { in.SSHHost = "other.example" }, false, false},
		"the SSH port": {func(in *service.ConnectionInput) { in.SSHPort = 2222 }, false, false},
		"the SSH user": {func(in *service.ConnectionInput) { in.SSHUser = "bob" }, false, false},
		"no SSH":       {func(in *service.ConnectionInput) { in.SSHHost = "" }, false, false},
		"a key of SSH": {func(in *service.ConnectionInput) { in.SSHAuth, in.SSHKeyFile = "key", "/home/ann/key" }, true, false},
		"what is pasted over it": {func(in *service.ConnectionInput) {
			in.Host, in.User, in.TLS, in.SSHHost = "other.example", "ann", "disable", ""
		}, false, false},
	} {
		saved, err := d.SaveConnection(t.Context(), stored)
		if err != nil {
			t.Fatal(err)
		}
		in := stored
		in.ID, in.Password, in.SSHSecret = saved.ID, "", ""
		c.change(&in)
		used, err := d.StoredSecrets(t.Context(), in)
		if want := (service.StoredSecretsView{Password: c.password, SSHSecret: c.ssh}); err != nil || used != want {
			t.Errorf("%s: said to be used: %+v, want %+v (%v)", name, used, want, err)
		}
		same := func(when string, got backup.Target) {
			t.Helper()
			var held backup.Connection
			password, err := held.ReadURL(got.URL)
			if err != nil || (password == "db-s3cr3t") != c.password || (got.SSH.Secret == "gate-s3cr3t") != c.ssh {
				t.Errorf("%s: %s with %q and %q, %v", name, when, password, got.SSH.Secret, err)
			}
		}
		if _, err := d.TestConnection(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		same("tested", server.target)
		v, err := d.SaveConnection(t.Context(), in)
		if err != nil || v.HasPassword != c.password || v.HasSSHSecret != c.ssh {
			t.Errorf("%s: saved as %+v, %v", name, v, err)
		}
		target, err := d.SavedTarget(t.Context(), "shop", "a long password")
		if err != nil {
			t.Fatal(err)
		}
		same("saved", target)
		in.Name, in.Host, in.Port, in.User, in.SSHView = stored.Name, stored.Host, stored.Port, stored.User, stored.SSHView // and back
		if v, err := d.SaveConnection(t.Context(), in); err != nil || v.HasPassword != c.password || v.HasSSHSecret != c.ssh {
			t.Errorf("%s: back again as %+v, %v", name, v, err)
		}
		if err := d.DeleteConnection(t.Context(), saved.ID); err != nil {
			t.Fatal(err)
		}
	}
}
