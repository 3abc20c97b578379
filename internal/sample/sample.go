// Package sample writes believable databases to try Cofre on: a family-finance
// application and a fleet application, in SQLite. The same options give the same
// rows on every machine and on every day. All people in them are made up, their
// addresses are at example.com, and nobody can log in with their passwords.
package sample

import (
	"context"
	"os"
	"path/filepath"

	"cofre/internal/errs"
)

// The applications.
const (
	Finance = "finance" // families, users, transactions: a Django application
	Fleet   = "fleet"   // equipment, refuelling, maintenance: hand-written SQL
)

// DefaultRows is the size of a sample unless its writer says otherwise.
const DefaultRows = 5000

// Options say which sample to write.
type Options struct {
	App      string                  // Finance or Fleet; "" is Finance
	Rows     int                     // of the main table (transactions, refuellings); 0 is DefaultRows
	Seed     uint64                  // other seeds give other rows
	Progress func(done, total int64) // rows of all tables; may be nil
}

// Summary is what was written.
type Summary struct {
	File   string  `json:"file"` // absolute
	App    string  `json:"app"`
	Bytes  int64   `json:"bytes"`
	Rows   int64   `json:"rows"`   // of all tables
	Tables []Table `json:"tables"` // by name
}

// Table is a table and its rows.
type Table struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
}

// Write writes a sample to the new file path, readable by its owner only. The
// file appears whole or not at all, and a file that is there is never replaced
// (errs.Invalid "sample.exists"). Memory does not grow with the rows.
func Write(ctx context.Context, path string, o Options) (Summary, error) {
	sketch, err := o.sketch()
	if err != nil {
		return Summary{}, err
	}
	path, err = vacant(path)
	if err != nil {
		return Summary{}, err
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".cofre-sample-*.part") // 0600
	if err != nil {
		return Summary{}, writeError(path, err)
	}
	part.Close()
	defer os.Remove(part.Name())

	tables, err := sketch.load(ctx, part.Name(), o.Progress)
	if ctx.Err() != nil {
		return Summary{}, ctx.Err()
	}
	if err != nil {
		return Summary{}, writeError(path, err)
	}
	size, err := publish(part.Name(), path)
	if err != nil {
		return Summary{}, err
	}
	summary := Summary{File: path, App: sketch.app, Bytes: size, Tables: tables}
	for _, t := range tables {
		summary.Rows += t.Rows
	}
	return summary, nil
}

func (o Options) sketch() (sketch, error) {
	rows := int64(o.Rows)
	if rows == 0 {
		rows = DefaultRows
	}
	if rows < 0 {
		return sketch{}, errs.New(errs.Invalid, "sample.rows", errs.Args{"rows": rows})
	}
	switch o.App {
	case "", Finance:
		return finance(rows, o.Seed), nil
	case Fleet:
		return fleet(rows, o.Seed), nil
	default:
		return sketch{}, errs.New(errs.Invalid, "sample.app", errs.Args{"app": o.App})
	}
}
