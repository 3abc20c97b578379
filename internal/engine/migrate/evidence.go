package migrate

import (
	"context"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/derive"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/errs"
)

// evidence reads every value of the file, to know what sort of values each
// column holds.
func evidence(ctx context.Context, r readers, schema *source.Schema, rows []int64) ([][]derive.Evidence, error) {
	all := make([][]derive.Evidence, len(schema.Tables))
	for i := range schema.Tables {
		t := &schema.Tables[i]
		columns := make([]int, len(t.Columns))
		for n := range columns {
			columns[n] = n
		}
		all[i] = fresh(len(columns))
		err := r.each(ctx, t, rows[i], columns, func() (func(*source.Row) error, func()) {
			mine := fresh(len(columns))
			return func(row *source.Row) error {
					for n := range row.Values {
						mine[n].Add(&row.Values[n])
					}
					return nil
				}, func() {
					for n := range mine {
						all[i][n].Merge(mine[n])
					}
				}
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func fresh(n int) []derive.Evidence {
	list := make([]derive.Evidence, n)
	for i := range list {
		list[i] = derive.NewEvidence()
	}
	return list
}

// remarked turns what a derived schema has to say into findings.
func remarked(remarks []derive.Remark) []Finding {
	levels := map[string]backup.Level{derive.Widened: backup.Info, derive.ViewTried: backup.Info, derive.Renamed: backup.Info, derive.Computed: backup.Info, derive.NameTooLong: backup.Blocker}
	var list []Finding
	for _, r := range remarks {
		f := Finding{Table: r.Table, Column: r.Column, Code: r.Code, Level: backup.Warning, Action: Convert, Args: errs.Args{"name": r.Name, "sql": r.Text}}
		if l, ok := levels[r.Code]; ok {
			f.Level = l
		}
		if f.Level == backup.Blocker {
			f.Action = Stop
		}
		if f.Table == "" {
			f.Table = r.Name
		}
		list = append(list, f)
	}
	return list
}
