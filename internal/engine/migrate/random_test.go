package migrate

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cofre/internal/testdb"
)

// sort of a random column: how it is declared, and a value as SQL and as
// PostgreSQL must print it.
type sort struct {
	declared string
	value    func(r *rand.Rand) (sql, printed string)
}

func word(r *rand.Rand) string {
	letters := []rune(`abcXYZ ção "'\|{},;%_ 漢🙂` + "\t\n")
	var b strings.Builder
	for range r.IntN(12) {
		b.WriteRune(letters[r.IntN(len(letters))])
	}
	return b.String()
}

func sqlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

var sorts = []sort{
	{"INTEGER", func(r *rand.Rand) (string, string) {
		s := strconv.FormatInt(r.Int64()>>r.IntN(64)*int64(1-2*r.IntN(2)), 10)
		return s, s
	}},
	{"smallint", func(r *rand.Rand) (string, string) { s := strconv.Itoa(r.IntN(65536) - 32768); return s, s }},
	{"BOOLEAN", func(r *rand.Rand) (string, string) {
		n := r.IntN(2)
		return strconv.Itoa(n), []string{"false", "true"}[n]
	}},
	{"TEXT", func(r *rand.Rand) (string, string) { s := word(r); return sqlText(s), s }},
	{"VARCHAR(12)", func(r *rand.Rand) (string, string) { s := word(r); return sqlText(s), s }},
	{"BLOB", func(r *rand.Rand) (string, string) {
		s := hex.EncodeToString([]byte(word(r)))
		return "x'" + s + "'", `\x` + s
	}},
	{"DECIMAL(12,3)", func(r *rand.Rand) (string, string) {
		n := r.Int64N(1_000_000_000)
		return fmt.Sprintf("%d.%03d", n/1000, n%1000), fmt.Sprintf("%d.%03d", n/1000, n%1000)
	}},
	{"REAL", func(r *rand.Rand) (string, string) {
		f := float64(r.IntN(1000000)) / 64
		return strconv.FormatFloat(f, 'f', -1, 64), strconv.FormatFloat(f, 'f', -1, 64)
	}},
	{"DATE", func(r *rand.Rand) (string, string) {
		s := fmt.Sprintf("%04d-%02d-%02d", 1+r.IntN(9999), 1+r.IntN(12), 1+r.IntN(28))
		return sqlText(s), s
	}},
	{"DATETIME", func(r *rand.Rand) (string, string) {
		s := fmt.Sprintf("%04d-%02d-%02d %02d:%02d:%02d", 1+r.IntN(9999), 1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60))
		return sqlText(s), s + "+00"
	}},
	{"UUID", func(r *rand.Rand) (string, string) {
		s := fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", r.Uint32(), r.IntN(65536), r.IntN(65536), r.IntN(65536), r.Int64N(1<<48))
		if r.IntN(2) == 0 {
			return sqlText(strings.ReplaceAll(s, "-", "")), s
		}
		return sqlText(s), s
	}},
	{"JSON", func(r *rand.Rand) (string, string) {
		n := r.IntN(1000)
		return sqlText(fmt.Sprintf(`{"n":%d,"list":[true,null,"ção"]}`, n)), fmt.Sprintf(`{"n": %d, "list": [true, null, "ção"]}`, n)
	}},
}

// randomTable is a table of a random schema, with its rows as SQL and as PostgreSQL
// must print them.
type randomTable struct {
	name    string
	strict  bool
	rowless bool     // WITHOUT ROWID
	columns []string // names, in order
	defined []string // columns and constraints as SQL
	stored  []bool   // per column: a value is given for it
	key     []int    // columns of the primary key
	types   []string // of the key's columns
	keys    [][]field
	rows    [][]field
	makes   []func(r *rand.Rand, row []field) field // per column
	indexes []string
}

// field is a value as SQL and as PostgreSQL must print it.
type field struct{ sql, printed string }

var null = field{"NULL", "∅"}

var randomNames = []string{"a", "Order", "select", "two words", `q"uote`, "ção", "UPPER", "user", "漢字", "x.y", "drop'table", "table", "GROUP", "a b\"c'd", "%s", "$1", "xmin_", "Ünïcode", "[x]", "`t`"}

// column adds a column with the function that gives its values.
func (t *randomTable) column(name, declared string, value func(r *rand.Rand, row []field) field) int {
	t.columns = append(t.columns, name)
	t.defined = append(t.defined, quoteName(name)+" "+declared)
	t.stored = append(t.stored, !strings.Contains(declared, "GENERATED"))
	t.makes = append(t.makes, value)
	return len(t.columns) - 1
}

func (t *randomTable) keyList(columns []int) string {
	var list []string
	for _, i := range columns {
		list = append(list, quoteName(t.columns[i]))
	}
	return strings.Join(list, ", ")
}

// newRandomTable makes a table with its key and plain columns, and decides on the keys of its rows.
func newRandomTable(r *rand.Rand, n int) *randomTable {
	t := &randomTable{strict: r.IntN(4) == 0}
	pick := func(suffix string) string { return randomNames[r.IntN(len(randomNames))] + suffix }
	t.name = pick(strconv.Itoa(n))
	next := func(i int) func(*rand.Rand, []field) field {
		return func(_ *rand.Rand, _ []field) field { return t.keys[len(t.rows)][i] }
	}
	number := func(i int) field { s := strconv.Itoa(i*(n+1) - 7); return field{s, s} }
	letters := func(i int) field { s := fmt.Sprintf("k'%d ç", i); return field{sqlText(s), s} }
	var parts []func(int) field
	switch kind := r.IntN(7); kind {
	case 0, 1:
		t.key, t.types, parts = []int{t.column(pick("_k"), "INTEGER PRIMARY KEY"+[]string{"", " AUTOINCREMENT"}[kind], next(0))}, []string{"INTEGER"}, []func(int) field{number}
	case 2, 3:
		t.rowless = kind == 3
		t.key, t.types, parts = []int{t.column(pick("_k"), "TEXT NOT NULL PRIMARY KEY", next(0))}, []string{"TEXT"}, []func(int) field{letters}
	case 4, 5:
		t.rowless = kind == 5
		t.key = []int{t.column(pick("_k1"), "INTEGER NOT NULL", next(0)), t.column(pick("_k2"), "TEXT NOT NULL", next(1))}
		t.types, parts = []string{"INTEGER", "TEXT"}, []func(int) field{func(i int) field { return number(i / 3) }, letters}
	}
	for i := range r.IntN(300) {
		var key []field
		for _, m := range parts {
			key = append(key, m(i))
		}
		t.keys = append(t.keys, key)
	}
	for c := range 1 + r.IntN(7) {
		s := sorts[r.IntN(len(sorts))]
		for t.strict && !slices.Contains([]string{"INTEGER", "TEXT", "BLOB", "REAL"}, s.declared) {
			s = sorts[r.IntN(len(sorts))]
		}
		t.column(pick("_"+strconv.Itoa(c)), s.declared, func(r *rand.Rand, _ []field) field {
			if r.IntN(5) == 0 {
				return null
			}
			sql, printed := s.value(r)
			return field{sql, printed}
		})
		if r.IntN(4) == 0 {
			t.indexes = append(t.indexes, fmt.Sprintf("(%s%s)%s", quoteName(t.columns[len(t.columns)-1]), []string{"", " DESC"}[r.IntN(2)], []string{"", " WHERE " + quoteName(t.columns[len(t.columns)-1]) + " IS NOT NULL"}[r.IntN(2)]))
		}
	}
	if r.IntN(3) == 0 {
		at := t.column(pick("_n"), "INTEGER", func(r *rand.Rand, _ []field) field {
			s := strconv.Itoa(r.IntN(1000))
			return field{s, s}
		})
		t.column(pick("_g"), "INTEGER GENERATED ALWAYS AS ("+quoteName(t.columns[at])+" * 2 + 1) "+[]string{"STORED", "VIRTUAL"}[r.IntN(2)], func(_ *rand.Rand, row []field) field {
			n, _ := strconv.Atoi(row[at].printed)
			return field{printed: strconv.Itoa(n*2 + 1)}
		})
	}
	return t
}

// refer makes the table point to another one, which may come later or be itself.
func (t *randomTable) refer(r *rand.Rand, to *randomTable) {
	if to.key == nil {
		return
	}
	at := []int{}
	var chosen []field
	for i, typ := range to.types {
		at = append(at, t.column(randomNames[r.IntN(len(randomNames))]+"_ref"+strconv.Itoa(len(t.columns)), typ, func(r *rand.Rand, _ []field) field {
			if i == 0 {
				if chosen = nil; len(to.keys) > 0 && r.IntN(4) > 0 {
					chosen = to.keys[r.IntN(len(to.keys))]
				}
			}
			if chosen == nil {
				return null
			}
			return chosen[i]
		}))
	}
	rule := []string{"", " ON DELETE CASCADE", " ON DELETE SET NULL ON UPDATE CASCADE", " DEFERRABLE INITIALLY DEFERRED"}[r.IntN(4)]
	t.defined = append(t.defined, fmt.Sprintf("FOREIGN KEY (%s) REFERENCES %s(%s)%s", t.keyList(at), quoteName(to.name), to.keyList(to.key), rule))
}

// script makes the table and its rows.
func (t *randomTable) script(r *rand.Rand, b *strings.Builder) {
	defined := t.defined
	if len(t.key) > 1 {
		keyed := fmt.Sprintf("PRIMARY KEY (%s)", t.keyList(t.key))
		at := slices.IndexFunc(defined, func(d string) bool { return strings.HasPrefix(d, "FOREIGN KEY") })
		if at < 0 {
			at = len(defined)
		}
		defined = slices.Insert(slices.Clone(defined), at, keyed)
	}
	// Constraints come behind all columns.
	slices.SortStableFunc(defined, func(a, b string) int { return constraint(a) - constraint(b) })
	var options []string
	if t.rowless {
		options = append(options, "WITHOUT ROWID")
	}
	if t.strict {
		options = append(options, "STRICT")
	}
	fmt.Fprintf(b, "CREATE TABLE %s(%s) %s;\n", quoteName(t.name), strings.Join(defined, ", "), strings.Join(options, ", "))
	for i, x := range t.indexes {
		fmt.Fprintf(b, "CREATE INDEX %s ON %s%s;\n", quoteName(fmt.Sprintf("%s i%d", t.name, i)), quoteName(t.name), x)
	}
	var names []string
	for i, c := range t.columns {
		if t.stored[i] {
			names = append(names, quoteName(c))
		}
	}
	for range t.keys {
		var row []field
		var values []string
		for i, value := range t.makes {
			row = append(row, value(r, row))
			if t.stored[i] {
				values = append(values, row[i].sql)
			}
		}
		t.rows = append(t.rows, row)
		fmt.Fprintf(b, "INSERT INTO %s(%s) VALUES (%s);\n", quoteName(t.name), strings.Join(names, ", "), strings.Join(values, ", "))
	}
}

func constraint(defined string) int {
	if strings.HasPrefix(defined, "FOREIGN KEY") || strings.HasPrefix(defined, "PRIMARY KEY") {
		return 1
	}
	return 0
}

// compare reads the table back.
func (t *randomTable) compare(db live, seed uint64) {
	db.t.Helper()
	var list []string
	for _, c := range t.columns {
		list = append(list, "coalesce("+quoteName(c)+"::text, '∅')")
	}
	got := testdb.Query(db.t, db.url, "SET timezone = 'UTC'; SELECT "+strings.Join(list, " || '¦' || ")+" FROM "+quoteName(t.name))
	var want []string
	for _, row := range t.rows {
		var parts []string
		for _, f := range row {
			parts = append(parts, f.printed)
		}
		want = append(want, strings.Join(parts, "¦"))
	}
	slices.Sort(got)
	slices.Sort(want)
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			db.t.Fatalf("seed %d, %s, row %d:\n%q\nwant\n%q\n%s", seed, t.name, i, got[i], want[i], strings.Join(t.defined, "\n"))
		}
	}
	if len(got) != len(want) {
		db.t.Fatalf("seed %d, %s: %d rows, want %d", seed, t.name, len(got), len(want))
	}
}

// TestRandomDatabasesArriveWhole makes schemas and rows at random, migrates them
// into an empty database and compares what PostgreSQL prints with what was made;
// then once more, into the tables that are there now.
func TestRandomDatabasesArriveWhole(t *testing.T) {
	for seed := range uint64(16) {
		r := rand.New(rand.NewPCG(seed, 7))
		var tables []*randomTable
		for n := range 2 + r.IntN(4) {
			tables = append(tables, newRandomTable(r, n))
		}
		for _, one := range tables {
			for range r.IntN(3) {
				one.refer(r, tables[r.IntN(len(tables))]) // an earlier one, a later one, itself
			}
		}
		var script strings.Builder
		for _, one := range tables {
			one.script(r, &script)
		}
		file := testdb.SQLite(t, "BEGIN;"+script.String()+"COMMIT")
		db := database(t, "")
		for _, into := range []string{"into nothing", "into its tables"} {
			db.migrate(file, Choices{})
			for _, one := range tables {
				one.compare(db, seed)
			}
			if keys, want := db.rows("SELECT count(*)::text FROM pg_constraint WHERE contype = 'f' AND convalidated"), strings.Count(script.String(), "FOREIGN KEY ("); keys != strconv.Itoa(want) {
				t.Errorf("seed %d, %s: %s of %d foreign keys\n%s", seed, into, keys, want, script.String()[:2000])
			}
		}
	}
}

func TestATableOfManyColumnsArrivesWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	one := &randomTable{name: "wide", rowless: true}
	one.key = []int{one.column("k", "INTEGER NOT NULL PRIMARY KEY", func(*rand.Rand, []field) field {
		s := strconv.Itoa(len(one.rows))
		return field{s, s}
	})}
	for c := range 500 {
		s := sorts[c%len(sorts)]
		one.column(fmt.Sprintf("%s %d", randomNames[c%len(randomNames)], c), s.declared, func(r *rand.Rand, _ []field) field {
			if r.IntN(3) == 0 {
				return null
			}
			sql, printed := s.value(r)
			return field{sql, printed}
		})
	}
	one.keys = make([][]field, 50)
	var script strings.Builder
	one.script(r, &script)
	db := database(t, "")
	db.migrate(testdb.SQLite(t, "BEGIN;"+script.String()+"COMMIT"), Choices{})
	one.compare(db, 1)
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
