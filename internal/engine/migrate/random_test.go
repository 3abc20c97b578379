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

// TestRandomDatabasesArriveWhole makes schemas and rows at random, migrates them
// into an empty database and compares what PostgreSQL prints with what was made.
func TestRandomDatabasesArriveWhole(t *testing.T) {
	names := []string{"a", "Order", "select", "two words", `q"uote`, "ção", "UPPER", "user", "漢字", "x.y", "drop'table"}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 7))
		var script strings.Builder
		want := map[string][]string{}
		var tables []string
		for n := range 2 + r.IntN(4) {
			table := names[r.IntN(len(names))] + strconv.Itoa(n)
			tables = append(tables, table)
			var columns []string
			var chosen []sort
			for c := range 1 + r.IntN(7) {
				s := sorts[r.IntN(len(sorts))]
				chosen = append(chosen, s)
				columns = append(columns, quoteName(names[r.IntN(len(names))]+"_"+strconv.Itoa(c))+" "+s.declared)
			}
			key, without := "k INTEGER PRIMARY KEY", ""
			switch r.IntN(4) {
			case 0:
				key = "k INTEGER PRIMARY KEY AUTOINCREMENT"
			case 1:
				key = "k TEXT NOT NULL PRIMARY KEY"
			case 2:
				key, without = "k TEXT PRIMARY KEY", " WITHOUT ROWID"
			}
			parent := ""
			if n > 0 && r.IntN(2) == 0 {
				parent = fmt.Sprintf(", parent REFERENCES %s(k)", quoteName(tables[r.IntN(n)]))
			}
			fmt.Fprintf(&script, "CREATE TABLE %s(%s, %s%s)%s;\n", quoteName(table), key, strings.Join(columns, ", "), parent, without)
			for i := range r.IntN(300) {
				sql, printed := []string{strconv.Itoa(i * (1 + int(seed)))}, []string{strconv.Itoa(i * (1 + int(seed)))}
				if strings.Contains(key, "TEXT") {
					sql[0] = sqlText("k" + sql[0])
					printed[0] = "k" + printed[0]
				}
				for _, s := range chosen {
					one, p := s.value(r)
					if r.IntN(5) == 0 {
						one, p = "NULL", "∅"
					}
					sql, printed = append(sql, one), append(printed, p)
				}
				if parent != "" {
					sql, printed = append(sql, "NULL"), append(printed, "∅")
				}
				fmt.Fprintf(&script, "INSERT INTO %s VALUES (%s);\n", quoteName(table), strings.Join(sql, ", "))
				want[table] = append(want[table], strings.Join(printed, "¦"))
			}
		}
		db := database(t, "")
		db.migrate(testdb.SQLite(t, "BEGIN;"+script.String()+"COMMIT"), Choices{})
		for _, table := range tables {
			list := db.rows(`SELECT string_agg(format('coalesce(%I::text, ''∅'')', attname), ' || ''¦'' || ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = ` + sqlText(quoteName(table)) + `::regclass AND attnum > 0`)
			got := testdb.Query(t, db.url, "SET timezone = 'UTC'; SELECT "+list+" FROM "+quoteName(table))
			slices.Sort(got)
			slices.Sort(want[table])
			if !slices.Equal(got, want[table]) {
				for i := range min(len(got), len(want[table])) {
					if got[i] != want[table][i] {
						t.Fatalf("seed %d, %s, row %d:\n%q\nwant\n%q\n%s", seed, table, i, got[i], want[table][i], script.String()[:600])
					}
				}
				t.Fatalf("seed %d, %s: %d rows, want %d", seed, table, len(got), len(want[table]))
			}
		}
	}
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
