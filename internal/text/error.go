package text

import (
	"errors"
	"strings"

	"cofre/internal/errs"
)

// Error words an error: what happened, the details (its own words, the message
// of the error that caused it, then the raw words of another program, each on
// lines of their own; "" where there are none) and what to do. A reason that has
// no words is worded by its code. Nil is worded by nothing.
func (p *Printer) Error(err error) (message, details, hint string) {
	e := errs.Of(err)
	if e == nil {
		return "", "", ""
	}
	name := "error." + e.Reason
	if !p.Has(name + ".message") {
		name = "error." + string(e.Code)
	}
	message = p.T(name+".message", e.Args)
	hint = p.optional(name+".hint", e.Args)

	parts := []string{p.optional(name+".details", e.Args)}
	raw := e.Detail
	var cause *errs.Error
	if errors.As(e.Err, &cause) {
		m, d, h := p.Error(cause)
		parts = append(parts, m, d)
		if hint == "" {
			hint = h
		}
	} else if e.Code == errs.Internal && raw == "" && e.Err != nil {
		raw = e.Err.Error()
	}
	parts = append(parts, cleanLines(raw))
	return message, joined(parts), hint
}

func joined(parts []string) string {
	var kept []string
	for _, s := range parts {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "\n")
}
