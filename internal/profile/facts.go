// Package profile knows applications: from the tables of a database it tells
// which application the database belongs to and what a person would look for in
// it (the family, its users, the counters that matter).
package profile

// Facts is what is known of the application behind a database.
type Facts struct {
	App      string    `json:"app"`             // "wimm-finance", "fleet", …
	Title    string    `json:"title,omitempty"` // the family's or company's name, where there is one
	People   []Person  `json:"people,omitempty"`
	Counters []Counter `json:"counters,omitempty"`
}

// Person is a user of the application; fields that it does not keep are empty.
type Person struct {
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
	Role  string `json:"role,omitempty"`
	Group string `json:"group,omitempty"` // the family, the company
}

// Counter is a table under the name that people use for it. Key is worded by
// the doors ("fleets" → Fleets / Frotas).
type Counter struct {
	Key  string `json:"key"`
	Rows int64  `json:"rows"`
}
