package sample

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"
)

//go:embed finance.sql
var financeSchema string

//go:embed finance_indexes.sql
var financeIndexes string

// families is the finance application: what its tables are made from.
type families struct {
	households
	seed  uint64
	rows  int64 // of finances_transaction
	when  calendar
	decks [months][]entry
}

// spending is how busy the months are, January first: school in January, Christmas.
var spending = [12]int64{115, 95, 98, 97, 104, 103, 105, 98, 96, 101, 106, 138}

func finance(rows int64, seed uint64) sketch {
	f := &families{households: newHouseholds(rows, seed), seed: seed, rows: rows, when: spread(rows, spending)}
	for m := range months {
		f.decks[m] = deck(m)
	}
	tables := append(djangoTables(), f.userTable(), f.groupTable(), f.familyTable(), f.memberTable(), f.periodTable(),
		f.flowTable(), f.transactionTable(), f.receiptTable(), f.budgetTable(), f.activityTable())
	return sketch{app: Finance, schema: financeSchema, finish: financeIndexes, tables: tables}
}

func (f *families) userTable() table {
	r := stream(f.seed, "finances_customuser")
	return table{"finances_customuser", int64(len(f.members)) + 1, func(n int64) row {
		joined := firstDay.AddDate(0, 0, -30+int(n%60))
		if n == 0 {
			return row{1, noPassword(r), datetime(lastDay), true, "admin", "", "", email("admin"), true, true, datetime(joined), "pt-br"}
		}
		m := f.members[n-1]
		var seen any = datetime(lastDay.Add(-time.Duration(r.IntN(90*24*60)) * time.Minute))
		if r.IntN(12) == 0 {
			seen = nil // invited, never came
		}
		return row{n + 1, noPassword(r), seen, false, m.user, m.first, m.last, email(m.user), m.place == 0, true, datetime(joined), "pt-br"}
	}}
}

// groupTable puts the families' administrators into the second group of Django's.
func (f *families) groupTable() table {
	var users []int
	for i, m := range f.members {
		if m.place == 0 {
			users = append(users, i+2)
		}
	}
	return table{"finances_customuser_groups", int64(len(users)), func(n int64) row { return row{n + 1, users[n], 2} }}
}

func (f *families) familyTable() table {
	r := stream(f.seed, "finances_family")
	return table{"finances_family", int64(len(f.names)), func(n int64) row {
		settings := fmt.Sprintf(`{"fechamento": %d, "tema": "%s", "avisos": {"email": %t, "limite": 0.%d}}`,
			1+r.IntN(28), pick(r, []string{"claro", "escuro"}), r.IntN(2) == 0, 75+r.IntN(20))
		return row{n + 1, f.names[n], uuid(r), "BRL", settings, datetime(firstDay)}
	}}
}

func (f *families) memberTable() table {
	r := stream(f.seed, "finances_familymember")
	colours := []string{"#96184F", "#8F4519", "#0A6767", "#444EB0", "#4D5A68"}
	return table{"finances_familymember", int64(len(f.members)), func(n int64) row {
		m := f.members[n]
		year := 1962 + r.IntN(32)
		if m.place > 1 {
			year = 2004 + r.IntN(14)
		}
		var born any = date(firstDay.AddDate(year-firstDay.Year(), 0, r.IntN(365)))
		if r.IntN(8) == 0 {
			born = nil
		}
		return row{n + 1, m.role(), born, colours[m.place%len(colours)], datetime(firstDay), m.family + 1, n + 2}
	}}
}

func (f *families) periodTable() table {
	r := stream(f.seed, "finances_period")
	return table{"finances_period", int64(len(f.names)) * months, func(n int64) row {
		m := int(n % months)
		end := monthStart(m+1).AddDate(0, 0, -1)
		return row{n + 1, date(monthStart(m)), date(end), "M", m < months-1, cents(r.IntN(900000) - 150000), n/months + 1}
	}}
}

func (f *families) flowTable() table {
	r := stream(f.seed, "finances_flowgroup")
	owners := make([]any, len(f.names))
	for i, m := range f.members {
		if m.place == 0 && m.family%9 != 7 { // some owners have left
			owners[m.family] = i + 2
		}
	}
	each := int64(len(flows))
	return table{"finances_flowgroup", int64(len(f.names)) * months * each, func(n int64) row {
		w, period := flows[n%each], n/each
		budget := w.budget + cents(r.IntN(40))*1000 - 20000
		return row{n + 1, w.name, w.kind, budget, w.shared, n % each, w.settings, period/months + 1, owners[period/months], period + 1}
	}}
}

func (f *families) budgetTable() table {
	r := stream(f.seed, "finances_budget")
	const years = 2
	each := int64(len(flows)-1) * years // all but the income
	return table{"finances_budget", int64(len(f.names)) * each, func(n int64) row {
		w, year := flows[1+n%each/years], 2024+n%years
		alert := []float64{75, 80, 87.5, 90}[r.IntN(4)]
		return row{n + 1, w.name, year, w.budget*12 + cents(r.IntN(100))*5000, alert, year == 2025, n/each + 1}
	}}
}

func uuid(r *rand.Rand) string {
	var b [16]byte
	for i := range b {
		b[i] = byte(r.IntN(256))
	}
	b[6], b[8] = b[6]&0x0F|0x40, b[8]&0x3F|0x80 // version 4
	return hex.EncodeToString(b[:])
}
