package appsettings

import (
	"regexp"
	"strings"
)

// django is what settings for Django look like: the whole DATABASES, or lines of it.
var django = regexp.MustCompile(`(?m)^\s*DATABASES\s*(:[^=\n]*)?=|['"](ENGINE|NAME|HOST|USER)['"]\s*:|['"]default['"]\s*:\s*\{`)

var beginning = regexp.MustCompile(`(?m)^\s*DATABASES\s*(:[^=\n]*)?=`)

// ofDjango reads DATABASES, of which it takes "default", or else the first one; ok
// says that there is one.
func ofDjango(text, folder string) (f Found, ok bool, err error) {
	if at := beginning.FindStringIndex(text); at != nil {
		text = text[at[1]:]
	} else if at := django.FindStringIndex(text); !strings.HasPrefix(text, "{") && at != nil {
		text = "{" + text[at[0]:]
	}
	p := &python{rest: tokens(text)}
	all := p.value(0)
	if def, ok := all.dict["default"]; ok {
		all = def
	} else if all.dict != nil && all.dict["NAME"].empty() && all.dict["ENGINE"].empty() {
		for _, key := range all.keys {
			if inner := all.dict[key]; inner.dict != nil || strings.Contains(inner.text, "://") {
				all = inner
				break
			}
		}
	}
	if isAddress(all.text) { // dj_database_url
		f, err = ofAddress(all.text, folder)
		return f, true, err
	}
	found := map[string]string{}
	for key, part := range map[string]string{"ENGINE": "engine", "NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"} {
		found[part] = all.dict[key].text
		f.Open = append(f.Open, all.dict[key].open...)
	}
	if all.dict == nil {
		f.Open = append(f.Open, all.open...)
	}
	for key, option := range all.dict["OPTIONS"].dict {
		if keywords[key] && found[key] == "" {
			found[key] = option.text
		}
	}
	if found["dbname"] == "" && found["host"] == "" && found["user"] == "" && found["service"] == "" {
		return f, false, nil
	}
	open := f.Open
	f, err = ofParts(found, folder)
	f.Open = open
	return f, true, err
}
