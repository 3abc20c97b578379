package archive

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"cofre/internal/errs"
)

// sqliteCheck looks for damage in a part of an SQLite file.
type sqliteCheck struct {
	name   string // of the table, "" for the whole file
	weight int64  // how long it takes, compared with the others
	run    func(ctx context.Context, f *sqliteFile, table string) (sqliteFindings, error)
}

type sqliteFindings struct {
	damage     []string // lines of quick_check or integrity_check
	violations int64    // rows whose foreign key leads nowhere
	unchecked  []string // tables that only their own application can check
}

// integrityLimit is how many lines a check of one table tells at most: SQLite's
// SQLITE_INTEGRITY_CHECK_ERROR_MAX.
const integrityLimit = 100

// notDamage matches what the checks say of rows that break their table's rules.
// A live database may hold such rows, and they restore as they are.
var notDamage = regexp.MustCompile(`^(NULL|NUMERIC|TEXT|non-\w+) value in |^CHECK constraint failed in `)

// Damage says whether a line of integrity_check or quick_check tells of damage.
func Damage(line string) bool { return line != "ok" && !notDamage.MatchString(line) }

// check does what integrity_check and foreign_key_check do, but by tables, so
// that several connections work at once: quick_check sees the whole file (every
// page, and pages that belong to no table or to two), and the tables that have
// indexes are compared with them one by one. With Structure only the former.
func (f *sqliteFile) check(ctx context.Context, depth Depth, tables []Table, done func(weight, total int64)) (sqliteFindings, error) {
	var all sqliteFindings
	checks := []sqliteCheck{{weight: 1, run: quickCheck}}
	for _, t := range tables {
		checks[0].weight += max(t.Rows, 1)
	}
	if depth == Full {
		more, err := f.deepChecks(ctx, tables)
		if err != nil {
			return all, err
		}
		checks = append(checks, more...)
	}
	// The longest first, so that the connections end at about the same time.
	slices.SortStableFunc(checks, func(a, b sqliteCheck) int { return cmp.Compare(b.weight, a.weight) })
	var total, finished int64
	for _, c := range checks {
		total += c.weight
	}
	found := make([]sqliteFindings, len(checks))
	err := parallel(ctx, sqliteConnections, len(checks), func(ctx context.Context, i int) (err error) {
		found[i], err = checks[i].run(ctx, f, checks[i].name)
		return sqliteError(err, f.path)
	}, func(i int) {
		finished += checks[i].weight
		done(finished, total)
	})
	if err != nil {
		return all, err
	}
	for _, one := range found {
		all.damage = append(all.damage, one.damage...)
		all.violations += one.violations
		all.unchecked = append(all.unchecked, one.unchecked...)
	}
	slices.Sort(all.unchecked)
	all.unchecked = slices.Compact(all.unchecked)
	if len(all.damage) > 0 {
		text := strings.Join(all.damage, "\n")
		return all, errs.New(errs.Corrupt, "archive.sqlite_malformed", errs.Args{"file": filepath.Base(f.path)}).With(text[:min(len(text), 8<<10)])
	}
	return all, nil
}

// deepChecks lists what Full does beyond the quick check. The weights are what
// was measured: a row is looked up in each index, which is slow.
func (f *sqliteFile) deepChecks(ctx context.Context, tables []Table) ([]sqliteCheck, error) {
	rows, err := f.QueryContext(ctx, `SELECT name, type, (SELECT count(*) FROM pragma_index_list(t.name)), (SELECT count(DISTINCT id) FROM pragma_foreign_key_list(t.name))
		FROM pragma_table_list AS t WHERE schema = 'main' AND type <> 'view'`)
	if err != nil {
		return nil, sqliteError(err, f.path)
	}
	defer rows.Close()
	size := map[string]int64{}
	for _, t := range tables {
		size[t.Name] = max(t.Rows, 1)
	}
	var checks []sqliteCheck
	for rows.Next() {
		var name, kind string
		var indexes, keys int64
		if err := rows.Scan(&name, &kind, &indexes, &keys); err != nil {
			return nil, sqliteError(err, f.path)
		}
		if indexes > 0 || kind == "virtual" {
			checks = append(checks, sqliteCheck{name, max(size[name], 1) * (1 + 3*indexes), integrityCheck})
		}
		if keys > 0 {
			checks = append(checks, sqliteCheck{name, max(size[name], 1) * keys / 4, foreignKeyCheck})
		}
	}
	return checks, sqliteError(rows.Err(), f.path)
}

// quickCheck reads the whole file. Where one table makes that impossible, because
// an index uses a collation of its application, all tables are read one by one.
func quickCheck(ctx context.Context, f *sqliteFile, _ string) (sqliteFindings, error) {
	found, err := f.lines(ctx, "PRAGMA quick_check(1000000)", "")
	if err != nil || len(found.unchecked) == 0 {
		return found, err
	}
	found.unchecked = nil
	var names []string
	rows, err := f.QueryContext(ctx, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'view'")
	if err != nil {
		return found, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return found, err
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return found, err
	}
	rows.Close()
	for _, name := range names {
		one, err := f.lines(ctx, "SELECT quick_check FROM pragma_quick_check(?)", name)
		if err != nil {
			return found, err
		}
		found.damage = append(found.damage, one.damage...)
		found.unchecked = append(found.unchecked, one.unchecked...)
	}
	return found, nil
}

func integrityCheck(ctx context.Context, f *sqliteFile, table string) (sqliteFindings, error) {
	return f.lines(ctx, "SELECT integrity_check FROM pragma_integrity_check(?)", table)
}

func foreignKeyCheck(ctx context.Context, f *sqliteFile, table string) (found sqliteFindings, err error) {
	err = f.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check(?)", table).Scan(&found.violations)
	if ownToApplication(err) { // or the key does not fit its parent at all
		return sqliteFindings{unchecked: []string{table}}, nil
	}
	return found, err
}

// lines runs a check and keeps what it says of damage.
func (f *sqliteFile) lines(ctx context.Context, query, table string) (found sqliteFindings, err error) {
	var args []any
	if table != "" {
		args = append(args, table)
	}
	n := 0
	rows, err := f.QueryContext(ctx, query, args...)
	if err == nil {
		defer rows.Close()
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				return found, err
			}
			n++
			if Damage(line) {
				found.damage = append(found.damage, line)
			}
		}
		err = rows.Err()
	}
	switch {
	case ownToApplication(err):
		return sqliteFindings{unchecked: []string{table}}, nil
	case err == nil && table != "" && n >= integrityLimit && len(found.damage) == 0:
		found.unchecked = []string{table} // what would have come after the limit is not known
	}
	return found, err
}

// ownToApplication says whether SQLite could not check because a collation, a
// function or a module of the application is missing here.
func ownToApplication(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_ERROR
}
