package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestAdministratorsAreKeptByCommandsWithSecretsFromTheEnvironment(t *testing.T) {
	home := t.TempDir()
	t.Setenv("COFRE_KEYRING", "off")
	with := func(own, fresh, code string) {
		t.Setenv("COFRE_ADMIN_PASSWORD", own)
		t.Setenv("COFRE_NEW_PASSWORD", fresh)
		t.Setenv("COFRE_RECOVERY_CODE", code)
	}
	run := func(want int, args ...string) answer {
		t.Helper()
		return cofre(t, home, append([]string{"administrators", "--json"}, args...)...).want(t, want)
	}
	type coded struct {
		Name         string `json:"name"`
		RecoveryCode string `json:"recovery_code"`
	}
	with("", "", "")
	run(12, "add", "ana") // no terminal to ask on
	with("", "a long password", "")
	first := read[coded](t, run(0, "add", "ana"))
	if len(first.RecoveryCode) != 29 {
		t.Errorf("the first one: %+v", first)
	}
	run(12, "add", "bia") // the first one's password is needed now
	with("a wrong password", "a second password", "")
	run(12, "add", "bia")
	with("a long password", "a second password", "")
	run(0, "add", "bia")
	run(2, "add", "BIA")
	run(0, "remove", "bia")
	run(12, "remove", "ana") // the last one

	with("a long password", "a new password", "")
	run(0, "password", "ana")
	with("", "the third password", "no code")
	run(12, "recover", "ana")
	with("", "the third password", strings.ToLower(first.RecoveryCode))
	next := read[coded](t, run(0, "recover", "ANA"))
	if next.Name != "ana" || next.RecoveryCode == first.RecoveryCode {
		t.Errorf("recovered: %+v", next)
	}
	run(12, "recover", "ana") // a code works once
	with("the third password", "", "")
	if again := read[coded](t, run(0, "code", "ana")); again.RecoveryCode == next.RecoveryCode {
		t.Errorf("the same code again")
	}
	all := read[struct{ Administrators []administrator }](t, run(0, "list"))
	if len(all.Administrators) != 1 || all.Administrators[0].Name != "ana" || !all.Administrators[0].RecoveryCode {
		t.Errorf("%+v", all)
	}

	trail := read[struct {
		Entries []struct{ What, Ending, Subject string }
	}](t, cofre(t, home, "audit", "--json").want(t, 0))
	var told []string
	for _, e := range trail.Entries {
		told = append(told, e.What+" "+e.Ending+" "+e.Subject)
	}
	want := []string{"administrator_created succeeded ana", "login failed ", "administrator_created succeeded bia", "administrator_removed succeeded bia",
		"password_changed succeeded ana", "password_reset failed ana", "password_reset succeeded ana", "password_reset failed ana", "recovery_code succeeded ana"}
	slices.Reverse(told)
	if !slices.Equal(told, want) {
		t.Errorf("the trail says\n%s", strings.Join(told, "\n"))
	}
}
