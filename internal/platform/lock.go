package platform

import (
	"encoding/json"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/gofrs/flock"

	"cofre/internal/errs"
)

// Holder is who holds a lock, as other processes read it.
type Holder struct {
	PID    int       `json:"pid"`
	Kind   string    `json:"kind"`   // of job: "backup", "restore"
	Target string    `json:"target"` // name of the database
	Since  time.Time `json:"since"`
}

// holderAt is where the holder stands in the file. Windows forbids others to read
// the locked range, which is the first byte.
const holderAt = 1

// passing is how long the lock of one that is gone may outlive it.
const passing = 2 * time.Second

// Lock takes the lock at path for h, or returns errs.Busy "job.running", which
// names the kind, the target and the start of the one that holds it. It does not
// wait for that one; but one that was killed while it started a program may live on
// for a moment in the child, which has the lock until it is that program. The lock ends
// with release, which may be called twice, or with the process, however that ends; the
// file stays. PID is filled in.
func Lock(path string, h Holder) (release func(), err error) {
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	for limit := time.Now().Add(passing); !ok && err == nil && gone(readHolder(path).PID) && time.Now().Before(limit); {
		<-time.After(passing / 200) // nobody tells when it has passed
		ok, err = lock.TryLock()
	}
	if err != nil {
		return nil, errs.New(errs.Unavailable, "platform.lock", errs.Args{"path": path}).Because(err)
	}
	if !ok {
		return nil, busy(path)
	}
	h.PID = os.Getpid()
	if err := writeHolder(path, h); err != nil {
		_ = lock.Unlock()
		return nil, errs.New(errs.Unavailable, "platform.lock", errs.Args{"path": path}).Because(err)
	}
	return func() { _ = lock.Unlock() }, nil
}

func writeHolder(path string, h Holder) error {
	words, err := json.Marshal(h)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteAt(words, holderAt) // what is left of longer words behind them is not read
	return err
}

// readHolder returns the zero Holder where there is none to read: the other
// process may be between its lock and its words.
func readHolder(path string) Holder {
	f, err := os.Open(path)
	if err != nil {
		return Holder{}
	}
	defer f.Close()
	var h Holder
	if json.NewDecoder(io.NewSectionReader(f, holderAt, 4096)).Decode(&h) != nil {
		return Holder{}
	}
	return h
}

func busy(path string) error {
	h := readHolder(path)
	if h.PID == 0 {
		return errs.New(errs.Busy, "job.running_elsewhere", nil)
	}
	return errs.New(errs.Busy, "job.running", errs.Args{
		"kind": h.Kind, "target": h.Target, "since_at": h.Since.UnixMilli(), "pid": strconv.Itoa(h.PID)})
}
