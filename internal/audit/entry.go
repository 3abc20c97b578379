// Package audit is the audit trail: what was done with Cofre, by whom, to which
// database, when, and how it ended. Entries are only ever added, and each carries a
// hash over the one before it, so that an entry that was changed, taken out or cut
// off is found (Verify). Whoever can write to the trail and to every file that bears
// witness of it can make another that is whole: copies of manifests elsewhere are
// what speaks against them.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one thing that happened. It holds no secret and no row: of settings and
// connections only which were changed, never to what.
type Entry struct {
	N        int64     `json:"n"` // 1 for the first; no number is given twice
	At       time.Time `json:"-"` // to the millisecond; the clock of the computer may have been set meanwhile
	Who      string    `json:"who"`
	What     What      `json:"what"`
	Ending   string    `json:"ending"`           // Begun, "succeeded", or how else it ended
	Reason   string    `json:"reason,omitempty"` // why it did not succeed, as package errs has it
	Database string    `json:"database,omitempty"`
	Place    string    `json:"place,omitempty"`   // of the database: a path, or host:port
	Subject  string    `json:"subject,omitempty"` // of what is no database: a connection, an administrator
	TookMS   int64     `json:"took_ms,omitempty"`
	Job      string    `json:"job,omitempty"` // of the entries of one job: its beginning and its end
	Plan     string    `json:"plan,omitempty"`
	Backup   string    `json:"backup,omitempty"` // ID
	Files    []File    `json:"files,omitempty"`
	Names    []string  `json:"names,omitempty"` // of settings that were changed
	Cause    *Cause    `json:"cause,omitempty"` // of a backup that was made because something had changed

	Hash string `json:"-"`
}

// What was done.
type What string

// The things that are written down.
const (
	Backup    What = "backup"
	Restore   What = "restore"
	Migration What = "migration" // a restore of SQLite into PostgreSQL
	Undo      What = "undo"
	Keep      What = "keep" // all is well after a restore
	Verify    What = "verify"
	Rehearse  What = "rehearse"
	Save      What = "save" // a copy of a backup
	Delete    What = "delete"
	Undelete  What = "undelete" // a backup that was deleted a moment ago came back
	Import    What = "import"   // a file from outside became a backup
	Note      What = "note"     // of a backup
	Prune     What = "prune"
	Pin       What = "pin"
	Unpin     What = "unpin"
	Recovery  What = "recovery" // what a crash had left was dealt with
	Export    What = "export"   // of the trail
	Settings  What = "settings"

	ConnectionAdded     What = "connection_added"
	ConnectionChanged   What = "connection_changed"
	ConnectionActivated What = "connection_activated"
	ConnectionRemoved   What = "connection_removed"

	ScheduleAdded   What = "schedule_added"
	ScheduleChanged What = "schedule_changed"
	ScheduleRemoved What = "schedule_removed"

	ChannelAdded   What = "channel_added" // of notifications
	ChannelChanged What = "channel_changed"
	ChannelRemoved What = "channel_removed"

	Login                What = "login"
	AdministratorCreated What = "administrator_created"
	AdministratorRemoved What = "administrator_removed"
	PasswordChanged      What = "password_changed"
	PasswordReset        What = "password_reset" // by the recovery code
	RecoveryCode         What = "recovery_code"  // another one was made
)

// Everything lists what can be written down, as a person might look for it.
var Everything = []What{Backup, Restore, Migration, Undo, Keep, Verify, Rehearse, Save, Delete, Undelete, Import, Note, Prune, Pin, Unpin, Recovery, Export, Settings,
	ConnectionAdded, ConnectionChanged, ConnectionActivated, ConnectionRemoved,
	ScheduleAdded, ScheduleChanged, ScheduleRemoved, ChannelAdded, ChannelChanged, ChannelRemoved, Login, AdministratorCreated, AdministratorRemoved, PasswordChanged, PasswordReset, RecoveryCode}

// Begun is the Ending of the entry that a job writes before its first step.
const Begun = "begun"

// File is a file that was made, read or removed.
type File struct {
	As     string `json:"as"` // "backup", "safety", "copy"
	Path   string `json:"path"`
	SHA256 string `json:"sha256,omitempty"` // as it lies there
}

// Cause is what had changed: numbers of rows, and the tables that they are in.
type Cause struct {
	Added   int64    `json:"added"`
	Changed int64    `json:"changed"`
	Deleted int64    `json:"deleted"`
	Tables  []string `json:"tables"`
}

// clock is how a moment is written: in UTC, of one width, so that texts sort as
// moments do.
const clock = "2006-01-02T15:04:05.000Z"

// Moment is at as the lines of the trail have it.
func Moment(at time.Time) string { return at.UTC().Format(clock) }

// line is the text that is kept and hashed: the entry as one JSON object, its keys
// in the order of the type, with nothing between them.
func (e Entry) line() (string, error) {
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	to.SetEscapeHTML(false)
	err := to.Encode(struct {
		At string `json:"at"`
		Entry
	}{Moment(e.At), e})
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), err
}

// Entry is what a line says. Of one that can't be understood it is nothing but the
// number and the hash: Verify says more.
func (l Line) Entry() Entry {
	e, err := l.entry()
	if err != nil {
		return Entry{N: l.N, Hash: l.Hash}
	}
	return e
}

// entry reads a line back.
func (l Line) entry() (Entry, error) {
	var read struct {
		At string `json:"at"`
		Entry
	}
	err := json.Unmarshal([]byte(l.Text), &read)
	if err == nil {
		read.Entry.At, err = time.Parse(clock, read.At)
	}
	if err == nil && read.N != l.N {
		err = fmt.Errorf("line %d says that it is %d", l.N, read.N)
	}
	read.Hash = l.Hash
	return read.Entry, err
}

// sum is the hash of a line: SHA-256, in hexadecimal, over the hash of the line
// before it ("" for the first), a line feed and the text.
func sum(before, text string) string {
	h := sha256.Sum256([]byte(before + "\n" + text))
	return hex.EncodeToString(h[:])
}
