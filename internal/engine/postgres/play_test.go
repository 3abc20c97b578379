package postgres

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// TestWhatAnOlderServerCanNotParseIsNamed has statements as a newer server may write
// them, alone and among others: the message that holds one fails as a whole.
func TestWhatAnOlderServerCanNotParseIsNamed(t *testing.T) {
	c := testdb.Postgres(t)
	owner := c.Role(t, "app", "")
	for name, test := range map[string]struct{ script, item string }{
		"first":         {"CREATE TABLE public.a (n int GENERATED LATER);", "public.a"},
		"among others":  {"CREATE TABLE public.a (n int); CREATE VIEW public.v AS SELECT n FROM public.a FORESEEN BY 2; CREATE TABLE public.b (n int);", "public.v"},
		"after rows":    {"CREATE TABLE public.a (n int);\nCOPY public.a (n) FROM stdin;\n1\n\\.\nALTER TABLE public.a SET FORESEEN;", "public.a"},
		"that is heavy": {"CREATE TABLE public.a (n int); CREATE INDEX i ON public.a USING btree (n) FORESEEN;", "i"},
	} {
		t.Run(name, func(t *testing.T) {
			url := c.DatabaseOf(t, owner) // whose tables are the application's, so that a refused definition gets its second try
			testdb.Exec(t, url, "CREATE TABLE public.kept (n int); INSERT INTO kept VALUES (42); ALTER TABLE kept OWNER TO "+owner)
			of := target(url)
			forgetSides(t, c, of)
			want := text(t, url)
			file := filepath.Join(t.TempDir(), "newer.sql")
			if err := os.WriteFile(file, []byte("-- PostgreSQL database dump\nSET client_encoding = 'UTF8';\n"+test.script+"\n-- PostgreSQL database dump complete\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			e := &Engine{}
			_, inPlace := e.Restore(t.Context(), of, file, unheard)
			_, aside := e.BuildAside(t.Context(), of, file, e.NamesFor(of, sideTime), unheard)
			for _, err := range []error{inPlace, aside} {
				wantReason(t, err, errs.Incompatible, "postgres.does_not_fit")
				if said := errs.Of(err); said != nil && (said.Args["item"] != test.item || !strings.Contains(err.Error(), "syntax error")) {
					t.Errorf("about %v, want %s: %v", said.Args["item"], test.item, err)
				}
			}
			if got := text(t, url); got != want {
				t.Errorf("the database was changed:\n%s", difference(want, got))
			}
			if left := sideDatabases(t, c, of); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}
