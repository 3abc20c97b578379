package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Anomaly is what makes a backup look wrong beside those before it.
type Anomaly struct {
	Code    string    `json:"code"`            // which: package backup names them
	Table   string    `json:"table,omitempty"` // of a single table
	Before  int64     `json:"before"`          // rows, or bytes, of the backup that it was compared with
	After   int64     `json:"after"`
	Against string    `json:"against"` // ID of that backup
	At      time.Time `json:"at"`      // when that one was made
}

// SchemaHash is a fingerprint of what a backup makes besides rows: two of the same
// kind, made by programs of the same version, have the same one while nobody alters
// the schema. No row is read. The file has no layer around it.
func SchemaHash(ctx context.Context, path string) (string, error) {
	_, s, err := Study(ctx, path, InspectOptions{Quick: true})
	if err != nil {
		return "", err
	}
	var lines []string
	for _, o := range s.Objects {
		if o.Type != "sequence" || o.DDL != "" { // the value of a counter is no schema
			lines = append(lines, strings.Join([]string{o.Type, o.Name, o.Of, o.DDL}, "\x00"))
		}
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\x01")))
	return hex.EncodeToString(sum[:]), nil
}
