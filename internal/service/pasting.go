package service

import (
	"context"
	"net/url"

	"cofre/internal/appsettings"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// formatSettings is what RecogniseView calls a file that names a database.
const formatSettings = "settings"

// ReadSettings reads the database that a text (or, where path is not "", a file)
// names. Nothing is saved, and nothing is reached for.
func (d *Desk) ReadSettings(_ context.Context, text, path string) (SettingsView, error) {
	v := SettingsView{Open: []string{}, Ignored: []string{}}
	if err := d.admin(); err != nil {
		return v, err
	}
	var f appsettings.Found
	var err error
	if path != "" {
		f, err = appsettings.ReadFile(path)
	} else {
		f, err = appsettings.Read(text, "")
	}
	if err != nil {
		return v, err
	}
	c := f.Connection
	v.Input = ConnectionInput{Kind: string(c.Kind), Path: c.Path, Host: c.Host, Port: c.Port, Database: c.Database, User: c.User, TLS: c.TLS, Password: f.Password}
	v.Input.RootCert, v.Input.ClientCert, v.Input.ClientKey, v.Input.Parameters = parametersView(c.Params)
	v.Open, v.Ignored = append(v.Open, f.Open...), append(v.Ignored, f.Ignored...)
	return v, nil
}

// asSettings says what path is, where it is no backup but names a database; nil where
// it does neither.
func asSettings(path string) (*backup.Connection, error) {
	f, err := appsettings.ReadFile(path)
	switch e := errs.Of(err); {
	case err == nil:
		return &f.Connection, nil
	case e.Reason == "settings.other_engine", e.Reason == "settings.elsewhere":
		return nil, err
	}
	return nil, nil // it is neither, which is said in other words
}

// parametersView are the parameters of a connection as the form has them: the files of
// its certificates, and the others as in an address.
func parametersView(params map[string]string) (root, cert, key, others string) {
	q := url.Values{}
	for name, value := range params {
		switch name {
		case "sslrootcert":
			root = value
		case "sslcert":
			cert = value
		case "sslkey":
			key = value
		default:
			q.Set(name, value)
		}
	}
	return root, cert, key, q.Encode()
}

// readParameters is the opposite. What the form has a field for is not taken from
// among the others, and neither are passwords.
func readParameters(in ConnectionInput) (map[string]string, error) {
	q, err := url.ParseQuery(in.Parameters)
	if err != nil {
		return nil, errs.New(errs.Invalid, "connection.parameters", nil)
	}
	params := map[string]string{}
	for name := range q {
		switch name {
		case "host", "port", "user", "password", "dbname", "database", "sslmode", "sslrootcert", "sslcert", "sslkey":
			return nil, errs.New(errs.Invalid, "connection.parameter_twice", errs.Args{"parameter": name})
		}
		params[name] = q.Get(name)
	}
	for name, value := range map[string]string{"sslrootcert": in.RootCert, "sslcert": in.ClientCert, "sslkey": in.ClientKey} {
		if value != "" {
			params[name] = value
		}
	}
	if len(params) == 0 {
		return nil, nil
	}
	return params, nil
}
