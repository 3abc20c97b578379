package postgres

import (
	"context"

	"cofre/internal/errs"
)

// newExtension keeps an extension that is here and makes one that is not, as the
// connecting role: the objects' owner seldom may. Rows that an extension keeps
// for the database (its configuration) are the backup's to bring.
func (p *player) newExtension(ctx context.Context, statement string) error {
	match := extensionPattern.FindStringSubmatch(statement)
	if match == nil {
		return errs.New(errs.Invalid, "postgres.foreign_statement", errs.Args{"statement": "CREATE EXTENSION"})
	}
	name, home := unquoted(match[1]), p.session.shown(unquoted(match[2]))
	now, here := p.installed[name]
	if here && home != "" && home != now && home != "pg_catalog" {
		// The backup's definitions look for it elsewhere. Nothing of the person's depends
		// on it any more: the schemas are empty.
		if err := p.asConnected(ctx, "DROP EXTENSION "+quote(name)+" CASCADE"); err != nil {
			return err
		}
		here = false
	}
	if !here {
		if err := p.install(ctx, name, statement); err != nil {
			return err
		}
	}
	tables, err := p.session.text(ctx, `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_extension x
		JOIN pg_catalog.pg_class c ON c.oid = ANY (x.extconfig) AND c.relkind = 'r'
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE x.extname = $1`, name)
	if err != nil {
		return err
	}
	for _, t := range tables {
		p.extensionTables[t] = true
	}
	if !here || len(tables) == 0 {
		return nil
	}
	return p.empty(ctx, name)
}

func (p *player) install(ctx context.Context, name, statement string) error {
	if err := p.flush(ctx); err != nil {
		return err
	}
	err := p.try(ctx, statement, true)
	switch state(err) {
	case "0A000", "58P01", "22023": // the spellings of "its files are not here", by release
		return errs.New(errs.Unavailable, "postgres.extension", errs.Args{"extensions": name}).Because(err)
	}
	return p.unless(ctx, nil, statement, err)
}

// empty removes the rows of an extension's configuration that a dump would hold.
func (p *player) empty(ctx context.Context, extension string) error {
	deletes, err := p.session.text(ctx, `SELECT 'DELETE FROM ' || c.oid::regclass || ' ' || coalesce(extcondition[i], '')
		FROM pg_catalog.pg_extension, LATERAL pg_catalog.generate_subscripts(extconfig, 1) i
		JOIN pg_catalog.pg_class c ON c.relkind = 'r' WHERE extname = $1 AND c.oid = extconfig[i]`, extension)
	if err != nil {
		return err
	}
	for _, sql := range deletes {
		if err := p.asConnected(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}
