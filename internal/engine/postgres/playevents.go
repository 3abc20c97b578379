package postgres

import (
	"context"
	"regexp"
)

// eventPattern finds statements about event triggers.
var eventPattern = regexp.MustCompile(`(?is)^(?:(?:CREATE|ALTER) EVENT TRIGGER |COMMENT ON EVENT TRIGGER |SECURITY LABEL .*ON EVENT TRIGGER )`)

// settle notes by which settings the event triggers of the script are to be understood
// when it is over.
func (p *player) settle(ctx context.Context) error {
	if len(p.events) == 0 {
		return nil
	}
	return p.session.QueryRow(ctx, "SELECT current_setting('search_path'), current_setting('client_encoding')").Scan(&p.path, &p.spelled)
}

// arm makes the event triggers of the script, when all else has been done: as
// pg_restore does it, which gives the same where one refuses or notes what is done.
func (p *player) arm(ctx context.Context) error {
	if len(p.events) == 0 {
		return nil
	}
	if _, err := p.session.Exec(ctx, "SELECT pg_catalog.set_config('search_path', $1, true), pg_catalog.set_config('client_encoding', $2, true)", p.path, p.spelled); err != nil {
		return err
	}
	for _, statement := range p.events {
		var pass []string
		if ownerPattern.MatchString(statement) {
			pass = unserved
		}
		if err := p.alone(ctx, statement, pass...); err != nil {
			return err
		}
	}
	if err := p.session.script(ctx, "SET LOCAL search_path = ''"); err != nil {
		return err
	}
	return p.session.inUTF8(ctx)
}
