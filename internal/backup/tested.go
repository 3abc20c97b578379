package backup

import "time"

// Tested is what a connection to a server tells of itself, without its rows.
type Tested struct {
	Version   string
	TLS       string // "TLS 1.3"; "" where nothing is encrypted
	Role      string
	Superuser bool
	Owner     bool // of the database, or may act for its owner
	Creates   bool // databases
	Replica   bool // nothing can be written
	Tables    int
	Bytes     int64
	RoundTrip time.Duration // of one question and its answer
	Aside     bool          // a restore is built beside the database
	Why       []Check       // where it is not: the first reason
	Tools     []ClientTool  // pg_dump and pg_restore
	NoTools   error         // why they can't be used
}

// ClientTool is an installed program that will be used.
type ClientTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Path    string `json:"path"`
}
