package archive

import (
	"fmt"
	"slices"
	"testing"
)

func TestRowsThatAreStatementsAreTheSameRecords(t *testing.T) {
	d := newDumps(t, manyTypes)
	var want []string
	for _, path := range []string{d.make(t, "copied", "-Fc"), d.make(t, "inserts", "-Fc", "--inserts"), d.make(t, "script", "-Fp"), d.make(t, "statements", "-Fp", "--inserts")} {
		records, end, err := OpenRecords(t.Context(), path, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		err = records.Read(t.Context(), oddTable, records.Columns(oddTable), 0, func(values [][]byte) error {
			for _, v := range values {
				got = append(got, string(v))
			}
			return nil
		})
		if want == nil {
			want = got
		}
		if err != nil || len(got) != 3*32 || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", path, got, err)
		}
		end()
	}
}

func TestTablesOfATypeHaveItsColumnsWhereverTheirRowsAre(t *testing.T) {
	d := newDumps(t, `CREATE SCHEMA "f g"; CREATE TYPE "f g"."a ""type""" AS ("I d" integer, price numeric(12,2), note text COLLATE "C", at timestamptz[]);
		CREATE TABLE plain OF "f g"."a ""type"""; CREATE TABLE keyed OF "f g"."a ""type""" (PRIMARY KEY ("I d"), note WITH OPTIONS NOT NULL DEFAULT 'x,(y)');
		INSERT INTO plain VALUES (1, 2.5, 'a', '{2020-01-01 00:00+00}'), (2, NULL, NULL, NULL); INSERT INTO keyed SELECT * FROM plain WHERE "I d" = 1`)
	for _, args := range [][]string{{"-Fc"}, {"-Fc", "--inserts"}, {"-Fp"}, {"-Fp", "--inserts"}, {"-Fp", "--column-inserts"}} {
		path := d.make(t, fmt.Sprint(args), args...)
		cells := openCells(t, path)
		for table, rows := range map[string]int{"public.plain": 2, "public.keyed": 1} {
			if got, want := cells.Columns(table), []Column{{"I d", "integer"}, {"price", "numeric(12,2)"}, {"note", "text"}, {"at", "timestamp with time zone[]"}}; !slices.Equal(got, want) {
				t.Errorf("%v: %s has the columns %v", args, table, got)
			}
			n := 0
			err := cells.Read(t.Context(), table, func(row []Cell) error {
				if n++; n == 1 && (string(row[1].Bytes) != "2.50" || string(row[2].Bytes) != "a") {
					t.Errorf("%v: %s holds %q", args, table, row)
				}
				return nil
			})
			if err != nil || n != rows {
				t.Errorf("%v: %s has %d rows, %v", args, table, n, err)
			}
		}
		if got := cells.Key("public.keyed"); !slices.Equal(got, []string{"I d"}) {
			t.Errorf("%v: the key is %v", args, got)
		}
	}
}

func TestAPartitionHasTheColumnsOfItsTable(t *testing.T) {
	all := madeTables{}
	all.add("public.sales", readTable(`CREATE TABLE public.sales (id int, at date) PARTITION BY RANGE (at)`, false))
	all.add("public.sales_1", readTable(`CREATE TABLE public.sales_1 PARTITION OF public.sales FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')`, false))
	all.add("public.both", readTable(`CREATE TABLE public.both (c int) INHERITS (public.sales, "x y")`, false))
	if got := all["public.sales_1"].columns; !slices.Equal(got, []Column{{"id", "int"}, {"at", "date"}}) {
		t.Error(got)
	}
	if got := all["public.both"]; len(got.columns) != 3 || !slices.Equal(got.parents, []string{"public.sales", "x y"}) {
		t.Error(got)
	}
}
