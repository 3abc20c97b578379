package text

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// place is {name} or {name:one|many}.
var place = regexp.MustCompile(`\{([A-Za-z][A-Za-z0-9_]*)(?::([^|{}]*)\|([^|{}]*))?\}`)

// fill replaces each place of a template by its argument.
func (p *Printer) fill(template string, args map[string]any) string {
	return place.ReplaceAllStringFunc(template, func(found string) string {
		m := place.FindStringSubmatch(found)
		name, one, many := m[1], m[2], m[3]
		value := args[name]
		if !strings.Contains(found, ":") {
			return p.show(name, value)
		}
		word := many
		if n, ok := number(value); ok && (n == 1 || n == -1) {
			word = one
		}
		return p.show(name, value) + " " + word
	})
}

// unknown is shown in place of what is not known.
const unknown = "–"

// show words one argument by its name and type.
func (p *Printer) show(name string, value any) string {
	if value == nil {
		return unknown
	}
	if t, ok := value.(time.Time); ok {
		return p.Time(t)
	}
	if d, ok := value.(time.Duration); ok {
		return p.Duration(d)
	}
	if n, ok := number(value); ok {
		switch {
		case strings.HasSuffix(name, "_bytes"):
			return p.Size(int64(n))
		case strings.HasSuffix(name, "_ms"):
			return p.Duration(time.Duration(n * float64(time.Millisecond)))
		case strings.HasSuffix(name, "_at"):
			return p.Time(time.UnixMilli(int64(n)))
		}
		return p.decimal(n)
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.String:
		if key := "word." + name + "." + v.String(); p.Has(key) {
			return p.T(key, nil)
		}
		return Clean(v.String())
	case reflect.Slice, reflect.Array:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = p.show(name, v.Index(i).Interface())
		}
		return strings.Join(items, ", ")
	}
	return Clean(fmt.Sprint(value))
}

// number takes arguments as Go passes them and as they come back from JSON.
func number(value any) (float64, bool) {
	if n, ok := value.(json.Number); ok {
		f, err := n.Float64()
		return f, err == nil
	}
	v := reflect.ValueOf(value)
	switch {
	case !v.IsValid():
		return 0, false
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	case v.CanFloat():
		return v.Float(), true
	}
	return 0, false
}
