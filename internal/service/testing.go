package service

import (
	"context"
	"os"
	"sync"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/job"
)

// testServer words what a server says.
func (d *Desk) testServer(ctx context.Context, t backup.Target) (TestView, error) {
	v := TestView{Why: []backup.Check{}, Tools: []backup.ClientTool{}}
	got, err := d.Servers.Test(ctx, t)
	if err != nil {
		return v, err
	}
	v.Version, v.Tables, v.Bytes, v.RoundTripMS = got.Version, got.Tables, got.Bytes, (got.RoundTrip + time.Millisecond - 1).Milliseconds()
	v.TLS, v.Role, v.Superuser, v.Owner, v.Creates, v.Replica = got.TLS, got.Role, got.Superuser, got.Owner, got.Creates, got.Replica
	v.Aside, v.NoTools = got.Aside, job.FailureOf(got.NoTools)
	v.Why, v.Tools = append(v.Why, got.Why...), append(v.Tools, got.Tools...)
	return v, nil
}

const (
	lookLimit = 8 * time.Second // for one database to answer
	looks     = 4               // databases that are looked for at once
)

// unreachedKey is where it is kept since when connections can't be reached.
const unreachedKey = "unreached"

// States looks for the database of each saved connection, none for longer than a few
// seconds, and judges how it is protected. Nothing of it is read.
func (d *Desk) States(ctx context.Context) ([]ConnectionState, error) {
	states := []ConnectionState{}
	if err := d.admin(); err != nil {
		return states, err
	}
	all, err := d.Connected.All(ctx)
	if err != nil {
		return states, err
	}
	states = make([]ConnectionState, len(all))
	failures := make([]error, len(all))
	var everyone sync.WaitGroup
	seats := make(chan struct{}, looks)
	for i, c := range all {
		everyone.Go(func() {
			seats <- struct{}{}
			defer func() { <-seats }()
			states[i], failures[i] = d.state(ctx, c)
		})
	}
	everyone.Wait()
	for _, err := range failures {
		if err != nil {
			return []ConnectionState{}, err
		}
	}
	return states, d.sinceWhen(ctx, states)
}

func (d *Desk) state(ctx context.Context, c backup.Connection) (ConnectionState, error) {
	v := ConnectionState{ID: c.ID}
	t, unreached := d.target(c)
	if unreached == nil {
		unreached = d.find(ctx, t)
	}
	p, err := d.Service.Protection(ctx, c.Target(""), Apart)
	if err != nil {
		return v, err
	}
	p.Failure = unreached
	p.judge(d.Service.Now())
	v.Status, v.Reason, v.Args, v.Failure = p.Status, p.Reason, p.Args, job.FailureOf(unreached)
	return v, nil
}

// find says why a database is not there.
func (d *Desk) find(ctx context.Context, t backup.Target) error {
	if t.Kind == backup.SQLite {
		info, err := os.Stat(t.Path)
		if err != nil {
			return archive.FileError(err, t.Path)
		}
		if info.Size() > 0 { // an empty file is a database without tables
			_, err = archive.Identify(t.Path)
		}
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	return d.Servers.Reach(ctx, t)
}

// sinceWhen remembers since when databases can't be reached, and forgets it of those that
// can.
func (d *Desk) sinceWhen(ctx context.Context, states []ConnectionState) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	was, is := map[string]int64{}, map[string]int64{}
	if _, err := d.Keep.Load(ctx, unreachedKey, &was); err != nil {
		return err
	}
	changed := false
	for i := range states {
		v := &states[i]
		if v.Failure == nil {
			continue
		}
		since, known := was[v.ID]
		if !known {
			since, changed = millis(d.Service.Now()), true
		}
		v.Since, is[v.ID] = since, since
	}
	if !changed && len(is) == len(was) {
		return nil
	}
	return d.Keep.Save(ctx, unreachedKey, is)
}
