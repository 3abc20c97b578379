package postgres

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// collation finds the server's own collations that a definition uses.
var collation = regexp.MustCompile(`COLLATE pg_catalog\.(?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*))`)

// grantee finds the roles of a grant, as pg_dump writes it.
var grantee = regexp.MustCompile(`(?m)^GRANT .* TO (?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*))(?: WITH GRANT OPTION)?;`)

// named looks for what an archive names and the server does not have: a collation
// stops the restore, a role does not. A plain file tells when it is played.
func (p *planning) named(ctx context.Context, file string) error {
	if file == "" {
		return nil
	}
	id, err := archive.Identify(file)
	if err != nil || id.Format == archive.FormatPlain {
		return nil // whoever planned has read the file already
	}
	d, err := archive.OpenDump(file)
	if err != nil {
		return nil // so has readable
	}
	defer d.Close()
	roles, collations := map[string]bool{}, map[string]bool{}
	for i := range d.Entries {
		e := &d.Entries[i]
		if e.Owner != "" {
			roles[d.Text(e.Owner)] = true
		}
		if strings.HasSuffix(e.Desc, "ACL") {
			collect(roles, grantee, d.Text(e.Defn))
		} else {
			collect(collations, collation, d.Text(e.Defn))
		}
	}
	delete(roles, "public")
	delete(roles, "PUBLIC")
	missing := func(names map[string]bool, there string) (list []string, err error) {
		if len(names) == 0 {
			return nil, nil
		}
		var ask, never []string
		for name := range maps.Keys(names) {
			if (p.bare() || utf8.ValidString(name)) && !strings.ContainsRune(name, 0) {
				ask = append(ask, name)
			} else { // damaged, or of another encoding: no server can be asked about it
				never = append(never, strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "\uFFFD"))
			}
		}
		list, err = p.text(ctx, "SELECT n FROM pg_catalog.unnest($1::text[]) n WHERE n NOT IN ("+there+") ORDER BY n", ask)
		return append(list, never...), p.problem(ctx, err)
	}
	lacking, err := missing(collations, "SELECT collname::text FROM pg_catalog.pg_collation WHERE collencoding IN (-1, (SELECT encoding FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))")
	if err != nil {
		return err
	}
	if len(lacking) > 0 {
		p.add(backup.Blocker, "postgres.collation", errs.Args{"collations": strings.Join(lacking, ", ")})
	}
	lacking, err = missing(roles, "SELECT rolname::text FROM pg_catalog.pg_roles")
	if err == nil && len(lacking) > 0 {
		p.add(backup.Warning, "postgres.roles", errs.Args{"roles": strings.Join(lacking, ", ")})
	}
	return err
}

// collect adds the names that pattern finds.
func collect(to map[string]bool, pattern *regexp.Regexp, sql string) {
	for _, m := range pattern.FindAllStringSubmatch(sql, -1) {
		to[strings.ReplaceAll(m[1], `""`, `"`)+m[2]] = true
	}
}

// neighbours warns of databases that are easily taken for this one.
func (p *planning) neighbours(ctx context.Context) error {
	all, err := p.text(ctx, "SELECT datname::text FROM pg_catalog.pg_database WHERE datname <> pg_catalog.current_database() AND NOT datistemplate ORDER BY 1")
	if err != nil {
		return err
	}
	alike := slices.DeleteFunc(all, func(name string) bool { return partOf(p.database, name) != noPart || !similar(p.database, name) })
	if len(alike) > 0 {
		more := max(0, len(alike)-5)
		p.add(backup.Warning, "postgres.similar_names", errs.Args{"database": p.database, "databases": strings.Join(alike[:len(alike)-more], ", "), "more": more})
	}
	return nil
}

// similar says whether a reader may take one name for the other: the one is in the
// other, or they differ in one sign.
func similar(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) >= 3 && strings.Contains(b, a) {
		return true
	}
	if len(b) < 4 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	rest := len(a) - i
	if len(a) == len(b) {
		rest--
	}
	return rest <= 0 || a[len(a)-rest:] == b[len(b)-rest:]
}
