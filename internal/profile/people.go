package profile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// fillPeople lists the people in the order of their IDs, so that the same
// people are the same list whatever order the rows lie in.
func (d declaration) fillPeople(ctx context.Context, s *schema, counts map[string]int64, belongs map[string]membership, f *Facts) error {
	if d.People == nil {
		return nil
	}
	t, ok := s.find(d.People.selector)
	if !ok {
		return nil
	}
	type known struct {
		id string
		Person
	}
	var all []known
	err := s.read(ctx, t, d.People.columns(), func(v map[string]string) {
		p := Person{Name: d.People.name(v), Email: first(v, d.People.Email), Role: role(v, d.People.Role)}
		if m, ok := belongs[v[d.People.ID]]; ok {
			p.Role, p.Group = cmp.Or(m.role, p.Role), m.group
		}
		p.Role = cmp.Or(p.Role, d.People.flagged(v))
		all = append(all, known{v[d.People.ID], p})
	})
	slices.SortStableFunc(all, func(a, b known) int { return byID(a.id, b.id) })
	for _, k := range all[:min(len(all), MaxListed)] {
		f.People = append(f.People, k.Person)
	}
	f.PeopleTotal = rows(counts, t)
	if f.PeopleTotal < 0 && err == nil && len(all) < maxRead {
		f.PeopleTotal = int64(len(all))
	}
	if err != nil {
		return fmt.Errorf("read people from %s: %w", t.name, err)
	}
	return nil
}

func (p people) columns() []string {
	all := append([]string{p.ID}, slices.Concat(p.Email, p.Role)...)
	for _, n := range p.Name {
		all = append(all, n...)
	}
	for _, f := range p.Flags {
		all = append(all, f.Column)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (p people) name(v map[string]string) string {
	for _, columns := range p.Name {
		var parts []string
		for _, c := range columns {
			if v[c] != "" {
				parts = append(parts, v[c])
			}
		}
		if len(parts) > 0 {
			return strings.Join(parts, " ")
		}
	}
	return ""
}

func (p people) flagged(v map[string]string) string {
	for _, f := range p.Flags {
		if on := strings.ToLower(v[f.Column]); on == "1" || on == "t" || on == "true" {
			return f.Role
		}
	}
	return ""
}

func first(v map[string]string, columns []string) string {
	for _, c := range columns {
		if v[c] != "" {
			return v[c]
		}
	}
	return ""
}

// role leaves out numbers: an application that stores its roles as numbers keeps
// their names in its code.
func role(v map[string]string, columns []string) string {
	r := first(v, columns)
	if strings.Trim(r, "0123456789") == "" {
		return ""
	}
	return r
}

// byID orders IDs as numbers where they are numbers.
func byID(a, b string) int {
	if isNumber(a) && isNumber(b) {
		if c := cmp.Compare(len(a), len(b)); c != 0 {
			return c
		}
	}
	return cmp.Compare(a, b)
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
