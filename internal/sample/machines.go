package sample

import "fmt"

// class is a kind of equipment of the fleet application.
type class struct {
	name, meter string // HORAS or QUILÔMETROS
	models      []string
	perTurn     int // hours or kilometres between two refuellings
	litres      int
	price       cents // of the machine
}

var classes = []class{
	{"TRATOR", "HORAS", []string{"Trator 110 cv", "Trator 180 cv", "Trator 230 cv"}, 12, 160, 48000000},
	{"COLHEITADEIRA", "HORAS", []string{"Colheitadeira de grãos", "Colhedora de cana"}, 10, 420, 165000000},
	{"CAMINHÃO", "QUILÔMETROS", []string{"Caminhão 6×4 canavieiro", "Caminhão-pipa", "Caminhão comboio"}, 420, 190, 62000000},
	{"PULVERIZADOR", "HORAS", []string{"Pulverizador autopropelido"}, 9, 180, 98000000},
	{"PICKUP", "QUILÔMETROS", []string{"Pickup cabine dupla", "Utilitário de apoio"}, 510, 55, 24000000},
	{"PÁ CARREGADEIRA", "HORAS", []string{"Pá carregadeira", "Retroescavadeira"}, 11, 130, 56000000},
}

// machine is equipment number i, from 0. All about it follows from i, so that a
// fleet of any size takes no memory.
type machine int64

func (i machine) class() class { return classes[i%machine(len(classes))] }

// code is the key that the application knows it by.
func (i machine) code() int64 { return 1001 + int64(i) }

func (i machine) description() string {
	c := i.class()
	return fmt.Sprintf("%s nº %d", c.models[int64(i)/int64(len(classes))%int64(len(c.models))], i+1)
}

// plate is one of the Mercosul pattern (ABC1D23), no two alike; machines that
// count hours have none.
func (i machine) plate() any {
	if i.class().meter == "HORAS" {
		return nil
	}
	const all = 26 * 26 * 26 * 26 * 1000
	n := int64(i+1) * 104729 % all // a prime that does not divide all: every number once
	letter := func() byte { l := byte('A' + n%26); n /= 26; return l }
	a, b, c, d := letter(), letter(), letter(), letter()
	return fmt.Sprintf("%c%c%c%d%c%02d", a, b, c, n/100, d, n%100)
}

// meterAt is what the machine's meter shows after so many refuellings.
func (i machine) meterAt(refuellings int64) int64 {
	start := 800 + int64(i)*3571%9000
	return start + refuellings*int64(i.class().perTurn)
}
