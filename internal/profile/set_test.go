package profile

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"cofre/internal/errs"
)

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAPersonsOwnProfileGoesBeforeTheKnown(t *testing.T) {
	set, err := Load(folder(t, map[string]string{
		"clinic.json": `{"app": "clinic", "needs": [{"tables": ["Users"], "columns": ["Email"]}],
			"counters": [{"key": "patients", "label": "Pacientes", "tables": ["none", "users"]}]}`,
		"notes.txt": "not a profile",
	}))
	if err != nil {
		t.Fatal(err)
	}
	source := &fake{tables: map[string][][]string{"migrations": {{"migration", "batch"}}, "users": {{"id", "email"}}}}
	facts, err := set.Detect(context.Background(), source, source.counts())
	if err != nil {
		t.Fatal(err)
	}
	want := &Facts{App: "clinic", Counters: []Counter{{Key: "patients", Label: "Pacientes", Table: "users"}}}
	if !reflect.DeepEqual(facts, want) {
		t.Errorf("got %+v, want %+v", facts, want)
	}
}

func TestProfilesThatCannotBeUsedAreNamedAndPassedOver(t *testing.T) {
	set, err := Load(folder(t, map[string]string{
		"a.json": `{"app": "clinic", "needs": [{"tables": ["patients"]}]}`,
		"b.json": `{"app": "b"`,
		"c.json": `{"app": "c", "needs": []}`,
		"d.json": `{"needs": [{"tables": ["patients"]}]}`,
		"e.json": `{"app": "e", "needs": [{}]}`,
		"f.json": `{"app": "f", "needs": [{"table": "patients"}]}`,
		"g.json": `{"app": "g", "needs": [{"tables": ["x"]}], "counters": [{"key": "x"}]}`,
		"h.json": `{"app": "h", "needs": [{"tables": ["x"]}], "people": {"tables": ["x"], "name": [["Senha"]]}}`,
	}))
	if err == nil {
		t.Fatal("broken files were taken")
	}
	for _, name := range []string{"b.json", "c.json", "d.json", "e.json", "f.json", "g.json", "h.json"} {
		if !strings.Contains(err.Error(), "profile.file file="+name) {
			t.Errorf("%s is not named by %v", name, err)
		}
	}
	if strings.Contains(err.Error(), "a.json") || errs.CodeOf(err) != errs.Invalid {
		t.Errorf("the error is %v", err)
	}
	source := &fake{tables: map[string][][]string{"patients": {{"id"}}}}
	if facts, err := set.Detect(context.Background(), source, nil); err != nil || facts == nil || facts.App != "clinic" {
		t.Errorf("the good file gives %+v, %v", facts, err)
	}
}

func TestAFolderThatIsNotThereIsLikeAnEmptyOne(t *testing.T) {
	set, err := Load(filepath.Join(t.TempDir(), "none"))
	if err != nil || !reflect.DeepEqual(set, Known()) {
		t.Errorf("got %v, %v", set, err)
	}
}

func TestEveryKnownProfileIsWhole(t *testing.T) {
	apps := map[string]bool{}
	for _, d := range Known().declarations {
		apps[d.App] = true
	}
	for _, app := range []string{"wimm-finance", "fleet", "django", "rails", "laravel"} {
		if !apps[app] {
			t.Errorf("%s is not known", app)
		}
	}
}

func TestEveryApplicationAndCounterHasWords(t *testing.T) {
	for _, lang := range []string{"en", "pt-BR"} {
		file, err := os.ReadFile(filepath.Join("..", "text", lang, "profile.json"))
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(file, &words); err != nil {
			t.Fatal(err)
		}
		for _, d := range Known().declarations {
			wanted := []string{"profile.app." + d.App}
			for _, c := range d.Counters {
				wanted = append(wanted, "profile.counter."+c.Key+".name", "profile.counter."+c.Key+".count")
			}
			for _, key := range wanted {
				if words[key] == "" {
					t.Errorf("%s has no words for %s", lang, key)
				}
			}
		}
	}
}
