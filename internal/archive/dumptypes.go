package archive

import "strings"

// columnTypes are the types of all columns, by table and column, read from the
// statements that make the tables: pg_dump writes one column a line.
func (d *Dump) columnTypes() map[string]map[string]string {
	types := map[string]map[string]string{}
	for i := range d.Entries {
		e := &d.Entries[i]
		if e.Desc != "TABLE" {
			continue
		}
		of := map[string]string{}
		for line := range strings.Lines(e.Defn) {
			if name, declared, ok := columnLine(line); ok {
				of[name] = declared
			}
		}
		types[e.Name()] = of
	}
	return types
}

// afterType are the words that may follow a column's type.
var afterType = []string{" DEFAULT ", " NOT NULL", " COLLATE ", " GENERATED ", " CONSTRAINT ", " WITH OPTIONS"}

// columnLine reads a line such as
//
//	"b c" numeric(10,2) DEFAULT 0.00 NOT NULL,
func columnLine(line string) (name, declared string, ok bool) {
	line, ok = strings.CutPrefix(strings.TrimRight(line, " \r\n,"), "    ")
	if !ok || line == "" {
		return "", "", false
	}
	end := strings.IndexByte(line, ' ')
	if line[0] == '"' {
		if end = strings.Index(line, `" `); end >= 0 {
			end++
		}
	}
	if end < 0 {
		return "", "", false
	}
	if name = line[:end]; name[0] == '"' {
		name = strings.ReplaceAll(name[1:len(name)-1], `""`, `"`)
	} else if strings.ToLower(name) != name {
		return "", "", false // CONSTRAINT
	}
	declared = line[end+1:]
	for _, word := range afterType {
		declared, _, _ = strings.Cut(declared, word)
	}
	return name, declared, declared != ""
}

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
		if e := &d.Entries[i]; (e.Desc == "DOMAIN" || e.Desc == "TYPE") && e.Name() == name {
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
		_, base, _ := strings.Cut(own.Defn, " AS ")
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
