package cli

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cofre/internal/backup"
)

// nameFlag adds the flag that names a production database once more.
func (s *session) nameFlag(c *cobra.Command) {
	c.Flags().StringVar(&s.typed, "name", "", s.words.T("cli.flag_name", nil))
}

// namesTarget says whether the person has typed the name of a production database:
// by --name, or now, on a terminal. Elsewhere nothing is asked.
func (s *session) namesTarget(p backup.Plan) bool {
	if !slices.Contains(p.Consents, backup.ConsentTyped) {
		return false
	}
	if s.typed == "" && !s.json && isTerminal(s.in) {
		fmt.Fprintf(s.err, "%s: ", s.words.T("cli.ask_name", map[string]any{"target": p.Target.Name}))
		s.typed, _ = bufio.NewReader(s.in).ReadString('\n') // a line that ends early is compared all the same
	}
	return strings.TrimSpace(s.typed) == p.Target.Name
}
