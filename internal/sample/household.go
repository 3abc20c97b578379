package sample

import "strconv"

// rowsPerFamily is what a family writes down in two years, on average.
const rowsPerFamily = 1667

// households are the families of the finance application and their members.
type households struct {
	names   []string // family 0 has key 1
	members []member // member 0 has key 1, and user key 2: user 1 is the administrator
}

type member struct {
	family      int
	place       int // in the family: 0 and 1 are adults
	first, last string
	user        string
}

func newHouseholds(rows int64, seed uint64) households {
	r := stream(seed, "households")
	last, first := shuffled(r, surnames), shuffled(r, firstNames)
	var h households
	for f := range int(max(1, (rows+rowsPerFamily/2)/rowsPerFamily)) {
		surname, suffix := last[f%len(last)], ""
		name := surname
		if round := f / len(last); round > 0 { // every surname is taken: two of them, and a number in the user name
			name, suffix = last[(f+round)%len(last)]+" "+surname, strconv.Itoa(f+1)
		}
		h.names = append(h.names, "Família "+name)
		start := r.IntN(len(first))
		for place := range 2 + r.IntN(4) {
			who := first[(start+place*7)%len(first)]
			h.members = append(h.members, member{f, place, who, name, login(who, surname) + suffix})
		}
	}
	return h
}

// role is what the application calls the member's place.
func (m member) role() string {
	switch m.place {
	case 0:
		return "ADMIN"
	case 1:
		return "PARENT"
	default:
		return "CHILD"
	}
}
