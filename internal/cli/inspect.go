package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/boot"
	"cofre/internal/errs"
)

func (s *session) inspectCommand() *cobra.Command {
	var quick bool
	var object string
	var rows browsing
	c := &cobra.Command{
		Use:     "inspect FILE|ID",
		Short:   s.words.T("cli.inspect", nil),
		Example: "  cofre inspect app_20261121_101530.dump\n  cofre inspect app.sqlite3 --json\n  cofre inspect app.dump --object public.users\n  cofre inspect app.dump --table users --where \"role = 'ADMIN' AND name ILIKE '%ana%'\"\n  cofre inspect app.dump --search joão",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				if rows.asked() {
					return s.browse(c.Context(), sys, args[0], rows)
				}
				held, schema, err := sys.Service.Study(c.Context(), sys.Service.Ref(c.Context(), args[0]), quick || object != "")
				switch {
				case err != nil:
					return err
				case object != "":
					return s.statements(schema, object)
				case s.json:
					return s.document(struct {
						archive.Contents
						archive.Schema
					}{held, schema})
				}
				s.contents(held)
				s.schema(schema)
				return nil
			})
		},
	}
	s.keyFlags(c)
	c.Flags().BoolVar(&quick, "quick", false, s.words.T("cli.flag_quick", nil))
	c.Flags().StringVar(&object, "object", "", s.words.T("cli.flag_object", nil))
	rows.flags(s, c)
	return c
}

// statements prints how the objects of a name are made.
func (s *session) statements(schema archive.Schema, name string) error {
	found := schema.Named(name)
	if len(found) == 0 {
		return errs.New(errs.NotFound, "inspect.no_object", errs.Args{"name": name})
	}
	for _, o := range found {
		for _, part := range schema.Objects {
			if part.Of == o.Name && part.Name != o.Name {
				found = append(found, part)
			}
		}
	}
	if s.json {
		return s.document(map[string]any{"objects": found})
	}
	for _, o := range found {
		fmt.Fprintf(s.out, "-- %s %s\n%s\n\n", clean(o.Type), clean(o.Name), cleanLines(o.DDL))
	}
	return nil
}

// cleanLines cleans a text that may have several lines.
func cleanLines(words string) string {
	lines := strings.Split(words, "\n")
	for i, line := range lines {
		lines[i] = clean(strings.ReplaceAll(line, "\t", "    "))
	}
	return strings.Join(lines, "\n")
}

// schema prints of what kinds the objects are, and the values of sequences.
func (s *session) schema(schema archive.Schema) {
	kinds := map[string]int64{}
	for _, o := range schema.Objects {
		kinds[o.Type]++
	}
	if schema.LargeObjects > 0 {
		kinds["large object"] = schema.LargeObjects
	}
	fmt.Fprintln(s.out)
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', tabwriter.AlignRight)
	for _, kind := range slices.SortedFunc(maps.Keys(kinds), func(a, b string) int {
		return cmp.Or(cmp.Compare(kinds[b], kinds[a]), strings.Compare(a, b))
	}) {
		fmt.Fprintf(w, "%s\t  %s\t\n", s.count(kinds[kind]), clean(kind))
	}
	_ = w.Flush()
	if len(schema.Roles) > 0 {
		fmt.Fprintf(s.out, "\n%s: %s\n", s.words.T("cli.roles", nil), clean(strings.Join(schema.Roles, ", ")))
	}
	for _, o := range schema.Objects {
		if o.Value != nil {
			fmt.Fprintf(s.out, "%s %s: %d\n", s.words.T("cli.sequence", nil), clean(o.Name), *o.Value)
		}
	}
}
