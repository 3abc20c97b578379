package profile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// facts reads what d says matters from the schema that it fits.
func (d declaration) facts(ctx context.Context, s *schema, counts map[string]int64) (*Facts, error) {
	f := &Facts{App: d.App}
	title, titleErr := d.title(ctx, s)
	names, groupErr := d.groupNames(ctx, s)
	belongs, memberErr := d.memberships(ctx, s, names)
	peopleErr := d.fillPeople(ctx, s, counts, belongs, f)

	for _, id := range slices.SortedFunc(maps.Keys(names), byID) {
		if len(f.Groups) < MaxListed {
			f.Groups = append(f.Groups, names[id])
		}
	}
	f.Title = title
	if f.Title == "" && len(names) == 1 {
		f.Title = f.Groups[0]
	}
	f.Counters = d.count(s, counts)
	return f, errors.Join(titleErr, groupErr, memberErr, peopleErr)
}

func (d declaration) title(ctx context.Context, s *schema) (string, error) {
	if d.Title == nil {
		return "", nil
	}
	t, ok := s.find(d.Title.selector)
	if !ok {
		return "", nil
	}
	values := map[string]string{}
	err := s.read(ctx, t, []string{d.Title.Key, d.Title.Value}, func(v map[string]string) {
		values[strings.ToLower(v[d.Title.Key])] = v[d.Title.Value]
	})
	if err != nil {
		return "", fmt.Errorf("read the title from %s: %w", t.name, err)
	}
	for _, key := range d.Title.Keys {
		if v := values[strings.ToLower(key)]; v != "" {
			return v, nil
		}
	}
	return "", nil
}

// groupNames are the names of the groups by their IDs.
func (d declaration) groupNames(ctx context.Context, s *schema) (map[string]string, error) {
	names := map[string]string{}
	if d.Groups == nil {
		return names, nil
	}
	t, ok := s.find(d.Groups.selector)
	if !ok {
		return names, nil
	}
	err := s.read(ctx, t, []string{d.Groups.ID, d.Groups.Name}, func(v map[string]string) {
		names[v[d.Groups.ID]] = v[d.Groups.Name]
	})
	if err != nil {
		return names, fmt.Errorf("read groups from %s: %w", t.name, err)
	}
	return names, nil
}

// membership is what a person is, and of which groups.
type membership struct{ role, group string }

// memberships are by the IDs of people. A person in several groups has them all,
// and the role of the first.
func (d declaration) memberships(ctx context.Context, s *schema, groups map[string]string) (map[string]membership, error) {
	belongs := map[string]membership{}
	if d.Members == nil {
		return belongs, nil
	}
	t, ok := s.find(d.Members.selector)
	if !ok {
		return belongs, nil
	}
	err := s.read(ctx, t, d.Members.columns(), func(v map[string]string) {
		group := groups[v[d.Members.Group]]
		m, more := belongs[v[d.Members.Person]]
		if !more {
			m = membership{role: role(v, d.Members.Role), group: group}
		} else if group != "" && group != m.group {
			m.group = strings.TrimPrefix(m.group+", "+group, ", ")
		}
		belongs[v[d.Members.Person]] = m
	})
	if err != nil {
		return belongs, fmt.Errorf("read members from %s: %w", t.name, err)
	}
	return belongs, nil
}

func (m members) columns() []string { return append([]string{m.Person, m.Group}, m.Role...) }

// count returns the counters whose tables are there.
func (d declaration) count(s *schema, counts map[string]int64) []Counter {
	var all []Counter
	for _, c := range d.Counters {
		sel := c.selector
		if c.People {
			if d.People == nil {
				continue
			}
			sel = d.People.selector
		}
		if t, ok := s.find(sel); ok {
			all = append(all, Counter{Key: c.Key, Label: c.Label, Rows: rows(counts, t), Table: t.name})
		}
	}
	return all
}

func rows(counts map[string]int64, t table) int64 {
	if n, ok := counts[t.name]; ok && n >= 0 {
		return n
	}
	return -1
}
