package sample

import "fmt"

func (f *families) transactionTable() table {
	r := stream(f.seed, "finances_transaction")
	return table{"finances_transaction", f.rows, func(n int64) row {
		at := f.when.at(n)
		who := int(at.nth % int64(len(f.members))) // members take turns: each has its share of every day
		m := f.members[who]

		var e entry
		var due any
		x, monthly := f.fixture(m, at)
		if e = x.entry; monthly {
			due = date(monthStart(at.month).AddDate(0, 0, x.day-1))
		} else {
			e = pick(r, f.decks[at.month])
			if r.IntN(5) == 0 { // by card: due on the tenth of the next month
				due = date(monthStart(at.month+1).AddDate(0, 0, 9))
			}
		}
		amount := e.low + cents(r.Int64N(int64(e.high-e.low)+1))
		if monthly {
			amount = x.amount(m, at.month)
		}
		if e.flow != income {
			amount = -amount
		}
		var note, owner any
		if r.IntN(12) == 0 {
			note = pick(r, notes)
		}
		if owner = who + 1; r.IntN(50) == 0 {
			owner = nil // the member was removed
		}
		realized := at.month < months-1 || r.IntN(8) > 0
		group := (m.family*months+at.month)*len(flows) + e.flow + 1
		return row{n + 1, e.what, amount, "BRL", date(at.time), due, realized, monthly, note, datetime(at.time), group, owner}
	}}
}

// fixture is what falls due for m at this turn, if anything does.
func (f *families) fixture(m member, at slot) (fixed, bool) {
	people := int64(len(f.members))
	turns := max(1, at.of/people) // that a member has in this month
	for _, x := range fixtures {
		if x.place == m.place && int64(x.day-1)*turns/31 == at.nth/people {
			return x, true
		}
	}
	return fixed{}, false
}

// amount is the family's own, to the tenth of a real, and rises a little each year.
func (x fixed) amount(m member, month int) cents {
	span := int64(x.high - x.low)
	a := int64(x.low) + (int64(m.family)*7919+int64(x.day)*104729)%span
	if !x.steady {
		a = a * []int64{118, 120, 112, 104, 96, 90, 88, 90, 95, 100, 106, 113}[month%12] / 100
	}
	a += a * int64(month/12) * 6 / 100
	return cents(a / 10 * 10)
}

// receiptTable has a receipt for every sixteenth transaction.
func (f *families) receiptTable() table {
	r := stream(f.seed, "finances_receipt")
	const every = 16
	return table{"finances_receipt", f.rows / every, func(n int64) row {
		of := n * every
		at := f.when.at(of)
		var note any
		if r.IntN(6) == 0 {
			note = pick(r, notes)
		}
		name := fmt.Sprintf("recibo_%s_%d.png", at.time.Format("20060102"), of+1)
		return row{n + 1, name, "image/png", receipt(r), note, datetime(at.time), of + 1}
	}}
}

func (f *families) activityTable() table {
	r := stream(f.seed, "finances_activitylog")
	rows := f.rows / 4
	when := spread(rows, spending)
	kinds := []string{"Transaction", "Transaction", "Transaction", "FlowGroup", "Budget", "Receipt"}
	return table{"finances_activitylog", rows, func(n int64) row {
		at, user := when.at(n), r.IntN(len(f.members)+1)+1
		var ip any = address(r)
		if r.IntN(9) == 0 {
			ip = nil
		}
		switch r.IntN(10) {
		case 0, 1:
			return row{n + 1, "login", "", nil, `{"dispositivo": "celular"}`, ip, datetime(at.time), user}
		case 2:
			return row{n + 1, "export", "Period", at.month + 1, `{"formato": "xlsx", "linhas": 214}`, ip, datetime(at.time), nil}
		case 3, 4, 5:
			was := 1000 + r.IntN(90000)
			change := fmt.Sprintf(`{"campo": "amount", "de": "%d.%02d", "para": "%d.%02d"}`, was/100, was%100, (was+350)/100, (was+350)%100)
			return row{n + 1, "update", "Transaction", 1 + n*4, change, ip, datetime(at.time), user}
		default:
			return row{n + 1, "create", pick(r, kinds), 1 + n*4, "{}", ip, datetime(at.time), user}
		}
	}}
}
