package migrate

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

// pools are what a dirty file may hold for a column of each type, good and bad.
var pools = map[string][]string{
	"int":              {"1", "2", "3", "'4'", "5.5", "'x'", "''", "2147483648", "x'01'"},
	"smallint":         {"1", "2", "70000", "'3'", "1e9"},
	"varchar(5)":       {"'a'", "'A'", "'ação'", "'much too long'", "'b' || char(0)", "CAST(x'ff61' AS TEXT)", "7", "x'62'", "''"},
	"char(3)":          {"'a'", "'a '", "'abc'", "'abcd'", "''"},
	"text":             {"'x'", "'y'", "'X'", "'x' || char(0)", "CAST(x'e3' AS TEXT)", "1.5"},
	"boolean":          {"0", "1", "2", "'t'", "'maybe'", "''"},
	"numeric(5,2)":     {"1", "1.5", "'1.50'", "1.005", "99999", "'abc'", "0.1"},
	"date":             {"'2025-01-01'", "'2025-01-01T00:00:00Z'", "'2025-01-01 10:00'", "'yesterday'", "1700000000", "5", "''"},
	"timestamptz":      {"'2025-01-01 10:00:00'", "'2025-01-01T10:00:00Z'", "'2025-02-31'", "1700000000000", "'12:00'"},
	"uuid":             {"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'A0EEBC999C0B4EF8BB6D6BB9BD380A11'", "'no'", "''"},
	"jsonb":            {"'{\"a\":1}'", "'{bad'", `'"\u0000"'`, "'[]'", "3"},
	"double precision": {"0.1", "'0.5'", "'x'", "9007199254740993"},
}

// TestWhateverIsDecidedAboutEverythingThatWasFoundTheServerRefusesNothing makes dirty
// files for tables with keys of every sort, decides at random about all findings, and
// expects a migration that holds: what the doctor does not find, the server would.
func TestWhateverIsDecidedAboutEverythingThatWasFoundTheServerRefusesNothing(t *testing.T) {
	types := []string{"int", "smallint", "varchar(5)", "char(3)", "text", "boolean", "numeric(5,2)", "date", "timestamptz", "uuid", "jsonb", "double precision"}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 11))
		schema, script := &strings.Builder{}, &strings.Builder{}
		empty := seed%3 == 2 // a target without tables: what the file declares is made there
		var keyed []string   // tables so far, with the type of the column "u" that is unique
		for n := range 2 + r.IntN(3) {
			name := fmt.Sprintf("t%d", n)
			u := types[r.IntN(len(types)-2)]
			columns, lite := []string{"id int PRIMARY KEY", "u " + u + " UNIQUE"}, []string{"id INTEGER PRIMARY KEY", "u"}
			values := [][]string{nil, append([]string{"NULL"}, pools[u]...)}
			for c := range 1 + r.IntN(4) {
				typ := types[r.IntN(len(types))]
				column, pool := fmt.Sprintf("c%d", c), pools[typ]
				must := ""
				switch r.IntN(4) {
				case 0:
					must = " NOT NULL"
				case 1:
					must = " NOT NULL DEFAULT " + map[bool]string{true: "'7'", false: "'2020-01-01'"}[!strings.Contains(typ, "date") && typ != "timestamptz"]
					if typ == "uuid" || typ == "boolean" {
						must = " NOT NULL"
					}
				}
				columns, lite, values = append(columns, column+" "+typ+must), append(lite, column), append(values, append([]string{"NULL"}, pool...))
			}
			if r.IntN(3) == 0 {
				columns = append(columns, "UNIQUE (c0, u)")
			}
			for k := range r.IntN(3) {
				to := r.IntN(n + 1)
				typ, target := "int", "id"
				pool := []string{"NULL", "1", "2", "3", "4", "5", "99", "'x'"}
				if r.IntN(2) == 0 && to < n {
					typ, target = keyed[to], "u"
					pool = append([]string{"NULL"}, pools[typ]...)
				}
				must := []string{"", "", " NOT NULL"}[r.IntN(3)]
				columns, lite, values = append(columns, fmt.Sprintf("f%d %s%s REFERENCES t%d(%s)", k, typ, must, to, target)), append(lite, fmt.Sprintf("f%d", k)), append(values, pool)
			}
			keyed = append(keyed, u)
			plain := columns[:0:0]
			var last []string
			for _, c := range columns {
				if strings.HasPrefix(c, "UNIQUE") {
					last = append(last, c)
				} else {
					plain = append(plain, c)
				}
			}
			if made := fmt.Sprintf("CREATE TABLE %s(%s);\n", name, strings.Join(append(plain, last...), ", ")); empty {
				script.WriteString(made)
			} else {
				schema.WriteString(made)
				fmt.Fprintf(script, "CREATE TABLE %s(%s);\n", name, strings.Join(lite, ", "))
			}
			for i := range r.IntN(14) {
				row := []string{fmt.Sprint(i + 1)}
				for _, pool := range values[1:] {
					row = append(row, pool[r.IntN(len(pool))])
				}
				fmt.Fprintf(script, "INSERT OR IGNORE INTO %s VALUES (%s);\n", name, strings.Join(row, ", "))
			}
		}
		db, file := database(t, schema.String()), testdb.SQLite(t, script.String())
		var choices Choices
		for rounds := 0; ; rounds++ {
			undecided := false
			found, err := examine(db.target(), file, choices)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			for _, f := range found.Findings {
				if f.Level != backup.Blocker {
					continue
				}
				if undecided = true; len(f.Options) < 2 {
					t.Fatalf("seed %d: nothing to choose about %+v\n%s", seed, f, schema)
				}
				options := f.Options[:len(f.Options)-1] // the last is to stop
				choices.Each = append(choices.Each, choose(f.Table, f.Column, f.Code, options[r.IntN(len(options))]))
			}
			if !undecided {
				break
			}
			if rounds == 20 {
				t.Fatalf("seed %d: there is always something left to decide: %+v", seed, choices)
			}
		}
		report, _, err := run(t.Context(), db.target(), file, choices, nil)
		if err != nil {
			t.Errorf("seed %d: %v\n%v\n%s\n%s", seed, err, choices, schema, script)
			continue
		}
		if !report.Proven() {
			t.Errorf("seed %d: not proven: %+v", seed, report.Tables)
		}
		for _, one := range report.Tables {
			if one.Read != one.Written+one.LeftOut || db.rows("SELECT count(*)::text FROM "+one.Target) != fmt.Sprint(one.Written) {
				t.Errorf("seed %d: %+v", seed, one)
			}
		}
	}
}
