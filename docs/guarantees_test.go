// Package docs holds the documents, and the test that they name nothing that is not there.
package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named are the places of a document: a folder in backquotes, or the name of a test.
var named = regexp.MustCompile("`([a-z0-9]+(?:/[a-z0-9.]+)*)`|\\b((?:Test|Fuzz)[A-Z]\\w+)")

var tests = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)

// TestEveryTestThatIsPromisedIsThere reads GUARANTEES.md: a test belongs to the
// package that was named last before it.
func TestEveryTestThatIsPromisedIsThere(t *testing.T) {
	text, err := os.ReadFile("GUARANTEES.md")
	if err != nil {
		t.Fatal(err)
	}
	folder, found := "", 0
	for _, match := range named.FindAllStringSubmatch(string(text), -1) {
		path, test := match[1], match[2]
		if test == "" {
			if strings.HasPrefix(path, "internal/") || strings.HasPrefix(path, "e2e/") {
				if _, err := os.Stat(filepath.Join("..", path)); err != nil {
					t.Errorf("%s is promised, and not there: %v", path, err)
				}
				folder = path
			}
			continue
		}
		if found++; !testsIn(t, folder)[test] {
			t.Errorf("%s is no test of %s", test, folder)
		}
	}
	if found < 50 {
		t.Errorf("only %d tests were found in the document", found)
	}
}

// testsIn are the tests of a package.
func testsIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range tests.FindAllStringSubmatch(string(text), -1) {
			all[match[1]] = true
		}
	}
	return all
}
