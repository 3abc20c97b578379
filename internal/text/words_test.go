package text

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cofre/internal/audit"
)

func both(t *testing.T) (en, pt words) {
	t.Helper()
	en, err := load(English)
	if err != nil {
		t.Fatal(err)
	}
	pt, err = load(Portuguese)
	if err != nil {
		t.Fatal(err)
	}
	return en, pt
}

func TestBothLanguagesHaveTheSameKeysInTheSameFiles(t *testing.T) {
	en, pt := both(t)
	for key := range en {
		if _, ok := pt[key]; !ok {
			t.Errorf("pt-BR lacks %q", key)
		}
	}
	for key := range pt {
		if _, ok := en[key]; !ok {
			t.Errorf("en lacks %q", key)
		}
	}
	names := func(lang string) (base []string) {
		found, err := fs.Glob(files, lang+"/*.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			base = append(base, filepath.Base(f))
		}
		return base
	}
	if en, pt := names("en"), names("pt-BR"); !slices.Equal(en, pt) {
		t.Errorf("files of en: %v; of pt-BR: %v", en, pt)
	}
}

func TestBothLanguagesMentionTheSameArguments(t *testing.T) {
	en, pt := both(t)
	arguments := func(template string) []string {
		seen := map[string]bool{}
		for _, m := range place.FindAllStringSubmatch(template, -1) {
			seen[m[1]] = true
		}
		return slices.Sorted(maps.Keys(seen))
	}
	for key, template := range en {
		// A sentence of one language may need the number where the other needs only the noun.
		if e, p := arguments(template), arguments(pt[key]); pt[key] != "" && !slices.Equal(e, p) {
			t.Errorf("%s: en mentions %v, pt-BR %v", key, e, p)
		}
	}
}

func TestEveryTemplateIsWellFormed(t *testing.T) {
	stray := regexp.MustCompile(`[{}|]`)
	for lang, all := range map[Language]words{English: For(English).words, Portuguese: For(Portuguese).words} {
		for key, template := range all {
			if strings.TrimSpace(template) != template || template == "" {
				t.Errorf("%s %s: %q is empty or has space around it", lang, key, template)
			}
			if rest := place.ReplaceAllString(template, ""); stray.MatchString(rest) {
				t.Errorf("%s %s: a brace or bar that belongs to no argument in %q", lang, key, template)
			}
			if strings.Contains(template, "!") {
				t.Errorf("%s %s: no exclamation marks: %q", lang, key, template)
			}
		}
	}
}

// use is a reason or code that the program can give a door.
type use struct {
	kind, name string // kind: "error", "check"
	where      string
	args       []string // that it brings
	known      bool     // args is all of them
}

func TestEveryReasonAndEveryCheckHasItsWords(t *testing.T) {
	en, pt := both(t)
	uses := usesOf(t)
	if len(uses) < 20 {
		t.Fatalf("found only %d reasons and checks: the search is broken", len(uses))
	}
	for _, u := range uses {
		key := u.kind + "." + u.name + ".message"
		if en[key] == "" || pt[key] == "" {
			t.Errorf("%s: no words %q", u.where, key)
		}
	}
}

func TestEveryArgumentThatWordsMentionIsBrought(t *testing.T) {
	en, _ := both(t)
	added := argumentsAdded(t)
	for _, u := range usesOf(t) {
		brought := slices.Concat(added[filepath.Dir(u.where)], u.args)
		for _, part := range []string{"message", "details", "hint"} {
			key := u.kind + "." + u.name + "." + part
			for _, m := range place.FindAllStringSubmatch(en[key], -1) {
				if u.known && !slices.Contains(brought, m[1]) {
					t.Errorf("%s: %q mentions {%s}, which is not among its arguments", u.where, key, m[1])
				}
			}
		}
	}
}

func TestEveryErrorAndCheckThatHasWordsIsUsed(t *testing.T) {
	en, _ := both(t)
	literals := map[string]bool{}
	var beginnings []string // "restore.consent_", completed at run time
	source(t, func(n ast.Node, _ string) {
		s, ok := literal(n)
		if !ok {
			return
		}
		literals[s] = true
		if regexp.MustCompile(`^[a-z]+\.[a-z_.]*[_.]$`).MatchString(s) {
			beginnings = append(beginnings, s)
		}
	})
	name := regexp.MustCompile(`^(?:error|check)\.(.+)\.(?:message|details|hint)$`)
	for key := range en {
		m := name.FindStringSubmatch(key)
		if m == nil || literals[m[1]] || slices.Contains(codes, m[1]) ||
			slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(m[1], b) }) {
			continue
		}
		t.Errorf("nothing in the program gives %q", key)
	}
}

// codes of package errs, which have words for reasons that have none.
var codes = []string{"internal", "invalid", "consent", "incompatible", "not_found", "busy", "denied", "corrupt",
	"unavailable", "rolled_back", "damaged", "stale", "cancelled"}

func TestWhatTheAuditTrailKnowsHasWordsAndNothingElse(t *testing.T) {
	en, _ := both(t)
	for _, what := range audit.Everything {
		if key := "audit.what." + string(what); en[key] == "" {
			t.Errorf("%s has no words", key)
		}
	}
	for key := range en { // the window offers them as a choice
		if what, ok := strings.CutPrefix(key, "audit.what."); ok && !slices.Contains(audit.Everything, audit.What(what)) {
			t.Errorf("%s is never written down", key)
		}
	}
}

func TestEveryCodeHasItsWords(t *testing.T) {
	for _, code := range codes {
		if key := "error." + code + ".message"; !For(Portuguese).Has(key) {
			t.Errorf("no words %q", key)
		}
	}
}

// usesOf finds errs.New(…, "reason", …) and Check{Code: "code", …} in the program.
func usesOf(t *testing.T) (uses []use) {
	source(t, func(n ast.Node, where string) {
		switch n := n.(type) {
		case *ast.CallExpr:
			if named(n.Fun) != "New" || len(n.Args) != 3 || qualifier(n.Fun) != "errs" {
				return
			}
			if s, ok := literal(n.Args[1]); ok {
				args, known := argumentNames(n.Args[2])
				uses = append(uses, use{"error", s, where, args, known})
			}
		case *ast.CompositeLit:
			code, ok := literal(field(n, "Code"))
			if named(n.Type) != "Check" || !ok {
				return
			}
			args, known := argumentNames(field(n, "Args"))
			uses = append(uses, use{"check", code, where, args, known})
		}
	})
	return uses
}

// argumentsAdded finds, by folder, the arguments that an error gets on its way up:
// e.Args["file"] = path.
func argumentsAdded(t *testing.T) map[string][]string {
	added := map[string][]string{}
	source(t, func(n ast.Node, where string) {
		if i, ok := n.(*ast.IndexExpr); ok && named(i.X) == "Args" {
			if key, ok := literal(i.Index); ok {
				added[filepath.Dir(where)] = append(added[filepath.Dir(where)], key)
			}
		}
	})
	return added
}

// field returns the value of a field in a literal, or nil.
func field(n *ast.CompositeLit, name string) ast.Expr {
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && named(kv.Key) == name {
			return kv.Value
		}
	}
	return nil
}

// argumentNames returns the keys of errs.Args{"key": …}; nil brings none, and
// anything else can't be told.
func argumentNames(n ast.Expr) (keys []string, known bool) {
	if n == nil || named(n) == "nil" {
		return nil, true
	}
	l, ok := n.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	for _, e := range l.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return nil, false
		}
		key, ok := literal(kv.Key)
		if !ok {
			return nil, false
		}
		keys = append(keys, key)
	}
	return keys, true
}

// source visits every node of the program's own Go files, tests apart.
func source(t *testing.T, visit func(n ast.Node, where string)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("parse %s: %w", path, err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if n != nil {
				visit(n, set.Position(n.Pos()).String())
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func named(n ast.Expr) string {
	switch n := n.(type) {
	case *ast.Ident:
		return n.Name
	case *ast.SelectorExpr:
		return n.Sel.Name
	}
	return ""
}

func qualifier(n ast.Expr) string {
	if s, ok := n.(*ast.SelectorExpr); ok {
		return named(s.X)
	}
	return ""
}

func literal(n ast.Node) (string, bool) {
	l, ok := n.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}
