package appsettings

import (
	"regexp"
	"strings"
)

// variables are assignments, by the name in capitals.
type variables map[string]string

// assignment is the beginning of a line that gives a variable its value, in a .env
// file, a shell script, a Compose file or a settings module.
var assignment = regexp.MustCompile(`^[ \t]*(?:export[ \t]+|set[ \t]+|ENV[ \t]+|\$env:|-[ \t]+)?["']?([A-Za-z_][A-Za-z0-9_.]*)["']?[ \t]*([=:])[ \t]*`)

// scan reads the assignments of text. Values may stand in quotes, and in them go over
// lines; outside of them they end with the line or where a comment begins. Of two
// for one name the last counts. Other lines are passed over, but for an address that
// stands alone.
func scan(text string) variables {
	vars := variables{}
	single := map[string]bool{}
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		m := assignment.FindStringSubmatchIndex(line)
		if m == nil || strings.HasPrefix(line[m[5]:], "//") && line[m[4]] == ':' || strings.HasPrefix(line[m[1]:], "=") {
			if bare := strings.TrimSpace(line); m != nil && isAddress(bare) && vars["DATABASE_URL"] == "" {
				vars["DATABASE_URL"] = bare
			}
			text = rest
			continue
		}
		name := strings.ToUpper(line[m[2]:m[3]])
		value, after := valueOf(text[m[1]:])
		vars[name], single[name] = value, strings.HasPrefix(text[m[1]:], "'")
		if _, rest, ok := strings.Cut(after, "\n"); ok {
			text = rest
		} else {
			text = ""
		}
	}
	return vars.expanded(single)
}

// valueOf reads a value at the beginning of text and returns what follows it.
func valueOf(text string) (value, after string) {
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		quote := text[:1]
		if long := strings.Repeat(quote, 3); strings.HasPrefix(text, long) {
			quote = long
		}
		if value, after, ok := quoted(text[len(quote):], quote); ok {
			return value, after
		}
	}
	line, _, _ := strings.Cut(text, "\n")
	after = text[len(line):]
	for _, comment := range []string{" #", "\t#"} {
		line, _, _ = strings.Cut(line, comment)
	}
	return strings.TrimSpace(line), after
}

var escapes = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\"`, `"`, `\'`, `'`, `\$`, `$`)

// quoted reads up to the closing quote; ok is false where there is none.
func quoted(text, quote string) (value, after string, ok bool) {
	for at := 0; at < len(text); at++ {
		switch {
		case text[at] == '\\':
			at++
		case strings.HasPrefix(text[at:], quote):
			value = text[:at]
			if quote[0] == '"' || strings.Contains(value, `\'`) {
				value = escapes.Replace(value)
			}
			return value, text[at+len(quote):], true
		}
	}
	return "", "", false
}

var reference = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*))?\}`)

// expanded puts the values of ${NAME} in their places, once: what a value refers to
// is of the same text. Single quotes keep theirs.
func (v variables) expanded(single map[string]bool) variables {
	out := variables{}
	for name, value := range v {
		if single[name] || len(value) > 4<<10 {
			out[name] = value
			continue
		}
		out[name] = reference.ReplaceAllStringFunc(value, func(ref string) string {
			m := reference.FindStringSubmatch(ref)
			if to, ok := v[strings.ToUpper(m[1])]; ok && to != "" {
				return to
			}
			if strings.Contains(ref, "-") {
				return m[2]
			}
			return ref
		})
	}
	return out
}
