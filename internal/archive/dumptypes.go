package archive

import "strings"

// afterType are the words that may follow a column's type.
var afterType = []string{" DEFAULT ", " NOT NULL", " COLLATE ", " GENERATED ", " CONSTRAINT ", " WITH OPTIONS"}

// zoned says whether the text of a type's values depends on the time zone of the
// session that wrote them: moments, and what may hold some.
func (d *Dump) zoned(declared string) bool {
	if isZoned(declared) {
		return true
	}
	own := d.typeNamed(strings.TrimRight(declared, "[]"))
	return own != nil && isZoned(own.Defn)
}

// typeNamed is the archive's own type of a name: a domain, an enumeration, a range, a
// row. Nil where it has none.
func (d *Dump) typeNamed(declared string) *Entry {
	name := strings.ReplaceAll(declared, `"`, "")
	if !strings.Contains(name, ".") {
		return nil
	}
	for i := range d.Entries {
		if e := &d.Entries[i]; (e.Desc == "DOMAIN" || e.Desc == "TYPE") && d.Name(e) == name {
			return e
		}
	}
	return nil
}

// below is the type below a domain, and text below an enumeration.
func (d *Dump) below(declared string) string {
	for range 8 { // domains over domains
		own := d.typeNamed(declared)
		if own == nil {
			break
		}
		_, base, _ := strings.Cut(d.decode.text(own.Defn), " AS ")
		if own.Desc == "TYPE" {
			if strings.HasPrefix(base, "ENUM") {
				return "text"
			}
			break
		}
		base, _, _ = strings.Cut(strings.TrimSuffix(base, ";"), "\n")
		for _, word := range afterType {
			base, _, _ = strings.Cut(base, word)
		}
		declared = strings.TrimRight(base, ";")
	}
	return declared
}

func isZoned(declared string) bool {
	return strings.Contains(declared, "timestamp") && strings.Contains(declared, "with time zone") || strings.Contains(declared, "tstz")
}
