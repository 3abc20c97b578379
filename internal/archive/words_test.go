package archive

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestEveryReasonHasWordsInBothLanguages(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]bool{}
	quoted := regexp.MustCompile(`"((?:archive|sqlite)\.[a-z_0-9]+)"`)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range quoted.FindAllSubmatch(source, -1) {
			reasons[string(m[1])] = true
		}
	}
	for _, language := range []string{"en", "pt-BR"} {
		data, err := os.ReadFile(filepath.Join("..", "text", language, "archive.json"))
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(data, &words); err != nil {
			t.Fatal(err)
		}
		for reason := range reasons {
			for _, part := range []string{"message", "hint"} {
				if words["error."+reason+"."+part] == "" {
					t.Errorf("%s: error.%s.%s is missing", language, reason, part)
				}
			}
		}
		for key := range words {
			if name := strings.TrimPrefix(strings.TrimSuffix(key, filepath.Ext(key)), "error."); !reasons[name] {
				t.Errorf("%s: %s is the word of no reason", language, key)
			}
		}
	}
}
