package service

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cofre/internal/archive"
	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Connections lists the saved connections, by name.
func (d *Desk) Connections(ctx context.Context) ([]ConnectionView, error) {
	views := []ConnectionView{}
	if err := d.admin(); err != nil {
		return views, err
	}
	all, err := d.Connected.All(ctx)
	for _, c := range all {
		views = append(views, d.connectionView(c))
	}
	return views, err
}

// SaveConnection keeps a connection; the first one becomes the active one. It does
// not reach for the database: a server that is down today may be saved.
func (d *Desk) SaveConnection(ctx context.Context, in ConnectionInput) (ConnectionView, error) {
	if err := d.admin(); err != nil {
		return ConnectionView{}, err
	}
	c, password, err := d.read(ctx, in)
	if err != nil {
		return ConnectionView{}, err
	}
	all, err := d.Connected.All(ctx)
	if err != nil {
		return ConnectionView{}, err
	}
	var old backup.Connection
	for _, other := range all {
		if other.ID == c.ID {
			old = other
		}
		if other.ID != c.ID && strings.EqualFold(other.Name, c.Name) {
			return ConnectionView{}, errs.New(errs.Invalid, "connection.name_taken", errs.Args{"name": c.Name})
		}
	}
	if c.ID == "" {
		c.ID = newID()
	}
	if err := d.reach().keep(old, c, password); err != nil {
		return ConnectionView{}, err
	}
	typed := password != "" || c.SSH.Secret != ""
	c.SSH.Secret, c.SSH.Trust = "", ""
	if err := d.Connected.Put(ctx, c); err != nil {
		return ConnectionView{}, err
	}
	if len(all) == 0 {
		c.Active = true
		err = d.Connected.Activate(ctx, c.ID)
	}
	return d.connectionView(c), errors.Join(err, d.Service.noteConnection(d.as(ctx), old, c, typed))
}

// read makes a connection of what the form sent. Its password is "" where the
// stored one stays.
func (d *Desk) read(ctx context.Context, in ConnectionInput) (c backup.Connection, password string, err error) {
	c = backup.Connection{ID: in.ID, Name: strings.TrimSpace(in.Name), Kind: backup.Kind(in.Kind), Label: strings.TrimSpace(in.Label), Color: in.Color,
		Production: in.Production, WaitSeconds: in.WaitSeconds, ToolsDir: in.ToolsDir}
	var old backup.Connection
	if in.ID != "" {
		if old, err = d.connection(ctx, in.ID); err != nil {
			return c, "", err
		}
		c.Active, c.Choices = old.Active, old.Choices
	}
	if in.WaitSeconds < 0 || in.WaitSeconds > 3600 {
		return c, "", errs.New(errs.Invalid, "connection.wait", nil)
	}
	password = in.Password
	switch c.Kind {
	case backup.SQLite:
		t, err := backup.ParseTarget(in.Path)
		if err == nil && t.Kind != backup.SQLite {
			err = errs.New(errs.Invalid, "target.path", errs.Args{"path": in.Path})
		}
		if err != nil {
			return c, "", err
		}
		c.Path = t.Path
		if c.Name == "" {
			c.Name = t.Name
		}
	case backup.PostgreSQL:
		err := readServer(&c, in)
		if c.Port < 0 || c.Port > 65535 {
			return c, "", errs.New(errs.Invalid, "connection.port", nil)
		}
		if err := c.SSH.Check(); err != nil {
			return c, "", err
		}
		if err == nil {
			_, err = backup.ParseTarget(c.Target("").URL) // a parameter may be one that is refused
		}
		if err != nil {
			return c, "", err
		}
	default:
		return c, "", errs.New(errs.Invalid, "backup.kind", errs.Args{"kind": in.Kind})
	}
	if c.Kind == backup.PostgreSQL && c.Database == "" {
		return c, "", errs.New(errs.Invalid, "connection.database", nil)
	}
	if c.Name == "" {
		c.Name = c.Database
	}
	if c.Target("").Identity() == old.Target("").Identity() { // nobody has said what may go of another database
		c.Retention, c.Watch, c.BringBack = old.Retention, old.Watch, old.BringBack
	}
	if c.Around, err = AroundOf(in.AroundView, c.Path); err != nil {
		return c, "", err
	}
	if !slices.Contains([]string{"wine", "copper", "teal", "indigo", "slate"}, c.Color) {
		c.Color = "teal"
		if c.Production {
			c.Color = "wine"
		}
	}
	return c, password, nil
}

// readServer reads where the server of a form is, and who asks it.
func readServer(c *backup.Connection, in ConnectionInput) (err error) {
	c.Host, c.Port, c.Database, c.User, c.TLS = strings.TrimSpace(in.Host), in.Port, strings.TrimSpace(in.Database), strings.TrimSpace(in.User), in.TLS
	c.SSH = readSSH(in)
	c.Params, err = readParameters(in)
	return err
}

// TestConnection reaches a database as the form describes it and saves nothing.
func (d *Desk) TestConnection(ctx context.Context, in ConnectionInput) (TestView, error) {
	v := TestView{Why: []backup.Check{}, Tools: []backup.ClientTool{}}
	if err := d.admin(); err != nil {
		return v, err
	}
	c, password, err := d.read(ctx, in)
	if err != nil {
		return v, err
	}
	var old backup.Connection
	if c.ID != "" {
		if old, err = d.connection(ctx, c.ID); err != nil {
			return v, err
		}
	}
	if c, password, err = d.reach().complete(old, c, password); err != nil {
		return v, err
	}
	t := d.reach().through(c.Target(password))
	if t.Kind == backup.PostgreSQL {
		return d.testServer(ctx, t)
	}
	began := time.Now()
	held, err := d.Service.Probe(ctx, t)
	v.Version, v.Tables, v.Bytes, v.RoundTripMS = held.Version, len(held.Tables), held.Bytes, time.Since(began).Milliseconds()
	return v, err
}

// DeleteConnection forgets a connection, its password and its schedules. The database
// and its backups stay.
func (d *Desk) DeleteConnection(ctx context.Context, id string) error {
	if err := d.admin(); err != nil {
		return err
	}
	c, err := d.connection(ctx, id)
	if errs.CodeOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := d.reach().forget(id); err != nil {
		return err
	}
	all, err := d.Scheduler.Book.Schedules(ctx)
	if err != nil {
		return err
	}
	if err := d.Connected.Delete(ctx, id); err != nil {
		return err
	}
	gone := audit.Entry{What: audit.ConnectionRemoved, Subject: c.Name, Database: c.Name, Place: c.Target("").Place()}
	err = d.Service.note(d.as(ctx), gone, nil)
	for _, s := range all {
		if s.Connection == id {
			gone.What, gone.Subject = audit.ScheduleRemoved, s.Name
			err = errors.Join(err, d.Service.note(d.as(ctx), gone, nil))
		}
	}
	return err
}

// Activate makes a connection the active one.
func (d *Desk) Activate(ctx context.Context, id string) error {
	if err := d.admin(); err != nil {
		return err
	}
	c, err := d.connection(ctx, id)
	if err != nil || c.Active {
		return err
	}
	if err := d.Connected.Activate(ctx, id); err != nil {
		return err
	}
	return d.Service.note(d.as(ctx), audit.Entry{What: audit.ConnectionActivated, Subject: c.Name, Database: c.Name, Place: c.Target("").Place()}, nil)
}

// CreateSample makes a sample database (or takes the one that the program was
// given), saves its connection and makes it the active one.
func (d *Desk) CreateSample(ctx context.Context, app string) (ConnectionView, error) {
	if err := d.admin(); err != nil {
		return ConnectionView{}, err
	}
	path := d.SamplePath
	if _, err := os.Stat(path); path == "" || err != nil {
		path = filepath.Join(d.SampleDir, "sample_"+app+".sqlite3")
		if err := os.MkdirAll(d.SampleDir, 0o700); err != nil {
			return ConnectionView{}, archive.FileError(err, d.SampleDir)
		}
		if _, err := os.Stat(path); err != nil {
			if err := d.WriteSample(ctx, path, app); err != nil {
				return ConnectionView{}, err
			}
		}
	}
	all, err := d.Connected.All(ctx)
	if err != nil {
		return ConnectionView{}, err
	}
	in := ConnectionInput{Kind: string(backup.SQLite), Path: path, Color: "teal"}
	for _, c := range all {
		if c.Path == path {
			in.ID, in.Name, in.Label, in.Color, in.WaitSeconds, in.Production = c.ID, c.Name, c.Label, c.Color, c.WaitSeconds, c.Production
			in.AroundView = aroundView(c.Around)
		}
	}
	v, err := d.SaveConnection(ctx, in)
	if err != nil {
		return v, err
	}
	v.Active = true
	return v, d.Activate(ctx, v.ID)
}

// active returns the active connection and its target; ok is false where there is none.
func (d *Desk) active(ctx context.Context) (c backup.Connection, t backup.Target, ok bool, err error) {
	all, err := d.Connected.All(ctx)
	if err != nil {
		return c, t, false, err
	}
	for _, c := range all {
		if c.Active {
			t, err := d.target(c)
			return c, t, true, err
		}
	}
	return c, t, false, nil
}

// needActive is active where there has to be one.
func (d *Desk) needActive(ctx context.Context) (backup.Connection, backup.Target, error) {
	c, t, ok, err := d.active(ctx)
	if err == nil && !ok {
		err = errs.New(errs.NotFound, "connection.none", nil)
	}
	return c, t, err
}

// SavedTarget is the database of a saved connection, for whoever knows an
// administrator's password (the command line).
func (d *Desk) SavedTarget(ctx context.Context, name, password string) (backup.Target, error) {
	if _, err := d.verifyAny(ctx, password); err != nil {
		return backup.Target{}, err
	}
	all, err := d.Connected.All(ctx)
	if err != nil {
		return backup.Target{}, err
	}
	for _, c := range all {
		if c.Name == name || c.ID == name {
			return d.target(c)
		}
	}
	return backup.Target{}, errs.New(errs.NotFound, "connection.unknown", errs.Args{"name": name})
}

// Marked returns t with the label, the colour and the mark of production of the saved
// connection to the same database, where there is one.
func (d *Desk) Marked(ctx context.Context, t backup.Target) (backup.Target, error) {
	all, err := d.Connected.All(ctx)
	for _, c := range all {
		if saved := c.Target(""); saved.Identity() == t.Identity() {
			t.Label, t.Color, t.Production = saved.Label, saved.Color, t.Production || saved.Production
		}
	}
	return t, err
}

// verifyAny returns whose password it is, where it is an administrator's.
func (d *Desk) verifyAny(ctx context.Context, password string) (string, error) {
	none, err := d.Administrators.Needed(ctx)
	if err != nil {
		return "", err
	}
	if none {
		return "", errs.New(errs.Denied, "connection.no_administrator", nil)
	}
	name, err := d.Administrators.VerifyAny(ctx, password)
	if err != nil { // whoever knows it leaves the entry of what it is used for
		err = errors.Join(err, d.noteLogin(ctx, "", err))
	}
	return name, err
}

func (d *Desk) connection(ctx context.Context, id string) (backup.Connection, error) {
	all, err := d.Connected.All(ctx)
	if err != nil {
		return backup.Connection{}, err
	}
	for _, c := range all {
		if c.ID == id {
			return c, nil
		}
	}
	return backup.Connection{}, errs.New(errs.NotFound, "connection.unknown", errs.Args{"name": id})
}

func (d *Desk) connectionView(c backup.Connection) ConnectionView {
	secret, err := d.password(c)
	root, cert, key, others := parametersView(c.Params)
	return ConnectionView{SSHView: sshView(c.SSH, d.reach().has(sshSecret(c.ID))),
		ID: c.ID, Name: c.Name, Kind: string(c.Kind), Path: c.Path, Host: c.Host, Port: c.Port, Database: c.Database, User: c.User, TLS: c.TLS, RootCert: root, ClientCert: cert, ClientKey: key, Parameters: others,
		HasPassword: secret != "" && err == nil, Label: c.Label, Color: c.Color, Production: c.Production, WaitSeconds: c.WaitSeconds, ToolsDir: c.ToolsDir, AroundView: aroundView(c.Around), Active: c.Active}
}
