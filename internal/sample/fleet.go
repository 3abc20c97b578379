package sample

import (
	_ "embed"
	"fmt"
	"strconv"
	"time"
)

//go:embed fleet.sql
var fleetSchema string

//go:embed fleet_indexes.sql
var fleetIndexes string

// machinery is the fleet application: what its tables are made from.
type machinery struct {
	seed     uint64
	rows     int64 // of abastecimentos
	machines int64
	users    int64
}

// harvest is how busy the months are, January first.
var harvest = [12]int64{80, 125, 135, 110, 105, 100, 95, 100, 110, 120, 90, 70}

func fleet(rows int64, seed uint64) sketch {
	machines := max(6, rows/250)
	m := machinery{seed: seed, rows: rows, machines: machines, users: 3 + machines/5}
	return sketch{app: Fleet, schema: fleetSchema, finish: fleetIndexes, tables: []table{
		m.settingsTable(), m.userTable(), m.machineTable(), m.fuelTable(), m.serviceTable(),
		m.partRuleTable(), m.partTable(), m.checkRuleTable(), m.checkItemTable(), m.checkTable(),
	}}
}

func (m machinery) settingsTable() table {
	settings := [][2]any{
		{"alerta_horas", "20"}, {"alerta_quilometros", "500"}, {"empresa", "Agropecuária Vale do Ipê (exemplo)"},
		{"moeda", "BRL"}, {"safra_atual", "2025/2026"}, {"tema", "escuro"}, {"ultima_importacao", nil},
	}
	return table{"configuracoes", int64(len(settings)), func(n int64) row { return settings[n][:] }}
}

func (m machinery) userTable() table {
	r := stream(m.seed, "usuarios")
	first, last := shuffled(r, firstNames), shuffled(r, surnames)
	return table{"usuarios", m.users, func(n int64) row {
		if n == 0 {
			return row{1, "admin", "Administração", nil, noPassword(r), "admin", 1}
		}
		who, family := first[n%int64(len(first))], last[n*7%int64(len(last))]
		user, role := login(who, family), "user"
		if n > int64(len(first)) { // the names begin again
			user += strconv.FormatInt(n, 10)
		}
		if n%8 == 1 {
			role = "admin"
		}
		return row{n + 1, user, who + " " + family, email(user), noPassword(r), role, n%11 != 5}
	}}
}

func (m machinery) machineTable() table {
	r := stream(m.seed, "frotas")
	return table{"frotas", m.machines, func(n int64) row {
		i := machine(n)
		c, state := i.class(), "ATIVO"
		if n%14 == 9 {
			state = "INATIVO"
		}
		price := c.price + cents(r.IntN(4000))*1000
		return row{i.code(), i.description(), i.plate(), c.name, c.meter, 2008 + r.IntN(18), price, state}
	}}
}

func (m machinery) fuelTable() table {
	r := stream(m.seed, "abastecimentos")
	when := spread(m.rows, harvest)
	places := []string{"Posto da sede", "Comboio 1", "Comboio 2", "Posto São João", "Posto Trevo"}
	return table{"abastecimentos", m.rows, func(n int64) row {
		i, at := machine(n%m.machines), when.at(n)
		c := i.class()
		meter := i.meterAt(n/m.machines) + r.Int64N(int64(c.perTurn))
		litres := float64(c.litres*1000+r.IntN(c.litres*400)) / 1000
		price := float64(5490+r.IntN(900)) / 1000
		var note any
		if r.IntN(30) == 0 {
			note = pick(r, []string{"tanque cheio", "bomba com vazão baixa", "medidor trocado; leitura estimada", "abastecido no talhão 12"})
		}
		return row{i.code(), at.time.Format(time.DateTime), litres, price, float64(meter), season(at.time), int(at.time.Month()), c.name, pick(r, places), note}
	}}
}

// season is the farming year, which begins in July.
func season(t time.Time) string {
	year := t.AddDate(0, -6, 0).Year()
	return fmt.Sprintf("%d/%d", year, year+1)
}

func (m machinery) serviceTable() table {
	r := stream(m.seed, "manutencoes")
	rows := max(1, m.rows/20)
	when := spread(rows, harvest)
	kinds := []string{"Preventiva", "Corretiva", "Revisão das 250 horas", "Revisão das 500 horas", "Troca de pneus", "Elétrica", "Funilaria"}
	return table{"manutencoes", rows, func(n int64) row {
		i, at := machine(r.Int64N(m.machines)), when.at(n)
		meter := i.meterAt(n * 20 / m.machines)
		var shop any = pick(r, []string{"Oficina própria", "Concessionária", "Mecânica São Cristóvão"})
		if r.IntN(10) == 0 {
			shop = nil
		}
		return row{n + 1, i.code(), at.time.Format(time.DateTime), pick(r, kinds), float64(meter), cents(15000 + r.IntN(1200000)), shop, at.month < months-1}
	}}
}
