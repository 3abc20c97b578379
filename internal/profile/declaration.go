package profile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// declaration is what a profile file says of an application. Names of tables
// and columns fit in any case, and tables in any schema. A file of a person's
// own can be as small as
//
//	{"app": "clinic",
//	 "needs": [{"tables": ["patients"], "columns": ["id", "born"]}],
//	 "counters": [{"key": "patients", "label": "Pacientes", "tables": ["patients"]}]}
type declaration struct {
	App      string     `json:"app"`
	Generic  bool       `json:"generic"` // what many applications are made with: recognised where none of them is
	Needs    []selector `json:"needs"`   // the application is recognised where all of them are there
	Title    *setting   `json:"title"`
	Groups   *groups    `json:"groups"`
	People   *people    `json:"people"`
	Members  *members   `json:"members"`
	Counters []counter  `json:"counters"`
}

// selector is the first of Tables that is there and has all of Columns. Without
// Tables it is the first of all tables that has them.
type selector struct {
	Tables  []string `json:"tables"`
	Columns []string `json:"columns"`
}

// setting is a row of a table of keys and values: the first of Keys that has a value.
type setting struct {
	selector
	Key   string   `json:"key"`   // column
	Keys  []string `json:"keys"`  // values of it
	Value string   `json:"value"` // column
}

// groups are what people belong to: families, companies.
type groups struct {
	selector
	ID   string `json:"id"`
	Name string `json:"name"`
}

// people are the users. Columns that a table does not have are passed over.
type people struct {
	selector
	ID    string     `json:"id"`
	Name  [][]string `json:"name"` // the first that is not empty; its columns are joined by a space
	Email []string   `json:"email"`
	Role  []string   `json:"role"`
	Flags []flag     `json:"flags"` // role of a person that has no other: the first whose column is true
}

type flag struct {
	Column string `json:"column"`
	Role   string `json:"role"`
}

// members say who belongs to which group, and as what.
type members struct {
	selector
	Person string   `json:"person"` // column: an ID of people
	Group  string   `json:"group"`  // column: an ID of groups
	Role   []string `json:"role"`
}

// counter counts a table, or (People) the table of the people.
type counter struct {
	selector
	Key    string `json:"key"`
	Label  string `json:"label"`
	People bool   `json:"people"`
}

// parse reads and checks a declaration.
func parse(file []byte) (declaration, error) {
	var d declaration
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.DisallowUnknownFields() // a misspelt word would otherwise be silence
	if err := decoder.Decode(&d); err != nil {
		return d, err
	}
	return d, d.check()
}

func (d declaration) check() error {
	if d.App == "" {
		return errors.New("app is missing")
	}
	if len(d.Needs) == 0 {
		return errors.New("needs is missing: it would fit any database")
	}
	for _, n := range d.Needs {
		if len(n.Tables) == 0 && len(n.Columns) == 0 {
			return errors.New("needs has an entry without tables and columns")
		}
	}
	for _, c := range d.Counters {
		if c.Key == "" || len(c.Tables) == 0 && !c.People {
			return errors.New("counters has an entry without key, or without tables")
		}
	}
	for _, column := range d.reads() {
		if Secret(column) {
			return fmt.Errorf("column %q may hold a secret: it is never read", column)
		}
	}
	return nil
}

// reads are all columns whose values are looked at.
func (d declaration) reads() []string {
	var all []string
	if s := d.Title; s != nil {
		all = append(all, s.Key, s.Value)
	}
	if g := d.Groups; g != nil {
		all = append(all, g.ID, g.Name)
	}
	if p := d.People; p != nil {
		all = append(all, p.columns()...)
	}
	if m := d.Members; m != nil {
		all = append(all, m.columns()...)
	}
	return all
}

// Secret says whether a column of that name may hold a password or a key.
func Secret(column string) bool {
	column = strings.ToLower(column)
	for _, word := range []string{"password", "passwd", "passphrase", "passcode", "pwd", "senha", "secret", "segredo", "token", "hash", "salt", "api_key", "apikey", "private_key"} {
		if strings.Contains(column, word) {
			return true
		}
	}
	return false
}
