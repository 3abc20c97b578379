package backup

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// Around is what is done around every change of a database, so that its
// application steps aside and comes back: a restore, an undo and a migration alike.
//
//	before  the lock file is made, then the command runs; where either fails, the
//	        lock file is removed and nothing is changed
//	after   where it succeeded the reload file is touched; the lock file is removed,
//	        whatever the ending; then the command runs
//
// What fails afterwards is a warning: the change itself is over.
type Around struct {
	LockFile   string   `json:"lock_file,omitempty"`   // absolute; one that is there already stops the restore
	ReloadFile string   `json:"reload_file,omitempty"` // absolute; made where it is missing
	Before     []string `json:"before,omitempty"`      // a program and its arguments; no shell reads them
	After      []string `json:"after,omitempty"`
	Seconds    int      `json:"seconds,omitempty"` // that each command may take; 0 is DefaultCommandLimit
}

// DefaultCommandLimit is how long a command may take, unless the person says otherwise.
const DefaultCommandLimit = 5 * time.Minute

func (a Around) limit() time.Duration {
	return cmp.Or(time.Duration(a.Seconds)*time.Second, DefaultCommandLimit)
}

// none says that there is nothing to do.
func (a Around) none() bool {
	return a.LockFile == "" && a.ReloadFile == "" && len(a.Before)+len(a.After) == 0
}

// Valid returns why a can't be used for a database at path ("" for one on a
// server), or nil. It does not look at the disk.
func (a Around) Valid(path string) error {
	if a.Seconds < 0 || a.Seconds > 24*3600 {
		return errs.New(errs.Invalid, "around.seconds", nil)
	}
	seen := map[string]bool{}
	if path != "" {
		seen[filepath.Clean(path)] = true
	}
	for _, file := range []string{a.LockFile, a.ReloadFile} {
		if file == "" {
			continue
		}
		if !filepath.IsAbs(file) {
			return errs.New(errs.Invalid, "around.path", errs.Args{"path": file})
		}
		if file = filepath.Clean(file); seen[file] {
			return errs.New(errs.Invalid, "around.same_path", errs.Args{"path": file})
		}
		seen[file] = true
	}
	return nil
}

// check finds a lock file that is there already: somebody else is at work.
func (a Around) check(p *Plan) {
	if _, err := os.Lstat(a.LockFile); a.LockFile != "" && !errors.Is(err, fs.ErrNotExist) {
		p.Checks = append(p.Checks, Check{Level: Blocker, Code: "around.locked", Args: errs.Args{"path": a.LockFile}})
	}
}

// around makes a change of p's target with what belongs around it.
func (r *Restorer) around(ctx context.Context, p Plan, run Run, res *Result, change func() error) error {
	a := p.Target.Around
	if a.none() {
		return change()
	}
	left, err := a.begin(ctx, p.Target, run, r.Archiver.Now())
	if err != nil {
		return err
	}
	defer func() { a.end(context.WithoutCancel(ctx), p.Target, left, run, res) }()
	return change()
}

// begin asks the application to step aside.
func (a Around) begin(ctx context.Context, t Target, run Run, at time.Time) (Left, error) {
	var left Left
	if err := run.Step(ctx, StepBefore); err != nil {
		return left, err
	}
	if a.LockFile != "" {
		var token [8]byte
		rand.Read(token[:])
		left = Left{Lock: a.LockFile, LockText: fmt.Sprintf("cofre %s %s %s\n", t.Name, at.UTC().Format(time.RFC3339), hex.EncodeToString(token[:]))}
		if err := run.Leave(ctx, left); err != nil {
			return left, err
		}
		if err := left.lock(); err != nil {
			return left, err
		}
		run.Log("before lock=" + filepath.Base(a.LockFile))
	}
	if err := runCommand(ctx, a.Before, a.limit(), "around.before_failed", "around.before_slow", "COFRE_TARGET="+t.Name); err != nil {
		return left, errors.Join(err, left.Unlock())
	}
	return left, nil
}

// end lets the application in again. It reports what fails as warnings.
func (a Around) end(ctx context.Context, t Target, left Left, run Run, res *Result) {
	warn := func(err error) {
		if err != nil {
			run.Log("after failed=" + errs.Of(err).Reason)
			res.Warn(err)
		}
	}
	if res.Status == Succeeded {
		warn(run.Step(ctx, StepAfter))
		warn(touch(a.ReloadFile))
	}
	warn(left.Unlock())
	warn(runCommand(ctx, a.After, a.limit(), "around.after_failed", "around.after_slow", "COFRE_TARGET="+t.Name, "COFRE_STATUS="+string(res.Status)))
}

// touch gives the file the present time; "" is none.
func touch(path string) error {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		now := time.Now()
		err = errors.Join(f.Close(), os.Chtimes(path, now, now))
	}
	return archive.FileError(err, path)
}

// lock makes the lock file: whole, and only where none is.
func (l Left) lock() error {
	f, err := archive.CreateFile(l.Lock)
	if err == nil {
		defer f.Abort()
		if _, err = f.Write([]byte(l.LockText)); err == nil {
			err = f.Commit()
		}
	}
	if errs.Of(err) != nil && errs.Of(err).Reason == "archive.exists" {
		return errs.New(errs.Busy, "around.locked", errs.Args{"path": l.Lock}).Because(err)
	}
	return err
}

// Unlock removes the lock file where it is the one that was made: another one is
// somebody else's. A missing one is no error.
func (l Left) Unlock() error {
	if l.Lock == "" {
		return nil
	}
	text, err := os.ReadFile(l.Lock)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && string(text) != l.LockText:
		return errs.New(errs.Busy, "around.other_lock", errs.Args{"path": l.Lock})
	case err == nil:
		err = os.Remove(l.Lock)
	}
	return archive.FileError(err, l.Lock)
}
