package appsettings

import (
	"strings"
)

// isPairs says whether text is a connection string of libpq, such as
// "host=db dbname=shop user='ann'".
func isPairs(text string) bool {
	key, rest, ok := strings.Cut(text, "=")
	if key = strings.TrimSpace(key); !ok || !keywords[key] || strings.HasPrefix(strings.TrimSpace(rest), "=") {
		return false
	}
	return true
}

// ofPairs reads a connection string: values end at a space, unless they stand in
// single quotes; a backslash takes the next character as it is.
func ofPairs(text string) (Found, error) {
	parameters := map[string]string{}
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		key, rest, _ := strings.Cut(text, "=")
		rest = strings.TrimLeft(rest, " \t")
		var b strings.Builder
		quoted := strings.HasPrefix(rest, "'")
		at := 0
		if quoted {
			at = 1
		}
		for ; at < len(rest); at++ {
			c := rest[at]
			if quoted && c == '\'' || !quoted && (c == ' ' || c == '\t' || c == '\n') {
				at++
				break
			}
			if c == '\\' && at+1 < len(rest) {
				at++
				c = rest[at]
			}
			b.WriteByte(c)
		}
		parameters[strings.TrimSpace(key)] = b.String()
		text = rest[min(at, len(rest)):]
	}
	return connect(parameters)
}

// ofService reads the first section of a service file, with values to the end of
// their lines; ok says that there is one.
func ofService(text string) (f Found, ok bool, err error) {
	parameters := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		key, value, pair := strings.Cut(line, "=")
		switch key = strings.TrimSpace(key); {
		case line == "" || line[0] == '#':
		case line[0] == '[' && len(parameters) > 0:
			f, err = connect(parameters)
			return f, true, err
		case line[0] == '[':
		case !pair || !keywords[key] && key != "database":
			return f, false, nil
		case key == "database":
			parameters["dbname"] = strings.TrimSpace(value)
		default:
			parameters[key] = strings.TrimSpace(value)
		}
	}
	if len(parameters) == 0 {
		return f, false, nil
	}
	f, err = connect(parameters)
	return f, true, err
}
