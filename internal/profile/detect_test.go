package profile

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// family is a PostgreSQL database of the finance application.
func family() *fake {
	return &fake{tables: map[string][][]string{
		"public.finances_family":       {{"id", "name"}, {"2", "Família Sá"}, {"1", "Família Lima"}},
		"public.finances_familymember": {{"id", "role", "family_id", "user_id"}, {"1", "PARENT", "1", "10"}, {"2", "ADMIN", "1", "9"}, {"3", "ADMIN", "2", "11"}},
		"public.finances_customuser": {
			{"id", "password", "username", "email", "first_name", "last_name", "is_superuser"},
			{"11", "x", "ines", "ines@example.com", "", "", "f"},
			{"9", "x", "joao", "joao@example.com", "João", "Lima", "f"},
			{"10", "x", "lia", "", "Lia", "", "f"},
			{"12", "x", "root", "", "", "", "t"},
		},
		"public.finances_transaction": {{"id"}, {"1"}, {"2"}},
		"public.django_migrations":    {{"id", "app", "name", "applied"}},
		"public.django_content_type":  {{"id", "app_label", "model"}},
	}}
}

func TestAFamilysPeopleHaveTheirFamilyAndRole(t *testing.T) {
	got := detect(t, family())
	want := &Facts{
		App:    "wimm-finance",
		Groups: []string{"Família Lima", "Família Sá"},
		People: []Person{
			{"João Lima", "joao@example.com", "ADMIN", "Família Lima"},
			{"Lia", "", "PARENT", "Família Lima"},
			{"ines", "ines@example.com", "ADMIN", "Família Sá"},
			{"root", "", "superuser", ""},
		},
		PeopleTotal: 4,
		Counters:    []Counter{{Key: "families", Rows: 2, Table: "public.finances_family"}, {Key: "users", Rows: 4, Table: "public.finances_customuser"}, {Key: "transactions", Rows: 2, Table: "public.finances_transaction"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestOneFamilyIsTheTitleAndSeveralAreNot(t *testing.T) {
	f := family()
	if got := detect(t, f).Title; got != "" {
		t.Errorf("two families have the title %q", got)
	}
	f.tables["public.finances_family"] = [][]string{{"id", "name"}, {"1", "Família Lima"}}
	if got := detect(t, f).Title; got != "Família Lima" {
		t.Errorf("one family has the title %q", got)
	}
}

func TestTheUsersOfDjangoItselfWillDo(t *testing.T) {
	f := family()
	f.tables["public.auth_user"] = f.tables["public.finances_customuser"]
	delete(f.tables, "public.finances_customuser")
	if got := detect(t, f); len(got.People) != 4 || got.People[0].Group != "Família Lima" {
		t.Errorf("people: %+v", got.People)
	}
}

func TestSeveralFamiliesOfAPersonAreAllNamed(t *testing.T) {
	f := family()
	rows := f.tables["public.finances_familymember"]
	f.tables["public.finances_familymember"] = append(rows, []string{"4", "CHILD", "2", "9"})
	if got := detect(t, f).People[0]; got.Group != "Família Lima, Família Sá" || got.Role != "ADMIN" {
		t.Errorf("a member of two families is %+v", got)
	}
}

func TestKnownApplicationsAreTold(t *testing.T) {
	for _, c := range []struct {
		app    string
		tables map[string][][]string
		person Person
		total  int64
	}{
		{"fleet", map[string][][]string{ // the spelling of the application's older version
			"frotas": {{"COD_EQUIPAMENTO"}}, "abastecimentos": {{"Cód. Equip."}}, "manutencoes": {{"Cod_Equip"}},
			"componentes_historico": {{"Data"}}, "utilizadores": {{"id", "username", "password_hash", "role"}, {"1", "ana", "x", "admin"}},
		}, Person{Name: "ana", Role: "admin"}, 1},
		{"django", map[string][][]string{
			"shop.django_migrations": {{"app", "name", "applied"}}, "shop.django_content_type": {{"app_label", "model"}},
			"shop.a_table": {{"id"}}, "shop.accounts_user": {{"id", "email", "last_login", "is_superuser", "is_staff"}, {"1", "ana@example.com", "", "0", "1"}},
		}, Person{Name: "ana@example.com", Email: "ana@example.com", Role: "staff"}, 1},
		{"rails", map[string][][]string{
			"public.schema_migrations": {{"version"}}, "public.ar_internal_metadata": {{"key", "value"}},
			"public.users": {{"id", "name", "email_address", "encrypted_password", "role", "admin", "created_at"}, {"1", "Ana", "ana@example.com", "x", "2", "t", ""}},
		}, Person{Name: "Ana", Email: "ana@example.com", Role: "admin"}, 1},
		{"laravel", map[string][][]string{
			"migrations": {{"id", "migration", "batch"}}, "users": {{"id", "name", "email", "password", "remember_token"}, {"1", "Ana", "ana@example.com", "x", "x"}},
		}, Person{Name: "Ana", Email: "ana@example.com"}, 1},
	} {
		got := detect(t, &fake{tables: c.tables})
		if got.App != c.app || len(got.People) != 1 || got.People[0] != c.person || got.PeopleTotal != c.total {
			t.Errorf("%s: got %+v", c.app, got)
		}
	}
}

func TestTablesOfOneSchemaMakeAnApplication(t *testing.T) {
	f := family()
	f.tables["other.finances_familymember"] = f.tables["public.finances_familymember"]
	delete(f.tables, "public.finances_familymember")
	if got := detect(t, f); got.App != "django" {
		t.Errorf("tables of two schemas were taken for one %s", got.App)
	}
}

func TestUnknownDatabasesHaveNoFacts(t *testing.T) {
	for _, tables := range []map[string][][]string{
		{},
		{"artists": {{"id", "name"}}},
		{"migrations": {{"id", "file"}}},
		{"frotas": {{"id"}}},
	} {
		facts, err := Detect(context.Background(), &fake{tables: tables}, nil)
		if facts != nil || err != nil {
			t.Errorf("%v: %+v, %v", tables, facts, err)
		}
	}
}

func TestManyPeopleAreCountedAndTheFirstAreListed(t *testing.T) {
	f := family()
	users := [][]string{{"id", "username"}}
	for id := 30_000; id > 0; id-- {
		users = append(users, []string{fmt.Sprint(id), fmt.Sprint("user", id)})
	}
	f.tables["public.finances_customuser"] = users
	got := detect(t, f)
	if len(got.People) != MaxListed || got.PeopleTotal != 30_000 || got.People[0].Name != "user20001" {
		t.Errorf("%d of %d people are listed, beginning with %+v", len(got.People), got.PeopleTotal, got.People[0])
	}
}

func TestUnknownCountsStayUnknown(t *testing.T) {
	facts, err := Detect(context.Background(), family(), map[string]int64{"public.finances_family": 2, "public.finances_transaction": -1})
	if err != nil {
		t.Fatal(err)
	}
	want := []Counter{{Key: "families", Rows: 2, Table: "public.finances_family"}, {Key: "users", Rows: -1, Table: "public.finances_customuser"}, {Key: "transactions", Rows: -1, Table: "public.finances_transaction"}}
	if !reflect.DeepEqual(facts.Counters, want) || facts.PeopleTotal != 4 {
		t.Errorf("counters %+v, %d people", facts.Counters, facts.PeopleTotal)
	}
}

func TestATableThatCannotBeReadHidesOnlyItself(t *testing.T) {
	f := family()
	f.broken = "public.finances_customuser"
	facts, err := Detect(context.Background(), f, f.counts())
	if !errors.Is(err, errBroken) || facts == nil {
		t.Fatalf("got %+v, %v", facts, err)
	}
	if len(facts.Groups) != 2 || facts.PeopleTotal != 4 || len(facts.People) != 0 {
		t.Errorf("facts: %+v", facts)
	}
}

func TestACancelledReadingEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Detect(ctx, family(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestValuesAreFitForALine(t *testing.T) {
	f := family()
	f.tables["public.finances_family"] = [][]string{{"id", "name"}, {"1", " Fam\x1b[31mília\nLima " + strings.Repeat("á", 5000)}}
	title := detect(t, f).Title
	if !strings.HasPrefix(title, "Fam [31mília Lima á") || len([]rune(title)) > 200 {
		t.Errorf("the title is %q", title)
	}
}
