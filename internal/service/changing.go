package service

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// changed names the settings in which two values of one kind differ, by their keys in
// JSON: what the audit trail says of a change.
func changed(old, now any) []string {
	a, b := keysOf(old), keysOf(now)
	both := maps.Clone(a)
	maps.Copy(both, b)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(both)), func(key string) bool { return reflect.DeepEqual(a[key], b[key]) })
}

func keysOf(v any) map[string]any {
	keys := map[string]any{}
	if raw, err := json.Marshal(v); err == nil {
		_ = json.Unmarshal(raw, &keys) // what is no object has no keys
	}
	return keys
}

// noteConnection writes down that a connection was added, or which of its settings
// were changed. The zero connection is none.
func (s *Service) noteConnection(ctx context.Context, old, c backup.Connection, password bool) error {
	t := c.Target("")
	e := audit.Entry{What: audit.ConnectionAdded, Subject: c.Name, Database: c.Name, Place: t.Place()}
	if old.ID != "" {
		e.What, e.Names = audit.ConnectionChanged, changed(old, c)
		if password {
			e.Names = append(e.Names, "password")
		}
		if len(e.Names) == 0 {
			return nil
		}
	}
	return s.note(ctx, e, nil)
}

// noteLogin writes down an attempt to log in. Of one that failed it names nobody but
// an administrator that there is: people type passwords into the field of the name.
// Attempts that came too early were not looked at, and are no news.
func (d *Desk) noteLogin(ctx context.Context, name string, cause error) error {
	if cause != nil && errs.Of(cause).Reason != "auth.wrong" {
		return nil
	}
	spelling, err := d.Administrators.Spelling(ctx, name)
	if err != nil {
		return err
	}
	return d.Service.note(ctx, audit.Entry{Who: spelling, What: audit.Login}, cause)
}
