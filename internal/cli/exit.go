package cli

import (
	"fmt"
	"strings"

	"cofre/internal/errs"
)

// exitCodes are the numbers of the contract.
var exitCodes = map[errs.Code]int{
	errs.Internal:     1,
	errs.Invalid:      2,
	errs.Consent:      3,
	errs.Incompatible: 3,
	errs.Stale:        3,
	errs.NotFound:     10,
	errs.Busy:         11,
	errs.Denied:       12,
	errs.Corrupt:      13,
	errs.Unavailable:  14,
	errs.RolledBack:   20,
	errs.Damaged:      21,
	errs.Cancelled:    130,
}

// exitDiffers is no error: diff --exit-code found a difference.
const exitDiffers = 4

// exitAtRisk is no error either: status found a database at risk. Alarms of other
// programs know no other number.
const exitAtRisk = 1

func exitCode(err error) int {
	if strings.HasPrefix(err.Error(), "unknown command") {
		return 2
	}
	return exitCodes[errs.CodeOf(err)]
}

// fail prints an error: a line of JSON, or its words.
func (s *session) fail(err error) {
	if strings.HasPrefix(err.Error(), "unknown command") {
		err = usage(err)
	}
	message, details, hint := s.words.Error(err)
	if s.json {
		s.line(map[string]any{"error": map[string]string{
			"code": string(errs.CodeOf(err)), "message": message, "details": details, "hint": hint}})
		return
	}
	fmt.Fprintf(s.err, "%s: %s\n", s.words.T("cli.error", nil), message)
	if details != "" {
		fmt.Fprintf(s.err, "  %s\n", strings.ReplaceAll(details, "\n", "\n  "))
	}
	if hint != "" {
		fmt.Fprintf(s.err, "  → %s\n", hint)
	}
}
