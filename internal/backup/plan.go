package backup

import (
	"maps"
	"slices"
	"strings"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// Archive is a backup file that is known to Cofre: in the catalogue (ID set) or
// named by a path.
type Archive struct {
	ID       string            `json:"id,omitempty"`
	File     string            `json:"file"` // absolute path
	Contents Contents          `json:"contents"`
	Manifest *archive.Manifest `json:"manifest,omitempty"` // nil for a foreign file

	vouched bool // it is, byte for byte, what was read whole when it was made
	altered bool // it is not, though the catalogue says so
}

// Mode is what a restore of one kind into another means.
type Mode string

// The modes.
const (
	Replace Mode = "replace"
	Migrate Mode = "migrate"
	Blocked Mode = "blocked"
)

// modes is the whole rule of compatibility; a pair that is absent is blocked.
var modes = map[[2]Kind]Mode{
	{SQLite, SQLite}:         Replace,
	{PostgreSQL, PostgreSQL}: Replace,
	{SQLite, PostgreSQL}:     Migrate,
}

// ModeOf returns what restoring an archive of kind from into a database of kind to means.
func ModeOf(from, to Kind) Mode {
	if m, ok := modes[[2]Kind{from, to}]; ok {
		return m
	}
	return Blocked
}

// Method is how the new content gets in.
type Method string

// The methods.
const (
	BackupAPI      Method = "backup_api"      // SQLite: one transaction through the backup API, into the live file
	OneTransaction Method = "one_transaction" // PostgreSQL: drop and restore in one transaction
	SideDatabase   Method = "side_database"   // PostgreSQL: build beside, then swap
)

// Level of a check.
type Level string

// The levels.
const (
	Info    Level = "info"
	Warning Level = "warning"
	Blocker Level = "blocker" // no consent helps: the restore does not start
)

// Check is one finding of a plan. Code is its key in internal/text
// ("check.<code>"), Args what its sentence mentions.
type Check struct {
	Level  Level     `json:"level"`
	Code   string    `json:"code"`
	Args   errs.Args `json:"args,omitempty"`
	Detail string    `json:"detail,omitempty"`
}

// Consent is something that the person must say yes to.
type Consent string

// The consents.
const (
	ConsentOverwrite Consent = "overwrite" // all current data is replaced
	ConsentRescue    Consent = "rescue"    // the live file is broken: it is kept aside, no safety backup is made
	ConsentMigrate   Consent = "migrate"   // SQLite data goes into PostgreSQL
	ConsentTyped     Consent = "typed"     // a production database: its name was typed
)

// StepName is a step of a restore (or of a backup).
type StepName string

// The steps of a restore, in order; Undo only runs when Apply or Verify failed.
const (
	StepStage  StepName = "stage"
	StepSafety StepName = "safety"
	StepKeep   StepName = "keep" // in place of StepSafety, where the live database is broken
	StepApply  StepName = "apply"
	StepVerify StepName = "verify"
	StepUndo   StepName = "undo"
)

// The steps around a change, where the target has an Around.
const (
	StepBefore StepName = "before"
	StepAfter  StepName = "after"
)

// The steps of a restore aside: stage, safety, build, compare, swap. Until swap
// the live database is not touched.
const (
	StepBuild   StepName = "build"
	StepCompare StepName = "compare"
	StepSwap    StepName = "swap"
)

// The steps of a backup.
const (
	StepDump    StepName = "dump"
	StepPack    StepName = "pack"   // compression layer, only when asked for
	StepReread  StepName = "reread" // the whole file again: hash, structure, counts
	StepPublish StepName = "publish"
)

// Step is a step with the time that it is expected to take, 0 where unknown.
type Step struct {
	Name     StepName      `json:"name"`
	Expected time.Duration `json:"expected"` // nanoseconds
}

// Plan is a restore before it happens: what the window shows, --dry-run prints,
// and Restorer.Restore runs. Making one writes nothing.
type Plan struct {
	ID       string
	MadeAt   time.Time
	Undo     bool   // it takes a restore back
	Kept     string // of an undo: the old database that is swapped back; Archive then has no file
	KeepAs   string // of a rescue: the file that the broken database would now be kept as
	Since    *Since // of an undo: what was written since, where it was looked for
	Archive  Archive
	Target   Target
	Current  Contents // what the target holds now; empty tables where it does not exist yet
	Exists   bool     // the target is there
	Vacant   bool     // it is for a database without rows alone, and is refused where one has come
	Mode     Mode
	Method   Method
	Steps    []Step
	Checks   []Check
	Consents []Consent

	Examination *Examination // of a migration
}

// Blocked says whether a check forbids the restore.
func (p Plan) Blocked() bool { return p.Blocker() != nil }

// Blocker returns the first blocking check, or nil.
func (p Plan) Blocker() *Check {
	for i := range p.Checks {
		if p.Checks[i].Level == Blocker {
			return &p.Checks[i]
		}
	}
	return nil
}

// blocked is the first blocker as an error, or nil.
func (p Plan) blocked() error {
	b := p.Blocker()
	if b == nil {
		return nil
	}
	code := errs.Unavailable
	switch {
	case p.Mode == Blocked:
		code = errs.Incompatible
	case b.Code == "target.broken", b.Code == "archive.not_as_made":
		code = errs.Corrupt
	case b.Code == "around.locked":
		code = errs.Busy
	case b.Code == "sqlite.read_only", b.Code == "sqlite.read_only_folder":
		code = errs.Denied
	case b.Code == "sqlite.folder_missing":
		code = errs.NotFound
	case b.Code == "sqlite.same_file", b.Code == "target.own":
		code = errs.Invalid
	}
	if strings.HasPrefix(b.Code, "migrate.") && code == errs.Unavailable {
		code = errs.Invalid // what the file holds does not fit, and nobody has decided about it
	}
	args := maps.Clone(b.Args)
	delete(args, "examples") // values of rows are for the plan, not for an error or a log
	return errs.New(code, b.Code, args).With(b.Detail)
}

// Agreed returns why the plan may not run with these consents: its blocker, a
// consent that is missing (errs.Consent), or nil.
func (p Plan) Agreed(given []Consent) error {
	if err := p.blocked(); err != nil {
		return err
	}
	for _, c := range p.Consents {
		if !slices.Contains(given, c) {
			return errs.New(errs.Consent, "restore.consent_"+string(c), errs.Args{"target": p.Target.Name})
		}
	}
	return nil
}

// Status is the ending of a restore.
type Status string

// The endings.
const (
	Succeeded  Status = "succeeded"
	Untouched  Status = "untouched"   // failed before anything was changed, or the engine took its change back
	RolledBack Status = "rolled_back" // the new content was in, and the old one was put back
	Damaged    Status = "damaged"     // the old content could not be put back: Safety names it
)

// Result is a restore that has ended.
type Result struct {
	Status   Status
	Mode     Mode
	Method   Method
	Safety   *Archive // nil where none was needed (the target did not exist) or none was made
	Verified bool     // the live database was looked at afterwards (one built aside: before the swap), and equals the archive
	Kept     string   // name of the old database, where it was kept when it was swapped out
	KeptFile string   // the file that a broken database was kept as, byte for byte
	Before   Contents
	After    Contents
	Warnings []*errs.Error // of what was done around the change; they are not its ending
	Report   *Report       // of a migration that succeeded
	Took     time.Duration
}

// Warn adds what went wrong beside a change that is over; nil adds nothing.
func (r *Result) Warn(err error) {
	if err != nil {
		r.Warnings = append(r.Warnings, errs.Of(err))
	}
}
