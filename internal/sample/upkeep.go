package sample

import (
	"fmt"
	"time"
)

// part is a component that wears, and after how many hours or kilometres.
type part struct {
	name     string
	interval int
}

var parts = []part{
	{"Óleo do motor", 250}, {"Filtro de combustível", 250}, {"Filtro de ar", 500}, {"Óleo hidráulico", 1000}, {"Correia", 1500}, {"Bateria", 3000},
}

// checklist is what a shift fills in.
type checklist struct {
	title, shift string
	items        []string
}

var checklists = []checklist{
	{"Inspeção diária", "MANHÃ", []string{"Nível do óleo", "Água do radiador", "Pneus e rodas", "Luzes e sinalização", "Vazamentos"}},
	{"Segurança do operador", "TARDE", []string{"Cinto", "Extintor", "Alarme de ré", "Freio de estacionamento"}},
	{"Fim de turno", "NOITE", []string{"Limpeza da cabine", "Combustível", "Avarias", "Horímetro anotado"}},
}

func (m machinery) partRuleTable() table {
	each := int64(len(parts))
	return table{"componentes_regras", int64(len(classes)) * each, func(n int64) row {
		c, p := classes[n/each], parts[n%each]
		interval := p.interval
		if c.meter != "HORAS" {
			interval *= 40
		}
		return row{n + 1, c.name, p.name, interval}
	}}
}

func (m machinery) partTable() table {
	r := stream(m.seed, "manutencoes_componentes")
	rows := max(1, m.rows/15)
	when := spread(rows, harvest)
	return table{"manutencoes_componentes", rows, func(n int64) row {
		i, at := machine(r.Int64N(m.machines)), when.at(n)
		var note any
		if r.IntN(7) == 0 {
			note = pick(r, []string{"peça original", "troca antecipada", "garantia até 2026", "limalha no óleo: acompanhar"})
		}
		return row{n + 1, i.code(), pick(r, parts).name, at.time.Format(time.DateTime), float64(i.meterAt(n * 15 / m.machines)), note}
	}}
}

func (m machinery) checkRuleTable() table {
	each := int64(len(checklists))
	return table{"checklist_regras", int64(len(classes)) * each, func(n int64) row {
		l := checklists[n%each]
		return row{n + 1, classes[n/each].name, l.title, l.shift, "DIÁRIA"}
	}}
}

func (m machinery) checkItemTable() table {
	var items []row
	for rule := range len(classes) * len(checklists) {
		for _, item := range checklists[rule%len(checklists)].items {
			items = append(items, row{len(items) + 1, rule + 1, item})
		}
	}
	return table{"checklist_itens", int64(len(items)), func(n int64) row { return items[n] }}
}

// checkTable is the history: one in forty has a photograph.
func (m machinery) checkTable() table {
	r := stream(m.seed, "checklist_historico")
	rows := m.rows / 3
	when := spread(rows, harvest)
	return table{"checklist_historico", rows, func(n int64) row {
		i, at, l := machine(r.Int64N(m.machines)), when.at(n), pick(r, checklists)
		status, bad := "OK", -1
		if r.IntN(9) == 0 {
			status, bad = "NÃO CONFORME", r.IntN(len(l.items))
		}
		answers := "{"
		for k, item := range l.items {
			if k > 0 {
				answers += ", "
			}
			answers += fmt.Sprintf("%q: %t", item, k != bad)
		}
		var photo, by any = nil, 1 + r.Int64N(m.users)
		if r.IntN(40) == 0 {
			photo = receipt(r)
		}
		if r.IntN(20) == 0 {
			by = nil
		}
		return row{n + 1, i.code(), l.title, date(at.time), l.shift, status, answers + "}", photo, by}
	}}
}
