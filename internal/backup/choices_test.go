package backup

import (
	"reflect"
	"testing"

	"cofre/internal/errs"
)

func TestAChoiceIsReadAsItIsWritten(t *testing.T) {
	for text, want := range map[string]Choice{
		"acct.uid:not_uuid=leave":            {"acct", "uid", "not_uuid", ActLeave},
		"lost:table_missing=stop":            {"lost", "", "table_missing", ActStop},
		`"a.b"."c=""d"":":duplicate=default`: {"a.b", `c="d":`, "duplicate", ActDefault},
		"t.a, b:duplicate=null":              {"t", "a, b", "duplicate", ActNull},
	} {
		got, err := ParseChoice(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %+v, %q, %v", text, got, got.String(), err)
		}
	}
	for _, text := range []string{"", "acct", "acct.uid=leave", "acct.uid:not_uuid", "acct.uid:not_uuid=explode", ".uid:x=leave", "acct.:x=leave", `"acct.uid:x=leave`, "acct.uid:=leave", `""."b":x=stop`} {
		if c, err := ParseChoice(text); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("%q: %+v, %v", text, c, err)
		}
	}
}

func TestOfTwoDecisionsAboutTheSameTheLaterStands(t *testing.T) {
	kept := Choices{Zone: "Asia/Tokyo", Each: []Choice{{"a", "b", "nul", ActStop}, {"a", "c", "nul", ActNull}}}
	got := kept.With(Choices{Alike: true, Each: []Choice{{"a", "b", "nul", ActLeave}}})
	want := Choices{Zone: "Asia/Tokyo", Alike: true, Each: []Choice{{"a", "c", "nul", ActNull}, {"a", "b", "nul", ActLeave}}}
	if !reflect.DeepEqual(got, want) || kept.Each[0].Action != ActStop {
		t.Errorf("got %+v, kept %+v", got, kept)
	}
	if _, err := (Choices{Zone: "Mars/Olympus"}).Location(); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("a zone that nobody knows: %v", err)
	}
}
