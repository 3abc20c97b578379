// Package service holds the use cases. Every door (window, command line,
// scheduler) calls only this; it decides who may do what, one thing at a time,
// and writes down what happened.
package service

import (
	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/job"
	"cofre/internal/profile"
)

// The views are what the window shows. Times are Unix milliseconds (0: never),
// durations milliseconds, slices never nil. No view holds a password.

// StartView is the first thing that the window asks for.
type StartView struct {
	Version            string        `json:"version"`
	NeedsAdministrator bool          `json:"needsAdministrator"` // first start
	Session            SessionView   `json:"session"`
	Settings           Settings      `json:"settings"`
	SystemLanguage     string        `json:"systemLanguage"` // "en", "pt-BR"
	Demo               bool          `json:"demo"`           // COFRE_DEMO_MODE
	Interrupted        []Interrupted `json:"interrupted"`    // jobs that a crash cut off, until acknowledged
	Open               string        `json:"open"`           // file that Cofre was started with, "" for none
	Page               string        `json:"page"`           // that the window showed last, "" for none
}

// SessionView is who is logged in; User is "" where nobody is.
type SessionView struct {
	User string `json:"user"`
}

// Settings of the window, kept in state.db.
type Settings struct {
	Language   string `json:"language"`   // "", "en", "pt-BR"; "" follows the system
	Theme      string `json:"theme"`      // "system", "light", "dark"
	TextScale  int    `json:"textScale"`  // 80–150
	Repository string `json:"repository"` // folder of the backups; "" the default. Shown resolved

	LockMinutes int `json:"lockMinutes"` // without input, until the window locks itself; 0 never
}

// Interrupted is a job that was running when Cofre, or the machine, stopped.
type Interrupted struct {
	JobID     string      `json:"jobID"`
	Kind      string      `json:"kind"`
	Target    string      `json:"target"`
	Step      string      `json:"step"` // the step that had begun
	StartedAt int64       `json:"startedAt"`
	State     string      `json:"state"`    // of the database now: "old" (untouched), "new" (complete), "unknown"
	Safety    *BackupView `json:"safety"`   // the safety backup to use, where one was made
	KeptFile  string      `json:"keptFile"` // what a broken database was kept as, where it got so far
}

// StoredSecretsView says which stored secrets belong to a connection as it is described.
type StoredSecretsView struct {
	Password  bool `json:"password"`
	SSHSecret bool `json:"sshSecret"`
}

// ConnectionView is a saved connection.
type ConnectionView struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Kind        string `json:"kind"` // "sqlite", "postgresql"
	Path        string `json:"path"` // SQLite
	Host        string `json:"host"` // PostgreSQL
	Port        int    `json:"port"`
	Database    string `json:"database"`
	User        string `json:"user"`
	TLS         string `json:"tls"`      // disable, prefer, require, verify-ca, verify-full
	RootCert    string `json:"rootCert"` // file: whom the server's certificate has to be signed by
	ClientCert  string `json:"clientCert"`
	ClientKey   string `json:"clientKey"`
	Parameters  string `json:"parameters"` // further ones, as in an address: "connect_timeout=5&options=…"
	HasPassword bool   `json:"hasPassword"`
	SSHView
	Label       string `json:"label"` // "", "Production", "Test", …
	Color       string `json:"color"` // wine, copper, teal, indigo, slate
	Production  bool   `json:"production"`
	WaitSeconds int    `json:"waitSeconds"` // how long to wait for other programs' locks
	ToolsDir    string `json:"toolsDir"`
	AroundView
	Active bool `json:"active"`
}

// SSHView is the computer through which a server is reached; SSHHost "" is none.
type SSHView struct {
	SSHHost      string `json:"sshHost"`
	SSHPort      int    `json:"sshPort"` // 0 the usual one
	SSHUser      string `json:"sshUser"`
	SSHAuth      string `json:"sshAuth"` // "agent", "key", "password"
	SSHKeyFile   string `json:"sshKeyFile"`
	HasSSHSecret bool   `json:"hasSSHSecret"`
}

// AroundView is what is done around every change of a connection's database. A
// command is a line of words; quotes keep spaces together.
type AroundView struct {
	LockFile       string `json:"lockFile"`
	ReloadFile     string `json:"reloadFile"`
	Before         string `json:"before"`
	After          string `json:"after"`
	CommandSeconds int    `json:"commandSeconds"` // 0 the usual limit
}

// ConnectionInput is a connection as the form sends it.
type ConnectionInput struct {
	ID          string `json:"id"` // "" for a new one
	Name        string `json:"name"`
	Kind        string `json:"kind"`
	Path        string `json:"path"`
	Host        string `json:"host"`
	Port        int    `json:"port"`
	Database    string `json:"database"`
	User        string `json:"user"`
	Password    string `json:"password"` // "" keeps the stored one
	TLS         string `json:"tls"`
	RootCert    string `json:"rootCert"`
	ClientCert  string `json:"clientCert"`
	ClientKey   string `json:"clientKey"`
	Parameters  string `json:"parameters"`
	Label       string `json:"label"`
	Color       string `json:"color"`
	Production  bool   `json:"production"`
	WaitSeconds int    `json:"waitSeconds"`
	ToolsDir    string `json:"toolsDir"`
	SSHView
	SSHSecret string `json:"sshSecret"` // password, or passphrase of the key; "" keeps the stored one
	SSHTrust  string `json:"sshTrust"`  // fingerprint of the other computer's key, which the person accepts
	AroundView
}

// SettingsView is what was read out of an application's settings: a connection to be
// looked at, changed and saved.
type SettingsView struct {
	Input   ConnectionInput `json:"input"`
	Open    []string        `json:"open"`    // variables that the settings take values from, and do not hold
	Ignored []string        `json:"ignored"` // parameters that PostgreSQL's own tools do not know
}

// TestView is the answer of Test.
type TestView struct {
	Version     string `json:"version"`
	Tables      int    `json:"tables"`
	Bytes       int64  `json:"bytes"`
	RoundTripMS int64  `json:"roundTripMS"` // of SQLite: of reading it

	// Of a PostgreSQL server.
	TLS       string              `json:"tls"` // "TLS 1.3"; "" where nothing is encrypted
	Role      string              `json:"role"`
	Superuser bool                `json:"superuser"`
	Owner     bool                `json:"owner"`
	Creates   bool                `json:"creates"` // may create databases
	Replica   bool                `json:"replica"`
	Aside     bool                `json:"aside"` // restores are built aside
	Why       []backup.Check      `json:"why"`   // where they are not
	Tools     []backup.ClientTool `json:"tools"` // that will be used
	NoTools   *job.Failure        `json:"noTools"`
}

// ConnectionState is how a saved connection is, for a look at all of them.
type ConnectionState struct {
	ID      string       `json:"id"`
	Status  string       `json:"status"` // "protected", "attention", "risk"
	Reason  string       `json:"reason"` // key of internal/text: "overview.<reason>"
	Args    errs.Args    `json:"args"`
	Failure *job.Failure `json:"failure"` // why it can't be reached
	Since   int64        `json:"since"`   // that long; 0 where it can be
}

// Overview is the active database at a glance.
type Overview struct {
	Connection        *ConnectionView `json:"connection"` // nil: none yet
	Question          *Question       `json:"question"`   // is all well after the last restore? nil: answered, or never asked
	Offer             *OfferView      `json:"offer"`      // the database is empty or missing, and a backup is there; nil: nothing to offer
	Status            string          `json:"status"`     // "protected", "attention", "risk"
	Reason            string          `json:"reason"`     // key of internal/text: "overview.<reason>"
	ReasonArgs        errs.Args       `json:"reasonArgs"`
	Contents          *ContentsView   `json:"contents"` // nil where the database can't be reached
	Failure           *job.Failure    `json:"failure"`  // why not
	Last              *BackupView     `json:"last"`     // newest backup of it, good or failed
	LastGood          *BackupView     `json:"lastGood"`
	LastProven        *BackupView     `json:"lastProven"`     // the newest backup that is proven
	Rows              []RowDelta      `json:"rows"`           // per table, against LastGood
	Days              []DayView       `json:"days"`           // the last five weeks, oldest first
	Next              *NextView       `json:"next"`           // nil: no schedule makes backups of it
	RepositoryFree    int64           `json:"repositoryFree"` // bytes, -1 unknown
	RepositoryTotal   int64           `json:"repositoryTotal"`
	RepositoryUsed    int64           `json:"repositoryUsed"` // by backups
	DatabaseFree      int64           `json:"databaseFree"`   // where the database lies; -1 unknown
	DatabaseTotal     int64           `json:"databaseTotal"`
	ExpectedRestoreMS int64           `json:"expectedRestoreMS"` // 0 unknown
}

// NextView is the backup that is planned next.
type NextView struct {
	At       int64  `json:"at"`       // not after now: it is due
	When     string `json:"when"`     // as schedule.Parse reads it
	Schedule string `json:"schedule"` // its name
}

// RowDelta is a table's rows now and then; Before is -1 where the table was not there.
type RowDelta struct {
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	Before int64  `json:"before"`
}

// ContentsView is backup.Contents with times that a page can read.
type ContentsView struct {
	Kind        string         `json:"kind"`
	Format      string         `json:"format"`
	Version     string         `json:"version"`
	DumpedBy    string         `json:"dumpedBy"`
	Database    string         `json:"database"`
	CreatedAt   int64          `json:"createdAt"`
	Bytes       int64          `json:"bytes"`
	Compression string         `json:"compression"`
	Encrypted   bool           `json:"encrypted"`
	Tables      []backup.Table `json:"tables"`
	Rows        int64          `json:"rows"`
	Profile     *profile.Facts `json:"profile"`
}

// BackupView is a backup of the catalogue, as lists show it.
type BackupView struct {
	ID        string       `json:"id"`
	File      string       `json:"file"` // absolute path
	Name      string       `json:"name"` // file name
	Kind      string       `json:"kind"`
	Purpose   string       `json:"purpose"`
	Source    string       `json:"source"` // name of the database
	Place     string       `json:"place"`
	Version   string       `json:"version"`
	By        string       `json:"by"`
	Note      string       `json:"note"`
	CreatedAt int64        `json:"createdAt"`
	TookMS    int64        `json:"tookMS"`
	Bytes     int64        `json:"bytes"`
	State     string       `json:"state"`  // "good", "proven", "failed", "missing" (the file is gone)
	Proven    *ProvenView  `json:"proven"` // the last rehearsal, where it was passed
	Reason    *job.Failure `json:"reason"` // why failed
	CheckedAt int64        `json:"checkedAt"`
	OfActive  bool         `json:"ofActive"` // of the active database
	Pinned    bool         `json:"pinned"`   // it is not pruned

	Cause  *archive.Cause `json:"cause"`  // what had changed, of one that was made because of that
	SameAt int64          `json:"sameAt"` // when the database was last found to hold the same rows

	Anomalies []backup.Check `json:"anomalies"` // against the backups before it
	Left      []*job.Failure `json:"left"`      // what its last rehearsal could not take away again, since Cofre started
}

// ProvenView is a rehearsal that a backup has passed.
type ProvenView struct {
	At      int64  `json:"at"`
	TookMS  int64  `json:"tookMS"`  // about what a recovery takes
	On      string `json:"on"`      // host:port of the server; "" for this computer
	Version string `json:"version"` // of the server; "" for a file
	Counted int    `json:"counted"` // tables with rows, of which nothing but their number could be compared
}

// BackupDetail is what only the page of one backup shows.
type BackupDetail struct {
	SHA256  string         `json:"sha256"`
	Tables  []backup.Table `json:"tables"`
	Rows    int64          `json:"rows"`
	Profile *profile.Facts `json:"profile"`
}

// PlanView is a restore before it happens.
type PlanView struct {
	ID         string         `json:"id"`
	MadeAt     int64          `json:"madeAt"`
	Mode       string         `json:"mode"` // replace, migrate, blocked
	Method     string         `json:"method"`
	Connection ConnectionView `json:"connection"` // the target
	Place      string         `json:"place"`
	BackupID   string         `json:"backupID"` // "" for a file from outside
	File       string         `json:"file"`
	FileName   string         `json:"fileName"`
	Archive    ContentsView   `json:"archive"`
	Current    ContentsView   `json:"current"`
	Exists     bool           `json:"exists"`
	Undo       bool           `json:"undo"`       // an old database is swapped back: FileName is its name
	Since      *SinceView     `json:"since"`      // of an undo: what was written since the restore
	Rows       []PlanRow      `json:"rows"`       // per table, largest loss first
	Comparable bool           `json:"comparable"` // Difference can say more
	Checks     []backup.Check `json:"checks"`     // blockers first
	Consents   []string       `json:"consents"`
	Steps      []job.StepView `json:"steps"`
	ExpectedMS int64          `json:"expectedMS"` // 0 unknown
	SafetyName string         `json:"safetyName"` // as it would be named now
	KeepAs     string         `json:"keepAs"`     // where the live file is broken: what it would be kept as, in place of a safety backup
	Command    string         `json:"command"`    // the same on the command line

	Examined int64            `json:"examined"` // of a migration: rows that were read; -1 where the file could not be
	Findings []backup.Finding `json:"findings"` // of a migration: what was found, and what will be done about it
	Choices  ChoicesView      `json:"choices"`  // of a migration: what is decided
}

// ChoicesView is what a person has decided about migrations into a database.
type ChoicesView struct {
	Zone  string          `json:"zone"`  // where times without a zone are at home; "" is UTC
	Alike bool            `json:"alike"` // names that differ by case and underscores alone are the same
	Each  []backup.Choice `json:"each"`
}

// SinceView is backup.Since with a time that a page can read.
type SinceView struct {
	At      int64              `json:"at"`
	Unknown string             `json:"unknown"`
	Tables  []backup.TableDiff `json:"tables"`
}

// PlanRow is a table before and after. -1: the table is not there.
type PlanRow struct {
	Table string `json:"table"`
	Now   int64  `json:"now"`
	After int64  `json:"after"`
}

// StartRestoreInput is the person's answer to a plan.
type StartRestoreInput struct {
	PlanID   string   `json:"planID"`
	Consents []string `json:"consents"`
	Typed    string   `json:"typed"` // the database's name, for production
}

// ResultView is the ending of the last restore.
type ResultView struct {
	JobID    string         `json:"jobID"`
	Status   string         `json:"status"` // succeeded, untouched, rolled_back, damaged, cancelled
	Mode     string         `json:"mode"`
	Method   string         `json:"method"`
	Target   ConnectionView `json:"target"`
	Safety   *BackupView    `json:"safety"`
	Verified bool           `json:"verified"`
	Kept     string         `json:"kept"`     // the old database, where it was kept when it was swapped out
	KeptFile string         `json:"keptFile"` // the file that a broken database was kept as
	Warnings []job.Failure  `json:"warnings"` // of what was done around the change
	Rows     []PlanRow      `json:"rows"`
	Report   *backup.Report `json:"report"`  // the evidence of a migration that succeeded
	Profile  *profile.Facts `json:"profile"` // of the database now
	TookMS   int64          `json:"tookMS"`
	Failure  *job.Failure   `json:"failure"`
}

// ActivityView is one finished or running operation.
type ActivityView struct {
	ID        string       `json:"id"`
	Kind      string       `json:"kind"` // backup, restore, verify, rehearse, delete, save, import, login
	What      string       `json:"what"` // as the audit trail calls it: undo and migration are restores, too
	Target    string       `json:"target"`
	By        string       `json:"by"`
	StartedAt int64        `json:"startedAt"`
	TookMS    int64        `json:"tookMS"`
	Status    string       `json:"status"` // running, succeeded, untouched, rolled_back, damaged, failed, cancelled, interrupted
	BackupID  string       `json:"backupID"`
	File      string       `json:"file"`
	Failure   *job.Failure `json:"failure"`
	OfActive  bool         `json:"ofActive"` // of the active database, as far as Events knows
}

// RecogniseView is what a file is, before it is planned.
type RecogniseView struct {
	Path    string       `json:"path"`
	Name    string       `json:"name"`
	Kind    string       `json:"kind"`
	Format  string       `json:"format"`
	Version string       `json:"version"`
	Bytes   int64        `json:"bytes"`
	Failure *job.Failure `json:"failure"` // why it is no backup, or can't be read

	Encrypted bool `json:"encrypted"` // what is in it is said where its key is known
}

// UnlockInput is the key of a backup, or of a file: a passphrase, or the path of a key file.
type UnlockInput struct {
	BackupID   string `json:"backupID"`
	Path       string `json:"path"`
	Passphrase string `json:"passphrase"`
	KeyFile    string `json:"keyFile"`
}
