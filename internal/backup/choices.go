package backup

import (
	"slices"
	"strings"
	"time"

	"cofre/internal/errs"
)

// Action is what to do about a finding.
type Action string

// The actions. Which of them a finding offers is in its Options.
const (
	ActConvert Action = "convert" // carry the value in the way that the finding describes
	ActNull    Action = "null"    // store NULL
	ActDefault Action = "default" // store the column's default
	ActLeave   Action = "leave"   // leave out the row (or the column, or the table) that was found
	ActStop    Action = "stop"    // don't migrate
)

// Choice is a person's decision about one kind of finding in one column. Column
// is "" for findings about a table.
type Choice struct {
	Table   string `json:"table"`
	Column  string `json:"column,omitempty"`
	Finding string `json:"finding"` // Finding.Code
	Action  Action `json:"action"`
}

// Choices are all decisions about a migration. They are kept and used again: one
// that fits no finding is ignored. The zero value decides nothing.
type Choices struct {
	// Zone is where times without a zone are at home, a name such as
	// "America/Sao_Paulo"; "" is UTC.
	Zone string `json:"zone,omitempty"`
	// Alike takes names that differ by case and underscores alone for the same, such
	// as PlaylistTrack and playlist_track.
	Alike bool     `json:"alike,omitempty"`
	Each  []Choice `json:"each,omitempty"`
}

// With returns c with more on top: of two decisions about the same, more's stands.
// Neither is changed.
func (c Choices) With(more Choices) Choices {
	if more.Zone != "" {
		c.Zone = more.Zone
	}
	c.Alike = c.Alike || more.Alike
	c.Each = slices.Clone(c.Each)
	for _, one := range more.Each {
		c.Each = slices.DeleteFunc(c.Each, one.about)
		c.Each = append(c.Each, one)
	}
	return c
}

// Location is the zone. One that is not known is errs.Invalid "migrate.zone".
func (c Choices) Location() (*time.Location, error) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil || c.Zone == "Local" { // which would mean another thing on another machine
		return nil, errs.New(errs.Invalid, "migrate.zone", errs.Args{"zone": c.Zone}).Because(err)
	}
	return zone, nil
}

// about says whether both decide about the same.
func (c Choice) about(o Choice) bool {
	return c.Table == o.Table && c.Column == o.Column && c.Finding == o.Finding
}

// String is the choice as ParseChoice reads it: acct.uid:not_uuid=leave.
func (c Choice) String() string { return c.place() + "=" + string(c.Action) }

func (c Choice) place() string {
	name := quoteName(c.Table)
	if c.Column != "" {
		name += "." + quoteName(c.Column)
	}
	return name + ":" + c.Finding
}

// quoteName sets a name that holds the signs of a choice between double quotes.
func quoteName(s string) string {
	if !strings.ContainsAny(s, `".:=`) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// ParseChoice reads TABLE.COLUMN:FINDING=ACTION, or TABLE:FINDING=ACTION about a
// whole table. A name that holds one of these signs stands between double quotes,
// and a quote in it is doubled. An error is errs.Invalid "choice.form".
func ParseChoice(s string) (Choice, error) {
	table, rest, ok := cutName(s)
	c := Choice{Table: table}
	if ok && strings.HasPrefix(rest, ".") {
		c.Column, rest, ok = cutName(rest[1:])
	}
	finding, action, equals := strings.Cut(strings.TrimPrefix(rest, ":"), "=")
	c.Finding, c.Action = finding, Action(action)
	known := slices.Contains([]Action{ActConvert, ActNull, ActDefault, ActLeave, ActStop}, c.Action)
	if !ok || !equals || !known || finding == "" || !strings.HasPrefix(rest, ":") {
		return Choice{}, errs.New(errs.Invalid, "choice.form", errs.Args{"choice": s})
	}
	return c, nil
}

// cutName takes a name from the beginning of s.
func cutName(s string) (name, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ".:=")
		if end < 1 {
			return "", s, false
		}
		return s[:end], s[end:], true
	}
	for at := 1; at < len(s); at++ {
		switch {
		case s[at] != '"':
		case at+1 < len(s) && s[at+1] == '"':
			at++
		default:
			return strings.ReplaceAll(s[1:at], `""`, `"`), s[at+1:], at > 1
		}
	}
	return "", s, false
}

// Empty says whether nothing is decided.
func (c Choices) Empty() bool { return c.Zone == "" && !c.Alike && len(c.Each) == 0 }
