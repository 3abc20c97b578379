package archive

import "time"

// Purpose is why a backup was made.
type Purpose string

// The purposes.
const (
	Manual    Purpose = "manual"
	Automatic Purpose = "automatic"
	Scheduled Purpose = "scheduled"
	Safety    Purpose = "safety"
	Imported  Purpose = "imported"
)

// Manifest stands beside a backup as FILE.json. It holds no secret. Keys are
// only ever added.
type Manifest struct {
	ID            string      `json:"id"`
	Kind          Kind        `json:"kind"`
	Format        Format      `json:"format"`
	Version       string      `json:"version"`   // server, or SQLite library
	DumpedBy      string      `json:"dumped_by"` // "pg_dump 15.18", "cofre …"
	CreatedAt     time.Time   `json:"created_at"`
	Purpose       Purpose     `json:"purpose"`
	By            string      `json:"by,omitempty"`
	Note          string      `json:"note,omitempty"`
	Source        Source      `json:"source"`
	Bytes         int64       `json:"bytes"`
	Compression   Compression `json:"compression"`         // of the layer around the file, or inside a PostgreSQL archive
	Encrypted     bool        `json:"encrypted,omitempty"` // with age, around all of it
	SHA256        string      `json:"sha256"`              // of the file as it lies there, hexadecimal
	PayloadSHA256 string      `json:"payload_sha256"`      // of the content without layers; equal where there is none
	Tables        []Table     `json:"tables"`
	TookMS        int64       `json:"took_ms"`
	SchemaSHA256  string      `json:"schema_sha256,omitempty"` // see SchemaHash; "" where it was not taken
	Anomalies     []Anomaly   `json:"anomalies,omitempty"`     // against the backups before it, when it was made
	Audit         *AuditHead  `json:"audit,omitempty"`         // how far the audit trail had come when it was made
	Cause         *Cause      `json:"cause,omitempty"`         // what had changed, of an automatic one
}

// Cause is what had changed in a database when it was backed up because of that: rows,
// in all, and the tables that they are in, the one with most deletions first. All of it
// is 0 where it is only known that something had changed.
type Cause struct {
	Added   int64    `json:"added"`
	Changed int64    `json:"changed"`
	Deleted int64    `json:"deleted"`
	Tables  []string `json:"tables"`
}

// AuditHead is the state of an audit trail: which one, by the hash of its first
// entry, and the number and hash of its last.
type AuditHead struct {
	Trail string `json:"trail"`
	N     int64  `json:"n"`
	Hash  string `json:"hash"`
}

// Source is the database that was backed up, without a secret.
type Source struct {
	Name     string `json:"name"`
	Place    string `json:"place"`    // path, or host:port
	Identity string `json:"identity"` // of backup.Target
}
