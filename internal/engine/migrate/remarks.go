package migrate

import (
	"cofre/internal/backup"
	"cofre/internal/engine/migrate/derive"
	"cofre/internal/errs"
)

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
