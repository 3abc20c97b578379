// Package profile knows applications: from the tables of a database it tells
// which application the database belongs to and what a person would look for in
// it (the family, its users, the counters that matter). What it knows is
// declared in small JSON files, in this package and in a folder of the person's
// own. It works on whatever gives it tables and rows as text: a live database or
// a backup file. It never reads a password.
package profile

// Facts is what is known of the application behind a database.
type Facts struct {
	App         string    `json:"app"`                    // "wimm-finance", "fleet", …
	Title       string    `json:"title,omitempty"`        // the family's or company's name, where there is one
	Groups      []string  `json:"groups,omitempty"`       // names of the families, the companies: at most MaxListed
	People      []Person  `json:"people,omitempty"`       // at most MaxListed
	PeopleTotal int64     `json:"people_total,omitempty"` // how many there are; -1 unknown
	Counters    []Counter `json:"counters,omitempty"`
}

// MaxListed is how many groups, and how many people, facts name.
const MaxListed = 200

// Person is a user of the application; fields that it does not keep are empty.
type Person struct {
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
	Role  string `json:"role,omitempty"`  // as the application stores it
	Group string `json:"group,omitempty"` // the family, the company
}

// LargeObjects is the key of a counter that no profile declares: the doors word large
// objects of PostgreSQL by it, where they stand among tables.
const LargeObjects = "large_objects"

// Counter is a table under the name that people use for it. Key is worded by
// the doors ("fleets" → Fleets / Frotas); Label is the person's own word, of
// their own profile file, where Key is not known to the doors. Rows is -1 where
// it is not known.
type Counter struct {
	Key   string `json:"key"`
	Label string `json:"label,omitempty"`
	Rows  int64  `json:"rows"`

	Table string `json:"-"` // whose rows they are, as the source spells it; not kept
}
