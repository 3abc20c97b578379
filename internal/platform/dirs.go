// Package platform is what differs from system to system: where files belong,
// free space, the lock between processes, the file manager, the terminal. It
// holds no state of its own; the environment is read on each call.
package platform

import (
	"os"
	"path/filepath"

	"cofre/internal/errs"
)

// app is the folder that Cofre has in each of the system's folders.
const app = "cofre"

// Dirs says where Cofre keeps what. All paths are absolute.
type Dirs struct {
	Data    string // folder: secrets and everything below that has no folder of its own
	Backups string // folder: the repository, unless the person chose another one
	Cache   string // folder: can be removed at any time
	State   string // file: state.db
	Lock    string // file: held by whoever runs a job
	Keeper  string // file: held by whoever runs schedules
	Log     string // file: cofre.log
}

// Home returns where Cofre keeps what. With an override, else with COFRE_HOME,
// all of it lies under that one folder; otherwise in the folders that the system
// has for it. Nothing is created: Make does.
func Home(override string) (Dirs, error) {
	if override == "" {
		override = os.Getenv("COFRE_HOME")
	}
	if override != "" {
		home, err := filepath.Abs(override)
		if err != nil {
			return Dirs{}, errs.New(errs.Invalid, "platform.home", errs.Args{"path": override}).Because(err)
		}
		return under(home, home, filepath.Join(home, "cache")), nil
	}
	data, err := DataDir()
	if err != nil {
		return Dirs{}, err
	}
	state, err := StateDir()
	if err != nil {
		return Dirs{}, err
	}
	cache, err := CacheDir()
	if err != nil {
		return Dirs{}, err
	}
	return under(data, state, cache), nil
}

func under(data, state, cache string) Dirs {
	return Dirs{
		Data:    data,
		Backups: filepath.Join(data, "backups"),
		Cache:   cache,
		State:   filepath.Join(data, "state.db"),
		Lock:    filepath.Join(data, "job.lock"),
		Keeper:  filepath.Join(data, "schedule.lock"),
		Log:     filepath.Join(state, "cofre.log"),
	}
}

// Make creates the folders that are missing, readable by nobody else (0700).
// Folders that exist keep their rights. Twice is harmless.
func (d Dirs) Make() error {
	for _, dir := range []string{d.Data, d.Backups, d.Cache, filepath.Dir(d.Log)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return errs.New(errs.Unavailable, "platform.folder", errs.Args{"path": dir}).Because(err)
		}
	}
	return nil
}

// DataDir is Cofre's folder for what must not be lost: $XDG_DATA_HOME/cofre,
// ~/Library/Application Support/cofre, %LocalAppData%\cofre.
func DataDir() (string, error) { return systemDir(data) }

// StateDir is Cofre's folder for logs: $XDG_STATE_HOME/cofre,
// ~/Library/Logs/cofre, %LocalAppData%\cofre\log.
func StateDir() (string, error) { return systemDir(state) }

// ConfigDir is Cofre's folder for files that a person edits: $XDG_CONFIG_HOME/cofre,
// ~/Library/Application Support/cofre, %AppData%\cofre.
func ConfigDir() (string, error) { return systemDir(config) }

// CacheDir is Cofre's folder for what can be made again: $XDG_CACHE_HOME/cofre,
// ~/Library/Caches/cofre, %LocalAppData%\cofre\cache.
func CacheDir() (string, error) { return systemDir(cache) }

// purpose of a folder, for the system to say where it is.
type purpose int

const (
	data purpose = iota
	state
	config
	cache
)

func noHome(err error) error {
	return errs.New(errs.Unavailable, "platform.no_home", nil).Because(err)
}
