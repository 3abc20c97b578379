package backup

import "strings"

// Pair is a table before and after a restore; -1 rows where it is not there.
type Pair struct {
	Name       string
	Now, After int64
}

// Pairs puts the tables of two contents side by side, those of now first. Between
// two kinds a table is the same without its schema and in any case: SQLite's
// "users" is PostgreSQL's "public.users".
func Pairs(now, after Contents) []Pair {
	key := func(name string) string { return name }
	if now.Kind != after.Kind {
		key = func(name string) string {
			_, bare, ok := strings.Cut(name, ".")
			if !ok {
				bare = name
			}
			return strings.ToLower(bare)
		}
	}
	then := make(map[string]int64, len(after.Tables))
	for _, t := range after.Tables {
		then[key(t.Name)] = t.Rows
	}
	pairs := make([]Pair, 0, len(now.Tables))
	seen := map[string]bool{}
	for _, t := range now.Tables {
		rows, ok := then[key(t.Name)]
		if !ok {
			rows = -1
		}
		seen[key(t.Name)] = true
		pairs = append(pairs, Pair{t.Name, t.Rows, rows})
	}
	for _, t := range after.Tables {
		if !seen[key(t.Name)] {
			pairs = append(pairs, Pair{t.Name, -1, t.Rows})
		}
	}
	return pairs
}
