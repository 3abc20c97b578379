package state

import (
	"reflect"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

func TestConnectionsAreKeptByNameAndOneIsActive(t *testing.T) {
	c := open(t).Connections()
	if all, err := c.All(ctx); err != nil || all == nil || len(all) != 0 {
		t.Errorf("of none: %v, %v", all, err)
	}
	prod := backup.Connection{ID: "1", Name: "Produção", Kind: backup.PostgreSQL, Host: "db", Port: 5432, Database: "wimm_prod", User: "app",
		TLS: "require", Params: map[string]string{"sslrootcert": "/ca.pem"}, Label: "Production", Color: "wine", Production: true, WaitSeconds: 10}
	file := backup.Connection{ID: "2", Name: "casa", Kind: backup.SQLite, Path: "/home/ana/casa.sqlite3"}
	for _, x := range []backup.Connection{prod, file} {
		if err := c.Put(ctx, x); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"1", "2", "2"} {
		if err := c.Activate(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Activate(ctx, "nobody"); errs.CodeOf(err) != errs.NotFound || reason(err) != "connection.unknown" {
		t.Errorf("Activate of an unknown one: %v", err)
	}
	file.Path, file.Active = "/srv/casa.sqlite3", false // which one is active is not Put's to say
	if err := c.Put(ctx, file); err != nil {
		t.Fatal(err)
	}
	file.Active = true
	all, err := c.All(ctx)
	if want := []backup.Connection{file, prod}; err != nil || !reflect.DeepEqual(all, want) {
		t.Errorf("%v\n got %+v\nwant %+v", err, all, want)
	}
	for range 2 {
		if err := c.Delete(ctx, "2"); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := c.All(ctx); err != nil || len(all) != 1 || all[0].Active {
		t.Errorf("after the active one is gone: %+v, %v", all, err)
	}
}

func TestNamesOfConnectionsAreUniqueInEveryScript(t *testing.T) {
	c := open(t).Connections()
	if err := c.Put(ctx, backup.Connection{ID: "1", Name: "Produção"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Put(ctx, backup.Connection{ID: "2", Name: " PRODUÇÃO "}); errs.CodeOf(err) != errs.Invalid || reason(err) != "connection.name_taken" {
		t.Errorf("got %v", err)
	}
	if err := c.Put(ctx, backup.Connection{ID: "1", Name: "produção"}); err != nil {
		t.Errorf("renaming it in another case: %v", err)
	}
}
